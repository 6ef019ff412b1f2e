"""What lay there, was used and came of each item, day by day, as columns; and its orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.forecasts._orders import Orders, named, orders_of
from storage.forecasts._run_out import Flags, Floats, Grid, Ints
from storage.known.making import Making, make_orders
from storage.known.purchases import Line, purchase_lines
from storage.known.stock import Stock, stocks
from storage.known.stock_changes import Change, changes
from storage.known.uses import Use, uses
from storage.links import Key
from storage.models._types import QTY_SCALE

YEARS = timedelta(days=3 * 365)
# of more items those with the most movements are looked at
MOST_ITEMS = 5_000
NONE = -1
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shelves:
    """Items by number over the days from `first` (an ordinal) up to yesterday, a column each.

    `stock` is what lay there at the end of a day, not a number where that is unknown; `demand`
    what was used, less what came back; `came`: whether more came. `since` is the day on which
    each first moved. `bought` and `made` are orders; `item_of` gives the shelf of their items.
    """

    names: Sequence[str]
    first: int
    stock: Grid
    demand: Grid
    came: Flags
    since: Ints
    bought: Orders
    made: Orders

    def __len__(self) -> int:
        return len(self.names)

    @property
    def end(self) -> int:
        """The day after the last."""
        return self.first + int(self.stock.shape[1])

    def item_of(self, orders: Orders) -> Ints:
        """The number of each order's item; `NONE` where it is on no shelf."""
        number = {name: at for at, name in enumerate(self.names)}
        known = np.array([number.get(name, NONE) for name in orders.names["item"]], np.int64)
        return known[orders.codes["item"]]


def shelves(
    session: Session, now: datetime, zone: ZoneInfo, since: date | None = None
) -> Shelves | None:
    """The shelves as known at `now` from a day on; null: the first on which anything moved within
    `YEARS`. Null without any stock."""
    today = now.astimezone(zone).date()
    start = datetime.combine(today - YEARS, time(), zone)
    there = [one for one in stocks(session, now, zone) if one.left_out is None]
    if not there:
        return None
    begin = min(since, today - DAY) if since else today - YEARS
    moved = list(changes(session, now, begin, zone))
    lines = list(purchase_lines(session, now, start, zone=zone))
    made = list(make_orders(session, now, start))
    used = list(uses(session, now, begin, zone, moved))
    if since is None:
        days = [*(one.on for one in moved), *(one.on for one in used)]
        begin = min(days, default=today - DAY)
    return _of(there, moved, used, lines, made, begin, today)


def _of(
    there: Sequence[Stock], moved: Sequence[Change], used: Sequence[Use], lines: Sequence[Line],
    made: Sequence[Making], start: date, today: date,
) -> Shelves:  # fmt: skip
    items = _kept(there, moved)
    first, end = start.toordinal(), today.toordinal()
    grid = Days(items, first, max(1, end - first))
    stock = lying(grid, there, moved)
    outputs = {(make.item.source, make.item.ref) for make in made if make.item}
    return Shelves(
        [f"{source}/{ref}" for source, ref in items], first, stock,
        grid.summed((one.item, one.on, float(one.qty)) for one in used if one.is_demand),
        grid.summed(_receipts(moved, outputs, lines)) > 0,
        _since(grid, moved, used), orders_of(lines), orders_of_makes(made),
    )  # fmt: skip


def _kept(there: Sequence[Stock], moved: Sequence[Change]) -> list[Key]:
    count = dict.fromkeys((one.key[0] for one in there), 0)
    for change in moved:
        if change.item in count:
            count[change.item] += 1
    ranked = sorted(count, key=lambda item: (-count[item], item))
    return sorted(ranked[:MOST_ITEMS])


