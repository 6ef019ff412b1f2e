"""What was used of each item by day: sold to customers, put into production, or lost."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._remembered import remembered, to_come
from storage.known._rows import as_qty
from storage.known.places import places
from storage.known.stock_changes import Change
from storage.links import Key
from storage.models._types import instant_to_int


class Use(NamedTuple):
    """A quantity that left a site on a local day, negative where it came back.

    what: customer, production or lost (scrap and what a count did not find; negative: found).
    `value` is its cost as the source has it, with the sign of `qty`; null where it has none.
    """

    item: Key
    site: Key | None
    on: date
    qty: Decimal
    value: Decimal | None
    what: Literal["customer", "production", "lost"]

    @property
    def is_demand(self) -> bool:
        return self.what != "lost"


def uses(
    session: Session, now: datetime, since: date, zone: ZoneInfo, moved: Iterable[Change]
) -> Iterator[Use]:
    """Uses among the changes `moved`, all known at `now` on and after the local day `since`.

    What comes out of production is no return where the item is made by production orders. Of a
    source that keeps no stock moves: its shipments and what production orders consumed.
    """
    made = {tuple(row) for row in session.execute(text(_MADE))}
    for change in moved:
        what = WHAT.get(change.use)
        is_output = what == "production" and change.qty > 0 and change.item in made
        if what and not is_output:
            value = None if change.value is None else -change.value
            yield Use(change.item, change.site, change.on, -change.qty, value, what)
    where, bounds = places(session, zone), {"now": instant_to_int(now), "since": since.isoformat()}
    for row in session.execute(text(_DOCUMENTS), bounds):
        site = where.site(row.source, row.location_ref)
        yield Use(
            (row.source, row.item_ref), (site.source, site.ref) if site else None,
            date.fromisoformat(row.used_on), as_qty(row.qty), None, row.what,
        )  # fmt: skip


def moved_days(session: Session, now: datetime) -> Mapping[Key, tuple[date, date]]:
    """By item, the first and the last local day on which it came or went, as known at `now`."""
    stamp = instant_to_int(now)
    ahead = to_come(
        session, stamp, "stockmove.moved_at", "shipment.shipped_at", "receipt.received_at"
    )
    return remembered(
        session, "moved days", ahead,
        lambda: _moved(session.execute(text(_MOVED_DAYS), {"now": stamp}).all()),
    )  # fmt: skip


def _moved(rows: Iterable[Any]) -> dict[Key, tuple[date, date]]:
    found: dict[Key, tuple[date, date]] = {}
    for source, item, first, last in rows:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        known = found.get((source, item), (begin, end))
        found[source, item] = min(begin, known[0]), max(end, known[1])
    return found


WHAT: dict[str | None, Literal["customer", "production", "lost"]] = {
    "customer": "customer", "production": "production", "inventory": "lost",
}  # fmt: skip


_MADE = "SELECT DISTINCT source, item_ref FROM makeorder WHERE deleted_at IS NULL"

_NO_MOVES = "SELECT source FROM stockmove WHERE deleted_at IS NULL AND moved_at < :now"

_DOCUMENTS = f"""
SELECT s.source, COALESCE(s.item_ref, l.item_ref) AS item_ref,
       COALESCE(s.location_ref, l.location_ref) AS location_ref, s.shipped_on AS used_on,
       SUM(s.qty) AS qty, 'customer' AS what
  FROM shipment s LEFT JOIN salesline l ON l.source = s.source AND l.source_id = s.line_ref
 WHERE s.deleted_at IS NULL AND s.shipped_at < :now AND s.shipped_on >= :since
   AND COALESCE(s.item_ref, l.item_ref) IS NOT NULL AND s.source NOT IN ({_NO_MOVES})
 GROUP BY s.source, COALESCE(s.item_ref, l.item_ref), COALESCE(s.location_ref, l.location_ref),
       s.shipped_on
 UNION ALL
SELECT c.source, c.item_ref, m.location_ref, c.consumed_on, SUM(c.qty), 'production'
  FROM consumption c LEFT JOIN makeorder m ON m.source = c.source AND m.source_id = c.make_ref
 WHERE c.deleted_at IS NULL AND c.consumed_at < :now AND c.consumed_on >= :since
   AND c.source NOT IN ({_NO_MOVES})
 GROUP BY c.source, c.item_ref, m.location_ref, c.consumed_on"""

_MOVED_DAYS = """
SELECT source, item_ref, MIN(moved_on), MAX(moved_on) FROM stockmove
 WHERE deleted_at IS NULL AND moved_at < :now GROUP BY source, item_ref
 UNION ALL
SELECT s.source, COALESCE(s.item_ref, l.item_ref), MIN(s.shipped_on), MAX(s.shipped_on)
  FROM shipment s LEFT JOIN salesline l ON l.source = s.source AND l.source_id = s.line_ref
 WHERE s.deleted_at IS NULL AND s.shipped_at < :now
   AND COALESCE(s.item_ref, l.item_ref) IS NOT NULL
 GROUP BY s.source, COALESCE(s.item_ref, l.item_ref)
 UNION ALL
SELECT r.source, COALESCE(r.item_ref, l.item_ref), MIN(r.received_on),
       MAX(r.received_on)
  FROM receipt r LEFT JOIN purchaseline l ON l.source = r.source AND l.source_id = r.line_ref
 WHERE r.deleted_at IS NULL AND r.received_at < :now
   AND COALESCE(r.item_ref, l.item_ref) IS NOT NULL
 GROUP BY r.source, COALESCE(r.item_ref, l.item_ref)"""
