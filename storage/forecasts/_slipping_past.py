"""Who was told to slip in the past, against who took longer in the time after.

Of each supplier with enough history at an origin: whether half of what it was given in the window
after took at least `LONGER` times as long as half did before, open orders counted; whether it was
so is unknown where too few were placed. `leadline` goes by the evidence, the wait, and by how much
longer purchases take since the day that these tell, `log_rank` by the test of these days against
the year before, `recency` by how many of the last five that came took longer than half did before.
A logistic line through windows before the origin, by what was known of them at it, makes chances
of what each says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from storage.curves_by import UNREACHED, curves_by
from storage.forecasts._logistic import logistic
from storage.forecasts._origins import Origin, Plan, origins
from storage.forecasts._pace import evidence
from storage.forecasts._placed import Flags, Floats, Placed
from storage.forecasts._report import IN_USE, AtOrigin, Gain, Report
from storage.forecasts._scores import calibration_of_chances, gain, of_chances
from storage.forecasts._slipping_fit import MEDIAN, fit
from storage.forecasts._slipping_now import States, states
from storage.metrics._durations import PERIODS
from storage.metrics._durations_by import Spans, under_way
from storage.metrics._durations_by import before as before_day
from storage.metrics._log_rank_by import log_rank_by
from storage.metrics.slowdown import BASELINE

LONGER = 1.25
LAST = 5
FEWEST = 8
# windows before the first origin: a year to learn what is usual, and one to learn chances from
LEARNED = 2 * 365
BEFORE = 4
LEAST = 1e-9
# where fewer than half of what was placed since a change came
LEAST_LONG = 1.5
METHODS = (IN_USE, "recency", "log_rank")


@dataclass(frozen=True)
class Looked:
    """What each method said at an origin, of each supplier; those that it is `told` of, how long
    half took `before`, and what was placed in the window after, with all that came since."""

    said: dict[str, Floats]
    told: Flags
    before: Floats
    after: Placed

    def outcomes(self, day: int) -> "Outcomes":
        """Who took longer, by what is known at the end of a day."""
        medians, n, waits = _medians(self.after.by(day), day)
        # half may not have come yet: it took longer where even that long ago was longer than before
        is_long = waits > LONGER * self.before
        least = np.where(medians == UNREACHED, np.where(is_long, waits, -1), medians)
        is_known = self.told & (n >= FEWEST) & (least >= 0)
        came = np.nan_to_num(least) >= LONGER * np.nan_to_num(self.before)
        return Outcomes({name: one[is_known] for name, one in self.said.items()}, came[is_known],
                        int((self.told & ~is_known).sum()))  # fmt: skip


@dataclass(frozen=True)
class Outcomes:
    """What each method said of the suppliers of which one knows, and which took longer; `unknown`
    of them have too few outcomes."""

    said: dict[str, Floats]
    came: Flags
    unknown: int


def look_back(
    model: str, names: tuple[str, ...], known: Placed, today: date, plan: Plan,
    progress: Callable[..., None],
) -> Report:  # fmt: skip
    """The report of a plan's origins; without any where there is too little history."""
    if not len(known):
        return Report(model, 0, None, None)
    start, end = (date.fromordinal(int(one)) for one in (known.start.min(), known.start.max()))
    report = Report(model, len(np.unique(known.purchase)), start, end)
    first = date.fromordinal(start.toordinal() + LEARNED)
    last = date.fromordinal(min(end.toordinal(), today.toordinal() - 1))
    every = replace(plan, every=plan.every or "quarter", most=plan.most + BEFORE)
    looked: list[Looked] = []
    told: list[tuple[Origin, Outcomes, dict[str, Floats]]] = []
    wanted = origins(every, known.start.tolist(), first, last)
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        looked.append(_looked(names, known, origin))
        before = [one.outcomes(origin.at.toordinal() - 1) for one in looked[-BEFORE - 1 : -1]]
        one = looked[-1].outcomes(today.toordinal() - 1)
        told.append((origin, one, _chances(before, one)))
    progress("looking back", len(wanted), len(wanted))
    return _summed(report, [one for one in told if len(one[1].came) and one[2]][-plan.most :])