class Days:
    """Items by days from an ordinal on; what is of another item or day is left out."""

    def __init__(self, items: Sequence[Key], first: int, days: int) -> None:
        self.number = {item: at for at, item in enumerate(items)}
        self.first, self.shape = first, (len(items), days)

    def summed(self, rows: Iterable[tuple[Key, date, float]]) -> Grid:
        return self.sums(rows).astype(np.float32)

    def sums(self, rows: Iterable[tuple[Key, date, float]]) -> Floats:
        """The same with all their digits."""
        count, days = self.shape
        cells, values = [], []
        for item, on, value in rows:
            number, day = self.number.get(item), on.toordinal() - self.first
            if number is not None and 0 <= day < days:
                cells.append(number * days + day)
                values.append(value)
        summed = np.bincount(np.array(cells, np.int64), np.array(values, float), count * days)
        found: Floats = summed.reshape(self.shape).astype(float)
        return found


def lying(grid: Days, there: Sequence[Stock], moved: Sequence[Change]) -> Grid:
    """What lay there at the end of each day: what lies there now, less what changed since; not a
    number where that is not known. It is counted as stored, so that nothing left is 0."""
    count, days = grid.shape
    now, known = np.zeros(count), np.zeros(count, np.int64)
    sites = {one.key for one in there}
    for stock in there:
        if (at := grid.number.get(stock.key[0])) is not None:
            now[at] += float(stock.on_hand * QTY_SCALE)
            known[at] = max(known[at], stock.known_from.toordinal() - grid.first)
    here = [one for one in moved if (one.item, one.site) in sites]
    gained = grid.sums((one.item, one.on, float(one.qty * QTY_SCALE)) for one in here)
    today = np.zeros(count)
    for one in here:
        number = grid.number.get(one.item)
        if number is not None and one.on.toordinal() - grid.first >= days:
            today[number] += float(one.qty * QTY_SCALE)
    after = np.cumsum(gained[:, ::-1], axis=1)[:, ::-1]
    after = np.column_stack([after[:, 1:], np.zeros(count)])
    lay: Grid = (((now - today)[:, None] - after) / QTY_SCALE).astype(np.float32)
    lay[np.arange(days) < known[:, None]] = np.nan
    return lay


def _receipts(
    moved: Iterable[Change], outputs: set[Key], lines: Iterable[Line]
) -> Iterable[tuple[Key, date, float]]:
    for one in moved:
        is_made = one.use == "production" and one.item in outputs
        if one.qty > 0 and (one.use == "supplier" or is_made):
            yield one.item, one.on, float(one.qty)
    for line in lines:
        if line.item:
            for came in line.receipts:
                if came.qty > 0:
                    yield (line.item.source, line.item.ref), came.on, float(came.qty)


def _since(grid: Days, moved: Sequence[Change], used: Sequence[Use]) -> Ints:
    since = np.full(grid.shape[0], grid.first + grid.shape[1], np.int64)
    days = [*((one.item, one.on) for one in moved), *((one.item, one.on) for one in used)]
    for item, on in days:
        if (number := grid.number.get(item)) is not None:
            since[number] = min(since[number], on.toordinal())
    return since


def orders_of_makes(makes: Iterable[Making]) -> Orders:
    """Production orders as orders of items, from release (else start) to their end."""
    names = {"": 0}
    rows = []
    for at, make in enumerate(makes):
        begun = make.released_on or make.started_on
        end, left = make.finished_on, make.cancelled_on
        if begun is None or (end or left or begun) < begun:
            continue
        code = names.setdefault(named(make.item), len(names))
        rows.append((begun.toordinal(), end.toordinal() if end else 0,
                     left.toordinal() if left and not end else 0, at, code))  # fmt: skip
    start, end_, left_, group, item = np.array(rows, np.int64).reshape(-1, 5).T
    none = np.zeros(len(start), np.int64)
    return Orders(
        start, end_, left_, group,
        {"item": item, "supplier": none, "category": none, "lane": none},
        {"item": list(names), "supplier": [""], "category": [""], "lane": [""]},
    )  # fmt: skip
