"""Which purchase lines are meant, as their numbers in the store, by which they are read."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import FARTHEST, among, bound, numbers
from storage.links import Key
from storage.models._types import instant_to_int

UTC = ZoneInfo("UTC")


def ids_of(session: Session, keys: Iterable[Key]) -> list[int]:
    """The lines of some keys; those that are not there are left out."""
    return list(numbers(session, "purchaseline", keys).values())


def ids_ordered_on(session: Session, days: Collection[date]) -> list[int]:
    """The lines that were ordered on some days, by the calendars of their sites."""
    if not days:
        return []
    first = datetime.combine(min(days), time(), UTC) - FARTHEST
    last = datetime.combine(max(days) + timedelta(days=1), time(), UTC) + FARTHEST
    bounds = {
        "first": instant_to_int(first), "last": instant_to_int(last),
        "refs": bound(session, [day.isoformat() for day in days]),
    }  # fmt: skip
    return [id_ for (id_,) in session.execute(text(_BY_DAY.format(among=among(session))), bounds)]


_BY_DAY = """
SELECT l.id
  FROM purchaseorder o
  JOIN purchaseline l ON l.source = o.source AND l.order_ref = o.source_id
 WHERE o.ordered_at >= :first AND o.ordered_at < :last AND o.ordered_on {among}"""
