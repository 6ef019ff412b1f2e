"""What the store knows of the way of a customer's order: put away, made, picked and carried."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.forecasts._item_days import stocked_on
from storage.forecasts._orders import Ints, Orders, named
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
    """What was put away (by site), made (by item) and carried (by lane), as durations; when goods
    for customers were there and left; and whether the lines of an order leave `together`."""

    docked: Orders
    made: Orders
    carried: Orders
    waits: Waits
    together: bool


def facts(session: Session, now: datetime, zone: ZoneInfo) -> Facts:
    """The facts of the last two years (of the dock: of one) as known at `now`."""
    today = now.astimezone(zone).date()
    start = datetime.combine(today - YEARS, time(), zone)
    told = tells(session, now)
    lines = columns.sales(session, now, start, zone=zone)
    sent = _sent(lines)
    together = _is_together(lines, sent)
    return Facts(
        _durations(_docked(session, now, today - DOCKED, told.available), "site"),
        _durations(_made(make_orders(session, now, start)), "item"),
        _carried(lines, told.delivered),
        _waits(session, now, zone, lines, sent, together=together),
        together,
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
    known = lines.whole.kept.names.item.known
    tells_it = np.array([*(source in sources for source, _ in known), False])[lines["item"]]
    mine = tells_it[sent.line]
    start, end = (one[mine].astype(np.int64) for one in (sent.sent_on, sent.delivered_on))
    split = lines.by("lane")
    names = np.array(["", *(named(value) for value in split.values)])
    kept = (end == 0) | (end >= start)
    known_names, codes = np.unique(names, return_inverse=True)
    lane = codes[1:][split.places[sent.line[mine]]] if len(lines) else codes[:0]
    return _as_orders(start[kept], end[kept], np.zeros(int(kept.sum()), np.int64), "lane",
                      lane[kept], known_names.tolist())  # fmt: skip


def _sent(lines: Lines) -> Ints:
    """The day on which the last of each line left; 0 while it is not all sent."""
    moved = lines.carried()
    found = np.zeros(len(lines), np.int64)
    np.maximum.at(found, moved.line, moved.sent_on)
    return np.where(lines["ended_on"] > 0, found, 0)


def _is_together(lines: Lines, sent: Ints) -> bool:
    """Whether orders of several lines nearly always leave on one day."""
    done = sent > 0
    _, count = np.unique(lines["order"][done], return_counts=True)
    pairs = np.unique(np.column_stack([lines["order"][done], sent[done]]), axis=0)[:, 0]
    days = np.unique(pairs, return_counts=True)[1] if len(pairs) else count
    several = count > 1
    if several.sum() < FEWEST_ORDERS:
        return False
    return bool((days[several] == 1).mean() >= TOGETHER)


def _waits(
    session: Session, now: datetime, zone: ZoneInfo, lines: Lines, sent: Ints, *, together: bool
) -> Waits:  # fmt: skip
    left = lines["left_on"].astype(np.int64)
    reserved, seen = _reserved(session, now, zone, lines)
    stocked = stocked_on(session, now, zone, lines, sent)
    if together and len(lines):
        reserved, stocked = (
            _last_of(lines["order"], np.where(left > 0, 1, one)) for one in (reserved, stocked)
        )
    kept = ((reserved > 1) | (stocked > 1)) & (lines["qty"] > 0)
    columns_ = (
        reserved, np.where(reserved > 1, seen, 0), stocked, lines["promised_first"],
        _days(lines["seen_at"], zone), lines["requested_on"], sent, left,
    )  # fmt: skip
    return Waits(*(one[kept].astype(np.int64) for one in columns_))


def _days(instants: Ints, zone: ZoneInfo) -> Ints:
    """The local days of instants, few of which differ: lines are seen by whole pages."""
    known, which = np.unique(instants, return_inverse=True)
    days = [int_to_instant(at).astimezone(zone).toordinal() for at in known.tolist()]
    return np.array(days, np.int64)[which]


def _last_of(orders: Ints, ready: Ints) -> Ints:
    """When all of an order was there, for each of its lines; 0 while some of it is not."""
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
