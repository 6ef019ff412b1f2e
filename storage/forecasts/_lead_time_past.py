"""Lead times told from days in the past, against what came: the curves and their baselines.

`leadline` are the curves; `ecdf_closed` is the distribution of what the supplier has delivered so
far, the open orders forgotten; `fixed` is the supplier's median of these, at every level. Of what
was open at an origin: `eta` is the curve given the age, `eta_clipped` the same curve as it was on
the first day, and at least tomorrow. The chance of `eta` is that of coming within 30 days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from storage.forecasts._fitted import NEVER, quantiles
from storage.forecasts._lead_time_fit import Made, chosen, fit
from storage.forecasts._orders import Floats, Ints, Orders
from storage.forecasts._origins import Origin, Plan, origins
from storage.forecasts._report import DAYS, IN_USE, AtOrigin, Gain, Report
from storage.forecasts._scores import (
    QUANTILES,
    Scores,
    calibration_of_quantiles,
    gain,
    of_chances,
    of_quantiles,
    pinball,
)

ENOUGH_ENDED = 200
SOON = 30
AGAINST = {"ecdf_closed": IN_USE, "fixed": IN_USE, "eta_clipped": "eta"}


@dataclass(frozen=True)
class Told:
    """What a method said of some outcomes: quantiles in days, a row each, and what came. `chance`
    of coming within `SOON` days, where it says one."""

    said: Floats
    came: Floats
    chance: Floats | None = None
    soon: Floats | None = None

    def scores(self) -> Scores:
        found = of_quantiles(self.said, self.came)
        if self.chance is None or self.soon is None or not len(self.came):
            return found
        soon = of_chances(self.chance, self.soon.astype(bool))
        return replace(
            found, auc=soon.auc, brier=soon.brier, ece=soon.ece, slope=soon.slope,
            lift10=soon.lift10,
        )  # fmt: skip

    def and_(self, other: "Told") -> "Told":
        return Told(
            np.concatenate([self.said, other.said]), np.concatenate([self.came, other.came]),
            _joined(self.chance, other.chance), _joined(self.soon, other.soon),
        )  # fmt: skip


def _joined(one: Floats | None, two: Floats | None) -> Floats | None:
    return None if one is None or two is None else np.concatenate([one, two])


def look_back(
    model: str, orders: Orders, today: date, plan: Plan, progress: Callable[..., None]
) -> Report:
    """The report of a plan's origins; without any where fewer than `ENOUGH_ENDED` had come."""
    if not len(orders):
        return Report(model, 0, None, None)
    start, end = (date.fromordinal(int(one)) for one in (orders.start.min(), orders.start.max()))
    report = Report(model, len(orders), start, end, unit=DAYS)
    first = _firsts(orders)
    every = orders.of(first)
    wanted = _origins(every, today, plan)
    found: list[tuple[Origin, dict[str, Told], int]] = []
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        found.append((origin, *_from(orders, first, every, origin)))
    progress("looking back", len(wanted), len(wanted))
    return _summed(report, found) if found else report


def _origins(every: Orders, today: date, plan: Plan) -> list[Origin]:
    ended = np.flatnonzero(every.end > 0)
    if len(ended) < ENOUGH_ENDED:
        return []
    first = date.fromordinal(int(np.sort(every.end[ended])[ENOUGH_ENDED - 1]) + 1)
    # what was placed lately is mostly open: only what came soon could be scored
    takes = int(np.quantile(every.end[ended] - every.start[ended], 0.9))
    last = date.fromordinal(min(int(every.start.max()), today.toordinal() - takes))
    return origins(plan, every.start.tolist(), first, last)


def _firsts(orders: Orders) -> Ints:
    """The first row of each observation."""
    rows = np.column_stack([orders.group, orders.end, orders.left])
    return np.unique(rows, axis=0, return_index=True)[1]


