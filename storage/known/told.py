"""What the sources tell of purchases at all: where one never does, nothing can be missing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from storage.models._types import instant_to_int


@dataclass(frozen=True)
class Told:
    """The sources of which at least one order has been acknowledged, or shipped, with a date."""

    acknowledged: frozenset[str] = frozenset()
    shipped: frozenset[str] = frozenset()


def told(session: Session, now: datetime) -> Told:
    """What had been told of orders by `now`."""
    rows = session.execute(text(_TOLD), {"now": instant_to_int(now)}).all()
    return Told(
        frozenset(source for source, acknowledged, _ in rows if acknowledged),
        frozenset(source for source, _, shipped in rows if shipped),
    )


_TOLD = """
SELECT source, MAX(CASE WHEN acknowledged_at < :now THEN 1 ELSE 0 END),
       MAX(CASE WHEN shipped_at < :now THEN 1 ELSE 0 END)
  FROM purchaseorder WHERE deleted_at IS NULL AND ordered_at < :now
 GROUP BY source ORDER BY source"""
