"""Whether contracts were renewed as was told, judged once their time of grace is over.

A statement is of a customer, and decided `GRACE` behind the day on which its contracts are due:
they were renewed if every one of them was.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.entities import entity
from storage.forecasts._statement import Issued
from storage.known.customers import customers
from storage.metrics.renewal_rate import GRACE, renewals


def judged(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether each statement held whose day is over; null of what is not known any more."""
    today = now.astimezone(zone).date()
    over = [one for one in told if one.by < today]
    if not over:
        return {}
    known = customers(session, now, today)
    came: dict[tuple[str, date], list[bool | None]] = defaultdict(list)
    for one in renewals(known, (), today):
        for key in one.customer.keys if one.customer else ():
            came[entity("customer", key), one.due_on].append(one.is_renewed)
    return {one.id: _held(came[one.subject, one.by - GRACE]) for one in over}


def _held(some: Sequence[bool | None]) -> bool | None:
    """Null where nothing was due then, or it is not decided for good."""
    return None if not some or None in some else all(some)
