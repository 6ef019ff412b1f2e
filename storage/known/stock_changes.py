"""What the stock of each item at each site gained and lost by day, from done moves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_money, as_qty
from storage.known.places import Places, places
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Change:
    """What came to (positive) or left (negative) an item's stock at a site on a local day.

    `use` is what is at the other end: supplier, customer, production, inventory (scrap and
    differences of a count), site (another site, or the way to it), or null where nobody said.
    `value` has the sign of `qty`; null where the source gives none.
    """

    item: Key
    site: Key | None
    on: date
    qty: Decimal
    value: Decimal | None
    use: str | None


def changes(session: Session, now: datetime, since: date, zone: ZoneInfo) -> Iterator[Change]:
    """Changes known at `now` on and after the local day `since`, unordered.

    A move within a site is none. A source that keeps no moves has the differences between its
    levels instead, each on the day of the later one.
    """
    where, stamp = places(session, zone), instant_to_int(now)
    bounds = {"now": stamp, "since": since.isoformat()}
    for row in session.execute(text(_MOVES), bounds):
        yield from _of_move(row, where)
    yield from _between_levels(session.execute(text(_LEVELS), {"now": stamp}), since, where)


def _of_move(row: Any, where: Places) -> Iterator[Change]:
    source, from_ref, to_ref = row.source, row.from_ref, row.to_ref
    left, came = where.site(source, from_ref), where.site(source, to_ref)
    if left is came or left == came:
        return
    on, item, qty = date.fromisoformat(row.moved_on), (source, row.item_ref), as_qty(row.qty)
    value = None if row.unvalued else as_money(row.value)
    if left:
        use = "site" if came else where.use(source, to_ref)
        worth = None if value is None else -value
        yield Change(item, (left.source, left.ref), on, -qty, worth, _told(use))
    if came:
        use = "site" if left else where.use(source, from_ref)
        yield Change(item, (came.source, came.ref), on, qty, value, _told(use))


def _told(use: str | None) -> str | None:
    """What is on its way to another site is on its way to a site."""
    return "site" if use == "transit" else use


def _between_levels(rows: Iterable[Any], since: date, where: Places) -> Iterator[Change]:
    last: dict[tuple[str, str, str | None], Any] = {}
    for row in rows:
        spot = (row.source, row.item_ref, row.location_ref)
        before, last[spot] = last.get(spot), row
        on = where.day(row.source, row.location_ref, row.as_of)
        site = where.site(row.source, row.location_ref)
        if before is None or on < since or (row.location_ref and not site):
            continue
        value = None
        if row.value is not None and before.value is not None:
            value = as_money(row.value - before.value)
        qty = as_qty(row.on_hand - before.on_hand)
        yield Change(spot[:2], (site.source, site.ref) if site else None, on, qty, value, None)


_MOVES = """
SELECT source, item_ref, from_ref, to_ref, moved_on, SUM(qty) AS qty, SUM(value) AS value,
       COUNT(*) - COUNT(value) AS unvalued
  FROM stockmove
 WHERE deleted_at IS NULL AND moved_at < :now AND moved_on >= :since
 GROUP BY source, item_ref, from_ref, to_ref, moved_on"""

_LEVELS = """
SELECT source, item_ref, location_ref, as_of, on_hand, value
  FROM stocklevel
 WHERE deleted_at IS NULL AND part IS NULL AND as_of < :now
   AND source NOT IN (SELECT source FROM stockmove WHERE deleted_at IS NULL AND moved_at < :now)
 ORDER BY as_of, id"""
