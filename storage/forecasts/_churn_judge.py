"""Whether customers left by the day that was told, judged once that day is over.

Of one with a contract: none was in force then. Of one without, or whose contract began later: it
ordered nothing behind the day on which that was told. So a chance is judged by what it was of;
who is no customer that is known any more is not judged.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.entities import entity
from storage.forecasts._churn_facts import is_customer
from storage.forecasts._statement import Issued
from storage.known.customers import Customer, customers


def judged(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether each statement held whose day is over; null of who is not there any more."""
    today = now.astimezone(zone).date()
    over = [one for one in told if one.by < today]
    if not over:
        return {}
    known = {
        entity("customer", key): one
        for one in customers(session, now, today) for key in one.keys
    }  # fmt: skip
    return {one.id: _left(known.get(one.subject), one.issued_on, one.by) for one in over}


def _left(one: Customer | None, since: date, until: date) -> bool | None:
    if one is None:
        return None
    if any(contract.runs_on(since) for contract in one.contracts):
        return not is_customer(one, until)
    return not any(since < order.on <= until for order in one.orders)