def _from(
    orders: Orders, first: Ints, every: Orders, origin: Origin
) -> tuple[dict[str, Told], int]:
    """What each method told at an origin of `every` observation, whose `first` rows of the orders
    they are; and how many outcomes are unknown."""
    day = origin.at.toordinal()
    made = fit(orders, day, chosen(orders, day))
    curves = made.rows[first]
    begun = (every.start >= day) & (every.start < origin.end.toordinal())
    new = np.flatnonzero(begun & (every.end > 0))
    waits = np.flatnonzero((every.start < day) & (every.end >= day))
    came = (every.end - every.start).astype(float)
    closed = closed_quantiles(every, day, new)
    told = {
        IN_USE: Told(_said(made, curves[new]), came[new]),
        "ecdf_closed": Told(closed, came[new]),
        "fixed": Told(np.repeat(closed[:, :1], len(QUANTILES), axis=1), came[new]),
        **_open(made, curves[waits], day - 1 - every.start[waits], came[waits]),
    }
    return told, int(begun.sum()) - len(new)


def _said(made: Made, curves: Ints, age: Ints | None = None) -> Floats:
    """Quantiles of a fit; the longest that was seen where a curve does not reach one."""
    said = quantiles(made.fitted.knots, curves, age)
    longest = np.full(len(curves), made.fitted.knots.times.max(initial=0))
    if age is not None:
        longest = np.maximum(longest, age + 1)
    return np.where(said == NEVER, longest[:, None], said).astype(float)


def _open(made: Made, curves: Ints, age: Ints, came: Floats) -> dict[str, Told]:
    chance = made.fitted.chance(curves, age, age + SOON)
    soon = (came <= age + SOON).astype(float)
    clipped = np.maximum(_said(made, curves), age[:, None] + 1)
    return {
        "eta": Told(_said(made, curves, age), came, chance, soon),
        "eta_clipped": Told(clipped, came),
    }


def closed_quantiles(every: Orders, day: int, rows: Ints) -> Floats:
    """Quantiles of what each row's supplier had delivered before the day; of all that had come
    where it had delivered nothing."""
    ended = np.flatnonzero((every.end > 0) & (every.end < day))
    days = every.end[ended] - every.start[ended]
    whole = ecdf(np.sort(days))
    suppliers = every.codes["supplier"]
    known = {
        int(code): ecdf(np.sort(days[suppliers[ended] == code]))
        for code in np.unique(suppliers[rows])
        if (suppliers[ended] == code).any()
    }
    said = [known.get(int(code), whole) for code in suppliers[rows]]
    return np.array(said, float).reshape(len(rows), len(QUANTILES))


def ecdf(days: Ints) -> list[int]:
    """The smallest value by which each share have ended."""
    return [int(days[int(np.ceil(share * len(days) - 1e-9)) - 1]) for share in QUANTILES]


def _summed(report: Report, found: list[tuple[Origin, dict[str, Told], int]]) -> Report:
    every: dict[str, Told] = {}
    for _, told, _ in found:
        for name, one in told.items():
            every[name] = every[name].and_(one) if name in every else one
    return Report(
        report.model, report.rows, report.start, report.end,
        {name: one.scores() for name, one in every.items()},
        tuple(
            AtOrigin(origin.at, len(told[IN_USE].came),
                     {name: one.scores() for name, one in told.items()})
            for origin, told, _ in found
        ),
        _gains([told for _, told, _ in found]),
        sum(unknown for _, _, unknown in found),
        calibration=calibration_of_quantiles(every[IN_USE].said, every[IN_USE].came),
        unit=report.unit,
    )  # fmt: skip


def _gains(found: list[dict[str, Told]]) -> Mapping[str, Gain]:
    def losses(name: str) -> list[Floats]:
        return [pinball(told[name].said, told[name].came) for told in found]

    gains = {other: gain(losses(mine), losses(other)) for other, mine in AGAINST.items()}
    return {other: Gain(*one) for other, one in gains.items() if one}
