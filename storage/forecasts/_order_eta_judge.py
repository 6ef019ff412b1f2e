"""Whether customers' orders left, or were there, by the day that was told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.entities import Kind, entity, read_entity
from storage.forecasts._statement import Issued
from storage.known.goods import tells
from storage.known.sales import SalesLine, sales_lines
from storage.known.sales_ids import numbers_of

LINE: Kind = "salesline"
ARRIVES, LEAVES = "arrives", "leaves"


def judged(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether each statement held that is decided; null where it will never be known."""
    today = now.astimezone(zone).date()
    names = [read_entity(one.subject) for one in told]
    ids = list(numbers_of(session, {name[1] for name in names if name}).values())
    read = sales_lines(session, now, ids=ids) if ids else ()
    lines = {entity(LINE, line.key): line for line in read}
    sources = tells(session, now).delivered
    found: dict[int, bool | None] = {}
    for one in told:
        line = lines.get(one.subject)
        done = done_on(line, one.event, sources, one.by) if line else None
        is_off = line is not None and line.cancelled_on is not None
        if done or is_off or today > one.by:
            found[one.id] = _held(one, line, done)
    return found


def done_on(line: SalesLine, event: str, sources: frozenset[str], by: date) -> date | None:
    """The day on which all of a line had left, or was there where its source tells that; null
    while it has not. A rest that was called off by a day is not waited for on it."""
    is_less = line.called_off_on is not None and line.called_off_on <= by
    wanted = line.qty - line.called_off if is_less else line.qty
    tells_it = event == ARRIVES and line.key[0] in sources
    days = sorted(
        (day, one.qty)
        for one in line.shipments
        if one.qty > 0 and (day := one.delivered_on if tells_it else one.on)
    )
    total = Decimal(0)
    for day, qty in days:
        total += qty
        if total >= wanted:
            return day
    return None


def _held(one: Issued, line: SalesLine | None, done: date | None) -> bool | None:
    """Of a statement that is decided; nothing is known of a line that was called off in time."""
    if line is None:
        return None
    if done:
        return done <= one.by
    return None if line.cancelled_on and line.cancelled_on <= one.by else False
