"""Stock on days in the past: told whether it runs out before more comes, against what became of it.

`leadline` draws demand and lets lead times be as they are fitted. `fixed` takes the median lead
time of what the supplier had delivered and the mean demand of 90 days, and is sure of itself;
`fixed_lead` draws demand as `leadline` does, against that one lead time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from storage.forecasts._lead_time_past import closed_quantiles
from storage.forecasts._origins import Origin, Plan, origins
from storage.forecasts._report import IN_USE, AtOrigin, Gain, Report
from storage.forecasts._run_out import Flags, Floats, Ints, chances
from storage.forecasts._scores import calibration_of_chances, gain, of_chances
from storage.forecasts._stock_facts import NONE, Shelves
from storage.forecasts._stock_fit import until, ways_of
from storage.forecasts._stock_rounds import WANTED, Outcome, Round, outcome, round_of, sides
from storage.forecasts._waits import certain

FIXED, FIXED_LEAD = "fixed", "fixed_lead"
ENOUGH_ENDED = 100
FEWEST_DAYS = 26 * 7
TAKES = 0.9
Told = tuple[dict[str, Floats], Flags]


def look_back(
    model: str, shelves: Shelves, today: date, plan: Plan, progress: Callable[..., None]
) -> Report:
    """The report of a plan's origins; without any where there is too little history."""
    report = Report(model, len(shelves), date.fromordinal(shelves.first), today)
    wanted = _origins(shelves, today, plan)
    found: list[tuple[Origin, Told]] = []
    unknown = 0
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        told, missed = _from(shelves, origin.at.toordinal(), today.toordinal())
        unknown += missed
        if told:
            found.append((origin, told))
    progress("looking back", len(wanted), len(wanted))
    return _summed(replace(report, unknown=unknown), found) if found else report


def _origins(shelves: Shelves, today: date, plan: Plan) -> list[Origin]:
    """From half a year after the first day, and until most of what was ordered then is here."""
    begun = np.concatenate([shelves.bought.start, shelves.made.start])
    ended = np.concatenate([shelves.bought.end, shelves.made.end])
    takes = (ended - begun)[ended > 0]
    if len(takes) < ENOUGH_ENDED:
        return []
    nth = int(np.sort(ended[ended > 0])[ENOUGH_ENDED - 1])
    first = date.fromordinal(max(nth + 1, shelves.first + FEWEST_DAYS))
    last = today - timedelta(days=int(np.quantile(takes, TAKES)))
    # an origin tells of what is there on its day: its window may be still open
    plan = replace(plan, every=plan.every or "month")
    return [one for one in origins(plan, (), first, last) if one.at <= last]


def _from(shelves: Shelves, day: int, today: int) -> tuple[Told | None, int]:
    """The chances that each method told on a day, and what came; and of how many nobody knows."""
    known = sides(shelves, day)
    if not known:
        return None, 0
    every = round_of(shelves, day, known)
    became = outcome(shelves, every, today)
    kept = became.days > 0
    missed = int((~kept).sum())
    if not kept.any():
        return None, missed
    then, seen = every.of(kept), Outcome(became.out[kept], became.days[kept])
    ways, comes = ways_of(shelves, day), fixed_days(then)
    late, sure = until(then.waits(), seen), until(certain(comes), seen)
    lasts = lasting(shelves, then)
    told = {
        IN_USE: chances(then.available, then.used, ways, late).share,
        FIXED: ((lasts < comes) & (lasts < seen.days)).astype(float),
        FIXED_LEAD: chances(then.available, then.used, ways, sure).share,
    }
    return (told, seen.out), missed


def fixed_days(then: Round) -> Ints:
    """Days until more comes, by the median of what each supplier had delivered by then."""
    days = np.zeros(len(then), np.int64)
    for side, rows in zip(then.sides, then.next, strict=True):
        mine = np.flatnonzero(rows != NONE)
        if not len(mine):
            continue
        median = closed_quantiles(side.orders, then.day, rows[mine])[:, 0].astype(np.int64)
        begun = np.where(then.is_ordered[mine], side.orders.start[rows[mine]], then.day)
        found = np.maximum(begun + median - then.day, 0)
        before = days[mine]
        days[mine] = np.where(before > 0, np.minimum(before, found), found)
    return days


def lasting(shelves: Shelves, then: Round) -> Ints:
    """The day on which nothing is left at the mean demand of the last 90 days."""
    at = then.day - shelves.first
    used = shelves.demand[then.items, max(0, at - WANTED + 1) : at]
    lived = np.clip(then.day - shelves.since[then.items], 1, used.shape[1])
    per_day = np.maximum(used.sum(axis=1, dtype=float) / lived, 1e-9)
    days: Ints = np.minimum(np.ceil(then.available / per_day - 1e-6) - 1, 1e6).astype(np.int64)
    return days


def _summed(report: Report, found: Sequence[tuple[Origin, Told]]) -> Report:
    came = np.concatenate([out for _, (_, out) in found])
    names = list(found[0][1][0])
    return replace(
        report,
        methods={
            name: of_chances(np.concatenate([told[name] for _, (told, _) in found]), came)
            for name in names
        },
        origins=tuple(
            AtOrigin(origin.at, len(out), {name: of_chances(told[name], out) for name in names})
            for origin, (told, out) in found
        ),
        gains=dict(_gains([told for _, told in found], names)),
        calibration=calibration_of_chances(
            np.concatenate([told[IN_USE] for _, (told, _) in found]), came
        ),
    )  # fmt: skip


def _gains(found: Sequence[Told], names: Sequence[str]) -> Iterator[tuple[str, Gain]]:
    def losses(name: str) -> list[Floats]:
        return [(told[name] - out) ** 2 for told, out in found]

    for other in names:
        if other != IN_USE and (one := gain(losses(IN_USE), losses(other))):
            yield other, Gain(*one, measure="brier")
