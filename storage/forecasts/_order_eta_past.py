"""When open orders were told to come from days in the past, against when they did.

`leadline` are the joined stages; `uncalibrated` the same, not read by what chances told before had
come to; `supplies` what they wait for alone, as it is told without a fit; `fixed` is the promised
day, else the median days of the orders that had come by then; `ecdf_closed` the days that closed
orders of the customer took, else those of all. `promise` are the lines whose promise was still
ahead, with the chance to keep it. Open orders are longer ones than all are: as they are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from storage.forecasts import Progress
from storage.forecasts._calibration import by_calibration, calibration
from storage.forecasts._drawn import Draws
from storage.forecasts._lead_time_past import Told, ecdf
from storage.forecasts._order_eta_open import Open, Past, open_on, quantiles_of
from storage.forecasts._orders import Flags, Floats, Ints
from storage.forecasts._origins import Plan, origins
from storage.forecasts._report import DAYS, IN_USE, AtOrigin, Gain, Report
from storage.forecasts._scores import QUANTILES, calibration_of_quantiles, gain, pinball

ENOUGH_ENDED = 200
FEWEST_OF_CUSTOMER = 10
AGAINST = ("fixed", "ecdf_closed", "supplies", "uncalibrated")
HALF_A_YEAR, MOST_DAYS = timedelta(days=184), 1_000
# outcomes lie within their day anywhere: spread evenly, always alike
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Found:
    """A look back, and what chances came to by it; null where reading them so was no help."""

    report: Report
    came: Floats | None


def look_back(session: Session, past: Past, plan: Plan, progress: Progress, model: str) -> Found:
    """The report of a plan's origins; without any where fewer than `ENOUGH_ENDED` had come."""
    ordered = past.lines["ordered_on"]
    if not len(ordered):
        return Found(Report(model, 0, None, None), None)
    start, end = (date.fromordinal(int(one)) for one in (ordered.min(), ordered.max()))
    report = Report(model, len(ordered), start, end, unit=DAYS)
    wanted = _days(past, plan)
    seen: list[Open] = []
    for number, day in enumerate(wanted):
        progress("looking back", number, len(wanted))
        seen.append(open_on(session, past, day))
    progress("looking back", len(wanted), len(wanted))
    told = [_told(past, seen[:at], one) for at, one in enumerate(seen)]
    came = read_from(past, seen, past.today.toordinal() + 1)
    scored = [one for one in told if len(one[IN_USE].came)]
    return Found(_summed(report, past, seen, told) if scored else report, came)


def _days(past: Past, plan: Plan) -> list[date]:
    ended = np.flatnonzero(past.ended > 0)
    if len(ended) < ENOUGH_ENDED:
        return []
    ordered, ends = past.lines["ordered_on"], past.ended[ended]
    first = date.fromordinal(int(np.sort(ends)[ENOUGH_ENDED - 1]) + 1)
    takes = int(np.quantile(ends - ordered[ended], 0.9))
    last = date.fromordinal(past.today.toordinal() - max(takes, 1))
    # who is asked for is open on a day: a month brings others, and what begins in it is no matter
    monthly = replace(plan, every=plan.every or "month", most=MOST_DAYS)
    found = [one.at for one in origins(monthly, ordered.tolist(), first, last + HALF_A_YEAR)]
    return [day for day in found if day <= last][-plan.most :]


def _told(past: Past, before: Sequence[Open], one: Open) -> dict[str, Told]:
    """What each method told on a day of what has come since."""
    mine = np.flatnonzero(past.ended[one.rows] > 0)
    rows = one.rows[mine]
    came = (past.ended[rows] - one.day).astype(float)
    closed, longest = _closed(past, one.day, rows)
    age = one.day - past.lines["ordered_on"][rows]
    late = np.maximum(closed - age[:, None], 0)
    fixed = np.where(one.due[mine] > 0, np.maximum(one.due[mine] - one.day, 0), late[:, 0])
    read = read_from(past, before, one.day)
    draws = one.draws[mine] if read is None else by_calibration(one.draws[mine], read)
    ahead = one.due[mine] >= one.day
    return {
        IN_USE: Told(quantiles_of(draws, longest), came),
        "fixed": Told(np.repeat(fixed[:, None].astype(float), len(QUANTILES), axis=1), came),
        "ecdf_closed": Told(late.astype(float), came),
        "supplies": Told(quantiles_of(one.plain[mine], longest), came),
        "uncalibrated": Told(quantiles_of(one.draws[mine], longest), came),
        "promise": _promise(draws[ahead], one.due[mine][ahead] - one.day, came[ahead], longest),
    }