def _looked(names: tuple[str, ...], known: Placed, origin: Origin) -> Looked:
    day = origin.at.toordinal() - 1
    then = known.by(day)
    usual = fit(names, then, day)
    now = states(usual, evidence(usual.days), then, day)
    before = usual.days[:, MEDIAN]
    said = {
        IN_USE: np.column_stack([-np.log(np.maximum(now.p, LEAST)), _by(then, now, before, day)]),
        "recency": _recency(then, before)[:, None],
        "log_rank": _log_rank(then, day)[:, None],
    }
    begun = (known.start > day) & (known.start < origin.end.toordinal())
    return Looked(said, ~np.isnan(usual.slow[:, 0]), before, known.of(begun))


def _medians(rows: Placed, day: int) -> tuple[Floats, Floats, Floats]:
    """Of each supplier the median, how many purchases, and their mean age."""
    took = rows.until(day)
    curves = curves_by(rows.who, rows.count, took, rows.end > 0, np.zeros(len(rows), np.int64))
    n = np.bincount(rows.who, rows.share, rows.count).astype(float)
    mean_age = np.bincount(rows.who, rows.share * took, rows.count) / np.maximum(n, 1)
    return curves.quantile(0.5).astype(float), n, mean_age


def _by(then: Placed, now: States, before: Floats, day: int) -> Floats:
    """By how much longer purchases take that were placed since the change, as a logarithm; half
    of the way for `FEWEST` of them."""
    medians, n, _ = _medians(then.of(then.start >= now.since[then.who]), day)
    ratio = np.where(medians == UNREACHED, LEAST_LONG, (medians + 1) / (before + 1))
    found: Floats = np.nan_to_num(np.log(np.maximum(ratio, LEAST)) * n / (n + FEWEST))
    return found


def _recency(then: Placed, before: Floats) -> Floats:
    """How many of the last `LAST` lines that came took longer than half did before."""
    came = then.of(then.end > 0)
    order = np.lexsort([came.end, came.who])
    who = came.who[order]
    ends = np.searchsorted(who, np.arange(then.count), "right")
    place = ends[who] - 1 - np.arange(len(who))
    is_long = (came.end - came.start)[order] > np.nan_to_num(before)[who]
    lately = (place < LAST) & is_long
    return np.bincount(who[lately], minlength=then.count).astype(float)


def _log_rank(then: Placed, day: int) -> Floats:
    """z of the log-rank test of what was under way in the last 30 days against the year before."""
    none = np.zeros(len(then), np.int64)
    spans = Spans(then.purchase, then.start, then.end, then.left, none, (), then.who, then.count)
    since = day + 1 - PERIODS[0]
    earlier = before_day(spans, since)
    tests = log_rank_by(
        under_way(spans, day, since),
        under_way(earlier, since - 1, since - BASELINE.days), then.count,
    )  # fmt: skip
    return np.array([one.z if one else 0.0 for one in tests])


def _chances(before: Sequence[Outcomes], now: Outcomes) -> dict[str, Floats]:
    """Chances of what each method says, learned before; nothing where there is too little."""
    seen = [one for one in before if len(one.came)]
    if not seen or not len(now.came):
        return {}
    came = np.concatenate([one.came for one in seen])
    return {
        name: logistic(np.concatenate([one.said[name] for one in seen]), came).chance(
            now.said[name]
        )
        for name in METHODS
    }


def _summed(report: Report, told: Sequence[tuple[Origin, Outcomes, dict[str, Floats]]]) -> Report:
    if not told:
        return report
    came = np.concatenate([one.came for _, one, _ in told])
    every = {name: np.concatenate([chance[name] for _, _, chance in told]) for name in METHODS}
    losses = {name: [(chance[name] - one.came) ** 2 for _, one, chance in told] for name in METHODS}
    gains = {name: gain(losses[IN_USE], losses[name]) for name in METHODS[1:]}
    return replace(
        report,
        methods={name: of_chances(chance, came) for name, chance in every.items()},
        origins=tuple(
            AtOrigin(origin.at, len(one.came),
                     {name: of_chances(chance[name], one.came) for name in METHODS})
            for origin, one, chance in told
        ),
        gains={name: Gain(*one, measure="brier") for name, one in gains.items() if one},
        unknown=sum(one.unknown for _, one, _ in told),
        calibration=calibration_of_chances(every[IN_USE], came),
    )  # fmt: skip
