"""When that was there which a source had reserved for sales lines, as known at `now`."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from storage.models._types import instant_to_int, int_to_instant


class Reserved(NamedTuple):
    """Goods reserved for a sales line (its number in the store), the last day on which some of
    them came (were made, or could be used), null where none has yet; and when we first saw that
    they were reserved."""

    line: int
    on: date | None
    seen_at: datetime


def reserved(session: Session, now: datetime) -> Iterator[Reserved]:
    """All that is reserved from production and purchases; what lies in stock is not among it.

    Sources overwrite what they reserve and keep no past: it is as last stored.
    """
    for line, on, at in session.execute(text(_RESERVED), {"now": instant_to_int(now)}):
        yield Reserved(line, date.fromisoformat(on) if on else None, int_to_instant(at))


_RESERVED = """
SELECT l.id, CASE WHEN m.finished_at < :now THEN m.finished_on END, p.first_seen_at
  FROM peg p
  JOIN salesline l ON l.source = p.source AND l.source_id = p.demand_ref
  JOIN makeorder m ON m.source = p.source AND m.source_id = p.supply_ref
 WHERE p.demand_kind = 'salesline' AND p.supply_kind = 'makeorder' AND p.deleted_at IS NULL
   AND m.deleted_at IS NULL AND p.first_seen_at < :now
 UNION ALL
SELECT l.id,
       (SELECT MAX(CASE WHEN r.available_at < :now THEN r.available_on ELSE r.received_on END)
          FROM receipt r
         WHERE r.source = p.source AND r.line_ref = p.supply_ref AND r.deleted_at IS NULL
           AND r.received_at < :now), p.first_seen_at
  FROM peg p
  JOIN salesline l ON l.source = p.source AND l.source_id = p.demand_ref
 WHERE p.demand_kind = 'salesline' AND p.supply_kind = 'purchaseline' AND p.deleted_at IS NULL
   AND p.first_seen_at < :now
 ORDER BY 1, 2"""
