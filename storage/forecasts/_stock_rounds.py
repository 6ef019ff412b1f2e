"""Items on a day in the past: what was known of each, and whether it ran out before more came.

Where nothing was on order, what counts is an order placed that day which takes as long as the next
one of the item took.
"""

from dataclasses import dataclass, replace

import numpy as np

from storage.forecasts._fitted import Fitted
from storage.forecasts._lead_time_fit import chosen, fit
from storage.forecasts._orders import Orders
from storage.forecasts._run_out import HISTORY, WEEK, Flags, Floats, Ints, Used, used_of
from storage.forecasts._stock_facts import NONE, Shelves
from storage.forecasts._waits import DAYS, Coming, waits

WANTED = 91
NEVER = 10**6


@dataclass(frozen=True)
class Side:
    """Orders of shelves as known before a day: the fitted curve of each, and its item."""

    orders: Orders
    fitted: Fitted
    curve: Ints
    item: Ints


@dataclass(frozen=True)
class Round:
    """Items that were wanted and there on a day. `coming[side]` are orders of them that are waited
    for, `next[side]` the row of the first one of each item, `NONE` where it is of the other side.
    `is_ordered`: something was on order."""

    day: int
    items: Ints
    available: Floats
    used: Used
    is_ordered: Flags
    sides: tuple[Side, ...]
    coming: tuple[Coming, ...]
    next: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.items)

    def waits(self) -> Floats:
        pairs = zip(self.sides, self.coming, strict=True)
        return waits(len(self), *((side.fitted, coming) for side, coming in pairs))

    def of(self, rows: Flags) -> "Round":
        """Some of the items, numbered anew."""
        place = np.where(rows, np.cumsum(rows) - 1, NONE)
        coming = []
        for one in self.coming:
            kept = rows[one.item]
            coming.append(Coming(place[one.item[kept]], one.curve[kept], one.age[kept],
                                 one.start[kept]))  # fmt: skip
        return replace(
            self, items=self.items[rows], available=self.available[rows], used=self.used.of(rows),
            is_ordered=self.is_ordered[rows], coming=tuple(coming),
            next=tuple(one[rows] for one in self.next),
        )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of each item: whether it ran out before more came within so many `days`, after
    which it is not known any more; no day where it never is."""

    out: Flags
    days: Ints


def sides(shelves: Shelves, day: int, chain: tuple[str, ...] | None = None) -> tuple[Side, ...]:
    """Both sides' curves as known before a day: of what is bought, by the chain of dimensions that
    is best (or given), and of what is made, by item."""
    found = []
    for orders, dimensions in ((shelves.bought, chain), (shelves.made, ("item",))):
        if ((orders.end > 0) & (orders.end < day)).any():
            made = fit(orders, day, dimensions or chosen(orders, day))
            found.append(Side(orders, made.fitted, made.rows, shelves.item_of(orders)))
    return tuple(found)


def round_of(shelves: Shelves, day: int, known: tuple[Side, ...]) -> Round:
    """The items on a day of which it can be told whether they run out."""
    at = day - shelves.first
    stock = shelves.stock[:, at - 1].astype(float)
    past = slice(max(0, at - HISTORY * WEEK), at)
    demand, is_out = shelves.demand[:, past], shelves.stock[:, past] <= 0
    used = used_of(demand, np.minimum(day - shelves.since, demand.shape[1]), is_out)
    is_wanted = demand[:, -WANTED:].sum(axis=1) > 0
    first = [_first_open(one, day, len(shelves)) for one in known]
    last = [_last(one, day, len(shelves)) for one in known]
    is_ordered = np.zeros(len(shelves), bool)
    for one in first:
        is_ordered |= one != NONE
    new = _latest(known, last, ~is_ordered)
    chosen_rows = [np.where(is_ordered, one, other) for one, other in zip(first, new, strict=True)]
    is_known = np.zeros(len(shelves), bool)
    for one in chosen_rows:
        is_known |= one != NONE
    whole = Round(
        day, np.arange(len(shelves)), stock, used, is_ordered, known,
        tuple(_coming(one, day, rows) for one, rows in zip(known, new, strict=True)),
        tuple(chosen_rows),
    )  # fmt: skip
    return whole.of((stock > 0) & is_wanted & (used.weeks >= 2) & is_known)


def _open(side: Side, day: int) -> Ints:
    """Rows that were open before a day, the oldest first, each order of an item once."""
    orders = side.orders
    is_open = (orders.start < day) & ((orders.end == 0) | (orders.end >= day))
    is_open &= ((orders.left == 0) | (orders.left >= day)) & (side.item != NONE)
    rows = np.flatnonzero(is_open)
    rows = rows[np.argsort(orders.start[rows], kind="stable")]
    pair = side.item[rows] * (int(orders.group.max(initial=0)) + 1) + orders.group[rows]
    once = np.sort(np.unique(pair, return_index=True)[1])
    found: Ints = rows[once]
    return found


def _first_open(side: Side, day: int, count: int) -> Ints:
    rows = _open(side, day)[::-1]
    first = np.full(count, NONE)
    first[side.item[rows]] = rows
    return first


def _last(side: Side, day: int, count: int) -> Ints:
    """The last order of each item that was placed before a day."""
    rows = np.flatnonzero((side.orders.start < day) & (side.item != NONE))
    rows = rows[np.argsort(side.orders.start[rows], kind="stable")]
    last = np.full(count, NONE)
    last[side.item[rows]] = rows
    return last


def _latest(known: tuple[Side, ...], last: list[Ints], wanted: Flags) -> list[Ints]:
    """Of the items `wanted` their last order, on the side on which it is."""
    begun = [
        np.where(rows != NONE, side.orders.start[rows], NONE)
        for side, rows in zip(known, last, strict=True)
    ]
    if not begun:
        return []
    best = np.argmax(np.stack(begun), axis=0)
    return [np.where(wanted & (best == at), rows, NONE) for at, rows in enumerate(last)]


def _coming(side: Side, day: int, new: Ints) -> Coming:
    """What is open of all items, and for some an order of that day like their last one."""
    rows, fresh = _open(side, day), np.flatnonzero(new != NONE)
    age = day - 1 - side.orders.start[rows]
    return Coming(
        np.concatenate([side.item[rows], fresh]),
        side.curve[np.concatenate([rows, new[fresh]])],
        np.concatenate([age, np.full(len(fresh), -1)]),
        np.concatenate([age + 1, np.zeros(len(fresh), np.int64)]),
    )


def outcome(shelves: Shelves, then: Round, until: int) -> Outcome:
    """What became of the items of a round, as known before the day `until`."""
    at, end = then.day - shelves.first, min(until, shelves.end) - shelves.first
    stock = shelves.stock[then.items, at:end]
    came = _first(shelves.came[then.items, at:end])
    seen = np.full(len(then), min(end - at, DAYS))
    for side, rows in zip(then.sides, then.next, strict=True):
        mine = np.flatnonzero(~then.is_ordered & (rows != NONE))
        takes, known = _next_takes(side, then, mine, until)
        came[mine], seen[mine] = np.minimum(came[mine], takes), np.minimum(seen[mine], known)
    out = _first(stock <= 0)
    return Outcome((out < came) & (out < seen), seen)


def _next_takes(side: Side, then: Round, mine: Ints, until: int) -> tuple[Ints, Ints]:
    """How long the next order of items took that have none, and for how long that is known."""
    orders = side.orders
    is_kept = (orders.left == 0) | (orders.left >= until)
    later = np.flatnonzero((orders.start >= then.day) & (orders.start < until)
                           & (side.item != NONE) & is_kept)  # fmt: skip
    later = later[np.argsort(-orders.start[later], kind="stable")]
    row = np.full(int(side.item.max(initial=0)) + 1, NONE)
    row[side.item[later]] = later
    found = row[np.minimum(then.items[mine], len(row) - 1)]
    found = np.where(then.items[mine] < len(row), found, NONE)
    start, end = orders.start[found], orders.end[found]
    is_here = (end > 0) & (end < until)
    takes = np.where(is_here, end - start, NEVER)
    known = np.where(is_here, DAYS, until - start)
    return (
        np.where(found != NONE, takes, NEVER), np.where(found != NONE, known, 0)
    )  # fmt: skip


def _first(flags: Flags) -> Ints:
    """The first day on which it is so; `NEVER` where it never is."""
    if not flags.shape[1]:
        return np.full(len(flags), NEVER)
    return np.where(flags.any(axis=1), flags.argmax(axis=1), NEVER)