def _promise(draws: Draws, due: Ints, came: Floats, longest: int) -> Told:
    """Lines whose promise was ahead, with the chance to be there by it."""
    chance = (draws <= due[:, None]).mean(axis=1) if len(draws) else np.empty(0)
    return Told(quantiles_of(draws, longest), came, chance, (came <= due).astype(float))


def _closed(past: Past, day: int, rows: Ints) -> tuple[Floats, int]:
    """Quantiles of the days that closed lines of each row's customer had taken by a day, of all
    where they were too few; and the longest that any had."""
    ended = np.flatnonzero((past.ended > 0) & (past.ended < day))
    days = past.ended[ended] - past.lines["ordered_on"][ended]
    whole = ecdf(np.sort(days))
    customers = past.lines["party"]
    known = {}
    for code in np.unique(customers[rows]).tolist():
        theirs = days[customers[ended] == code]
        known[code] = ecdf(np.sort(theirs)) if len(theirs) >= FEWEST_OF_CUSTOMER else whole
    said = [known[code] for code in customers[rows].tolist()]
    return np.array(said, float).reshape(len(rows), len(QUANTILES)), int(days.max(initial=1))


def read_from(past: Past, seen: Sequence[Open], day: int) -> Floats | None:
    """What chances told before a day had come to by it; null where reading those of one day by
    those of the days before it would have been no help so far."""
    plain = read = 0.0
    for at in range(1, len(seen)):
        came = _came(past, seen[:at], seen[at].day)
        ends = past.ended[seen[at].rows]
        done = (ends > 0) & (ends < day)
        truth = (ends[done] - seen[at].day).astype(float)
        draws = seen[at].draws[done]
        longest = int(truth.max(initial=1))
        plain += float(pinball(quantiles_of(draws, longest), truth).sum())
        read += float(pinball(quantiles_of(by_calibration(draws, came), longest), truth).sum())
    return _came(past, seen, day) if read < plain else None


def _came(past: Past, seen: Sequence[Open], day: int) -> Floats:
    told, ended = [], []
    for one in seen:
        ends, left = past.ended[one.rows], past.lines["left_on"][one.rows]
        is_done = (ends > 0) & (ends < day)
        is_off = (left > 0) & (left < day) & ~is_done
        last = np.where(is_done, ends, np.where(is_off, left, day - 1)) - one.day
        told.append(_reached(one.draws, last, is_done))
        ended.append(is_done)
    shares = np.concatenate([np.empty(0), *told])
    done = np.concatenate([np.empty(0, bool), *ended])
    return calibration(shares, done, np.ones(len(shares)))


def _reached(draws: Draws, last: Ints, is_done: Flags) -> Floats:
    """The share of draws up to an outcome: of those of its own day a part, always alike."""
    until = (draws <= last[:, None]).mean(axis=1) if len(draws) else np.empty(0)
    before = (draws < last[:, None]).mean(axis=1) if len(draws) else np.empty(0)
    part = (np.arange(len(draws)) * GOLDEN) % 1
    found: Floats = np.where(is_done, before + (until - before) * part, until)
    return found


def _summed(
    report: Report, past: Past, seen: Sequence[Open], told: Sequence[Mapping[str, Told]]
) -> Report:
    every: dict[str, Told] = {}
    for found in told:
        for name, one in found.items():
            every[name] = every[name].and_(one) if name in every else one
    return Report(
        report.model, report.rows, report.start, report.end,
        {name: one.scores() for name, one in every.items() if len(one.came)},
        tuple(
            AtOrigin(date.fromordinal(one.day), len(found[IN_USE].came),
                     {name: method.scores() for name, method in found.items()
                      if len(every[name].came)})
            for one, found in zip(seen, told, strict=True)
        ),
        _gains(told),
        sum(one.untold + int((past.ended[one.rows] <= 0).sum()) for one in seen),
        calibration=calibration_of_quantiles(every[IN_USE].said, every[IN_USE].came),
        unit=report.unit,
    )  # fmt: skip


def _gains(found: Sequence[Mapping[str, Told]]) -> dict[str, Gain]:
    def losses(name: str) -> list[Floats]:
        return [pinball(told[name].said, told[name].came) for told in found]

    gains = {other: gain(losses(IN_USE), losses(other)) for other in AGAINST}
    return {other: Gain(*one) for other, one in gains.items() if one}
