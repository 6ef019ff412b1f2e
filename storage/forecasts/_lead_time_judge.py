"""Whether purchases came by the day that was told.

What was told of an order of that day, placed with nobody in particular, is judged by the first
line that was then ordered of whom or what it was about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.entities import Kind, entity, read_entity
from storage.forecasts._statement import Issued
from storage.known.purchase_ids import ids_of, ids_ordered_on
from storage.known.purchases import Line, purchase_lines

COMPANY = "company"
LINE: Kind = "purchaseline"


def judged(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether each statement held that is decided; null where it will never be known."""
    today = now.astimezone(zone).date()
    of_lines = [one for one in told if _kind(one) == LINE]
    of_new = [one for one in told if _kind(one) != LINE]
    lines = _lines(session, now, of_lines)
    firsts = _firsts(session, now, of_new)
    pairs = [
        *((one, lines.get(one.subject)) for one in of_lines),
        *((one, firsts.get((one.subject, one.issued_on))) for one in of_new),
    ]
    return {one.id: _held(one, line) for one, line in pairs if _is_decided(one, line, today)}


def _kind(one: Issued) -> str:
    return one.subject.partition(":")[0]


def _lines(session: Session, now: datetime, told: Iterable[Issued]) -> Mapping[str, Line]:
    names = [read_entity(one.subject) for one in told]
    ids = ids_of(session, {name[1] for name in names if name})
    return {entity(LINE, line.key): line for line in _read(session, now, ids)}


def _firsts(
    session: Session, now: datetime, told: Iterable[Issued]
) -> Mapping[tuple[str, date], Line]:
    """The first line of each day with each supplier, of each item and of the company."""
    ids = ids_ordered_on(session, {one.issued_on for one in told})
    placed: dict[tuple[str, date], list[Line]] = defaultdict(list)
    for line in _read(session, now, ids):
        for subject in _subjects(line):
            placed[subject, line.ordered_on].append(line)
    return {
        key: min(lines, key=lambda line: (line.ordered_at, line.key))
        for key, lines in placed.items()
    }


def _read(session: Session, now: datetime, ids: list[int]) -> Iterator[Line]:
    return purchase_lines(session, now, ids=ids) if ids else iter(())


def _subjects(line: Line) -> Iterator[str]:
    yield COMPANY
    if line.supplier:
        yield entity("supplier", (line.supplier.source, line.supplier.ref))
    if line.item:
        yield entity("item", (line.item.source, line.item.ref))


def _is_decided(one: Issued, line: Line | None, today: date) -> bool:
    is_settled = line is not None and not line.is_open
    return is_settled or today > one.by


def _held(one: Issued, line: Line | None) -> bool | None:
    """Of a statement that is decided; nothing is known of a line that was called off in time."""
    if line is None:
        return None
    if line.completed_on:
        return line.completed_on <= one.by
    return None if line.cancelled_on and line.cancelled_on <= one.by else False
