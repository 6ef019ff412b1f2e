"""Chance to run out: how likely demand is faster than the next receipt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from storage.curves import ROUNDING, Curve
from storage.forecasts._fitted import Fitted, Followed
from storage.forecasts._knots import knots_of_curves
from storage.forecasts._run_out import (
    FEWEST_WEEKS,
    HISTORY,
    PATHS,
    WEEK,
    Floats,
    Ints,
    Used,
    Ways,
    chances,
    used_of,
)
from storage.forecasts._stock_facts import Days, lying
from storage.forecasts._waits import Coming, waits, waits_by
from storage.forecasts.stock import Kept
from storage.known.stock_changes import Change
from storage.known.uses import Use
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._last_orders import LastOrder
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import WINDOW, Cover

FEWEST_DAYS = FEWEST_WEEKS * WEEK

METRIC = Metric(
    id="chance-to-run-out",
    version=2,
    title="Chance to run out",
    formula=(
        f"The share of {PATHS} paths of demand on which nothing is left before more comes. Each"
        " path is made of whole weeks of the past, drawn by chance, with their weekdays; a path"
        " that is out on a day counts as much as more is likely to come later than that: by the"
        " lead-time curves of what is on order given its age, of a new order placed today where"
        " nothing is. From how many weeks is drawn, and how much the late ones count for, is what"
        " told best who ran out before. What is reserved is on hand until it is used. Where no fit"
        " is in use: of what is available, 12 weeks alike, and the Kaplan-Meier curve of lead times"
        " these days."
    ),
    unit="share",
    better="lower",
    needs=("stocklevel", "stockmove", "purchaseorder", "purchaseline", "receipt"),
    dimensions=("item",),
    caveats=(
        "No season, and no order much larger than any in the last half year.",
        "It looks a year ahead; what is not out by then does not count.",
        "Orders of an item are taken to come each for itself; one that never came counts as later.",
        "The paths are drawn from one seed, so that the same data has the same answer.",
        f"With fewer than {FEWEST_DAYS} days of demand it is n/a.",
    ),
    synonyms=("stock-out risk", "risk to run out", "launch risk"),
)

PLAIN = Ways()
HALF, DECIDED = 0.5, 0.05


@dataclass(frozen=True)
class Chance:
    """The chance to run out, with two standard errors of drawing on each side.

    `wait`: the days by which more has come with a chance of half; null where that is later than
    was ever seen. `never`: the chance that it is later than a year. `decided`: the days by which
    19 in 20 of what comes within it have. `followed`: the fitted curve of what is waited for,
    with what carries it, of what `is_made` or bought; null where no fit tells.
    """

    share: float
    low: float
    high: float
    wait: int | None
    never: float
    decided: int
    followed: Followed | None = None
    is_made: bool = False


def chance(available: float, daily: Sequence[float], curve: Curve, age: int = 0) -> Chance | None:
    """The chance to run out before more comes of what is ordered since `age` days, by the curve of
    lead times these days.

    Null with too few days of demand, where no such order ever came, or where none is older.
    """
    if len(daily) < FEWEST_DAYS or not curve.times or age >= curve.times[-1]:
        return None
    late = waits_by(knots_of_curves([curve]), age)
    used = used_of(np.array([daily], np.float32), np.array([len(daily)]))
    return _chances(np.array([available]), used, PLAIN, late)[0]


def chances_of(
    risks: Iterable[Risk], uses: Iterable[Use], moved: Sequence[Change],
    first: Mapping[Key, date], last: Mapping[Key, LastOrder], kept: Kept,
) -> dict[Key, Chance]:  # fmt: skip
    """By a fit that is in use the chance of each item of which it can be told. `uses` and `moved`
    must reach back half a year; `last` is the last order of each item."""
    awaited = {one.cover.key: orders for one in risks if (orders := _awaited(one, last, kept))}
    told = [one for one in risks if one.cover.key in awaited]
    if not told:
        return {}
    today = told[0].cover.today
    late = waits(len(told), *(
        (fitted, _coming(fitted, [awaited[one.cover.key] for one in told], is_made, today))
        for fitted, is_made in ((kept.bought, False), (kept.made, True)) if fitted
    ))  # fmt: skip
    available = np.array([float(one.cover.on_hand) for one in told])
    used = used_by([one.cover for one in told], uses, moved, first, kept.ways)
    found = _chances(available, used, kept.ways, late)
    firsts = {one.cover.key: awaited[one.cover.key][0] for one in told}
    return {
        key: replace(made, followed=first.followed, is_made=first.is_made)
        for (key, first), made in zip(firsts.items(), found, strict=True) if made
    }  # fmt: skip


class _Awaited(NamedTuple):
    """What an item waits for: an order and the curve that it follows; `is_made` as `last` has it.
    `begun_on` is null for one placed today."""

    followed: Followed
    is_made: bool
    begun_on: date | None


def _awaited(risk: Risk, last: Mapping[Key, LastOrder], kept: Kept) -> list[_Awaited]:
    """All that is on order of an item that is used, the next first, else an order of today; none
    where no curve tells of one."""
    if risk.cover.state not in ("lasts", "out"):
        return []
    orders: dict[Key, tuple[Mapping[str, str], bool, date | None]] = {}
    for one in risk.due:  # of an order the line that comes first
        orders.setdefault(one.order or one.key, (one.names, one.is_made, one.begun_on))
    new = last.get(risk.cover.key)
    if not orders and new:
        orders[risk.cover.key] = (new.names, new.is_made, None)
    return [
        _Awaited(fitted.follow(names), is_made, begun)
        for names, is_made, begun in orders.values()
        if (fitted := kept.made if is_made else kept.bought)
    ]


def _coming(
    fitted: Fitted, awaited: Sequence[Sequence[_Awaited]], is_made: bool, today: date
) -> Coming:
    rows = [
        (at, one.followed.number, (today - one.begun_on).days if one.begun_on else 0)
        for at, every in enumerate(awaited) for one in every if one.is_made == is_made
    ]  # fmt: skip
    item, curve, age = np.array(rows, np.int64).reshape(-1, 3).T
    age = np.maximum(age, 0)
    return Coming(item, curve, age, age)


def used_by(
    covers: Sequence[Cover], uses: Iterable[Use], moved: Sequence[Change],
    first: Mapping[Key, date], ways: Ways,
) -> Used:  # fmt: skip
    """What was used of items at the sites that their covers are of, and at no known site."""
    today = covers[0].today
    items = [one.key for one in covers]
    start = today.toordinal() - HISTORY * WEEK
    grid = Days(items, start, HISTORY * WEEK)
    sites = {stock.key for one in covers for stock in one.stock}
    demand = grid.summed(
        (use.item, use.on, float(use.qty)) for use in uses
        if use.is_demand and (use.site is None or (use.item, use.site) in sites)
    )  # fmt: skip
    since = today - timedelta(days=WINDOW)
    days = np.array([(today - first.get(item, since)).days for item in items])
    if not ways.is_lost:
        return used_of(demand, days)
    there = [stock for one in covers for stock in one.stock]
    return used_of(demand, days, lying(grid, there, moved) <= 0)


def _chances(available: Floats, used: Used, ways: Ways, late: Floats) -> list[Chance | None]:
    """Null where too few weeks are known."""
    found = chances(available, used, ways, late)
    half = _first_below(late, np.full(len(late), HALF))
    never = late[:, -1]
    decided = _first_below(late, never + DECIDED * (1 - never))
    return [
        None if np.isnan(share) else Chance(
            share, max(0.0, share - 2 * error), min(1.0, share + 2 * error),
            None if wait >= late.shape[1] else wait, never, end,
        )
        for share, error, wait, never, end in zip(
            found.share.tolist(), found.error.tolist(), half.tolist(), never.tolist(),
            decided.tolist(), strict=True,
        )
    ]  # fmt: skip


def _first_below(late: Floats, share: Floats) -> Ints:
    """The first day on which it is at most that likely that nothing has come; all days where there
    is none."""
    is_below = late <= share[:, None] + ROUNDING
    days: Ints = np.where(is_below.any(axis=1), is_below.argmax(axis=1), late.shape[1])
    return days
