"""What the store knows of the way of a customer's order: put away, made, picked and carried."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.forecasts._item_days import stocked_on
from storage.forecasts._orders import Flags, Ints, Orders, codes_of, named
from storage.forecasts._picking import Waits
from storage.known import columns
from storage.known.columns import Lines
from storage.known.goods import came, tells
from storage.known.making import Making, make_orders
from storage.known.readiness import Reserved, reserved
from storage.models._types import int_to_instant

YEARS = timedelta(days=2 * 365)
DOCKED = timedelta(days=365)
# so many orders of several lines tell whether all of them leave together
FEWEST_ORDERS, TOGETHER = 20, 0.9
Row = tuple[str, int, int, int]


@dataclass(frozen=True)
class Facts:
    """What was put away (by site), made (by item) and carried (by lane), as durations; and when
    goods for customers were there and left, each line for itself (`waits`), and so that lines wait
    for the last of their order (`whole`). `order` and `sent` are of all lines, a row each."""

    docked: Orders
    made: Orders
    carried: Orders
    waits: Waits
    whole: Waits
    order: Ints
    sent: Ints

    def together(self, day: int) -> bool:
        """Whether orders of several lines had nearly always left on one day, as known before a
        day."""
        done = (self.sent > 0) & (self.sent < day)
        order, sent = self.order[done], self.sent[done]
        _, count = np.unique(order, return_counts=True)
        pairs = np.unique(np.column_stack([order, sent]), axis=0)[:, 0]
        days = np.unique(pairs, return_counts=True)[1]
        several = count > 1
        if several.sum() < FEWEST_ORDERS:
            return False
        return bool((days[several] == 1).mean() >= TOGETHER)

    def picked(self, day: int) -> Waits:
        """When goods were there and left, as lines wait for each other by what was known then."""
        return self.whole if self.together(day) else self.waits


def facts(session: Session, now: datetime, zone: ZoneInfo) -> Facts:
    """The facts of the last two years (of the dock: of one) as known at `now`."""
    today = now.astimezone(zone).date()
    start = datetime.combine(today - YEARS, time(), zone)
    told = tells(session, now)
    lines = columns.sales(session, now, start, zone=zone)
    sent = _sent(lines)
    waits, whole = _waits(session, now, zone, lines, sent)
    return Facts(
        _durations(_docked(session, now, today - DOCKED, told.available), "site"),
        _durations(_made(make_orders(session, now, start)), "item"),
        _carried(lines, told.delivered),
        waits, whole, lines["order"].astype(np.int64), sent,
    )  # fmt: skip


def _docked(session: Session, now: datetime, since: date, sources: frozenset[str]) -> Iterator[Row]:
    for one in came(session, now, since):
        if one.qty > 0 and (one.key[0] in sources or one.is_scanned):
            yield one.site or "", one.on.toordinal(), _ordinal(one.available_on), 0


def _made(makes: Iterable[Making]) -> Iterator[Row]:
    for make in makes:
        begun = make.started_on or make.released_on
        if begun and make.item:
            yield (
                named(make.item), begun.toordinal(), _ordinal(make.finished_on),
                _ordinal(make.cancelled_on),
            )  # fmt: skip


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _durations(rows: Iterable[Row], dimension: str) -> Orders:
    """Rows of a name, a beginning, an end and a calling off, as columns; what ended before it
    began is left out."""
    kept = [row for row in rows if (row[2] or row[3] or row[1]) >= row[1]]
    names, codes = np.unique(np.array(["", *(row[0] for row in kept)]), return_inverse=True)
    days = np.array([row[1:] for row in kept], np.int64).reshape(-1, 3)
    return _as_orders(days[:, 0], days[:, 1], days[:, 2], dimension, codes[1:], names.tolist())


def _as_orders(
    start: Ints, end: Ints, left: Ints, dimension: str, codes: Ints, names: list[str]
) -> Orders:
    mine = {dimension: codes.astype(np.int64)}
    return Orders(start, end, left, np.arange(len(start)), mine, {dimension: names})


def _carried(lines: Lines, sources: frozenset[str]) -> Orders:
    """Goods on their way to customers, of the sources that tell when they are there."""
    sent = lines.carried()
    mine = of_sources(lines, sources)[sent.line]
    start, end = (one[mine].astype(np.int64) for one in (sent.sent_on, sent.delivered_on))
    lane, names = codes_of(lines, "lane")
    kept = (end == 0) | (end >= start)
    return _as_orders(start[kept], end[kept], np.zeros(int(kept.sum()), np.int64), "lane",
                      lane[sent.line[mine]][kept], names)  # fmt: skip


def of_sources(lines: Lines, sources: frozenset[str]) -> Flags:
    """Which lines are of some sources, by their items."""
    known = [source in sources for source, _ in lines.keys("item")]
    found: Flags = np.array([*known, False])[lines["item"]]
    return found


def _sent(lines: Lines) -> Ints:
    """The day on which the last of each line left; 0 while it is not all sent."""
    moved = lines.carried()
    found = np.zeros(len(lines), np.int64)
    np.maximum.at(found, moved.line, moved.sent_on)
    return np.where(lines["ended_on"] > 0, found, 0)


def _waits(
    session: Session, now: datetime, zone: ZoneInfo, lines: Lines, sent: Ints
) -> tuple[Waits, Waits]:  # fmt: skip
    """When goods were there and left: each line for itself, and with all of its order."""
    reserved, seen = _reserved(session, now, zone, lines)
    stocked = stocked_on(session, now, zone, lines, sent)
    told = _days(lines["seen_at"], zone)

    def of(reserved: Ints, stocked: Ints) -> Waits:
        kept = ((reserved > 1) | (stocked > 1)) & (lines["qty"] > 0)
        columns_ = (
            reserved, np.where(reserved > 1, seen, 0), stocked, lines["promised_first"], told,
            lines["requested_on"], sent, lines["left_on"],
        )  # fmt: skip
        return Waits(*(one[kept].astype(np.int64) for one in columns_))

    # a line that was called off keeps no other of its order waiting
    is_off = lines["left_on"] > 0
    whole = (_last_of(lines["order"], np.where(is_off, 1, one)) for one in (reserved, stocked))
    return of(reserved, stocked), of(*whole)


def _days(instants: Ints, zone: ZoneInfo) -> Ints:
    """The local days of instants, few of which differ: lines are seen by whole pages."""
    known, which = np.unique(instants, return_inverse=True)
    days = [int_to_instant(at).astimezone(zone).toordinal() for at in known.tolist()]
    return np.array(days, np.int64)[which]


def _last_of(orders: Ints, ready: Ints) -> Ints:
    """When all of an order was there, for each of its lines; 0 while some of it is not."""
    if not len(orders):
        return ready
    _, which = np.unique(orders, return_inverse=True)
    last = np.zeros(int(which.max()) + 1, np.int64)
    np.maximum.at(last, which, ready)
    last[which[ready == 0]] = 0
    found: Ints = last[which]
    return found


def _reserved(session: Session, now: datetime, zone: ZoneInfo, lines: Lines) -> tuple[Ints, Ints]:
    """When all that is reserved for each line was there, and when we first saw it reserved; 0
    where it has not come, or nothing is."""
    came_on: dict[int, list[Reserved]] = defaultdict(list)
    for one in reserved(session, now):
        came_on[one.line].append(one)
    found, seen = np.zeros(len(lines), np.int64), np.zeros(len(lines), np.int64)
    ordered = lines["ordered_on"].tolist()
    for at, number in enumerate(lines["id"].tolist()):
        if every := came_on.get(number):
            seen[at] = max(one.seen_at.astimezone(zone).toordinal() for one in every)
            days = [one.on.toordinal() for one in every if one.on]
            found[at] = max(*days, ordered[at]) if len(days) == len(every) else 0
    return found, seen
