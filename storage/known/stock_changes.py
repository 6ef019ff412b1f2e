"""What the stock of each item at each site gained and lost by day, from done moves."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._remembered import remembered, to_come
from storage.known._rows import as_money, as_qty
from storage.known.places import Places, places
from storage.links import Key
from storage.models._types import instant_to_int


class Change(NamedTuple):
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
    stamp = instant_to_int(now)
    ahead = to_come(session, stamp, "stockmove.moved_at", "stocklevel.as_of")
    return iter(remembered(
        session, "stock changes", (since, zone, ahead),
        lambda: list(_read(session, stamp, since, zone)),
    ))  # fmt: skip


def _read(session: Session, stamp: int, since: date, zone: ZoneInfo) -> Iterator[Change]:
    where = places(session, zone)
    ends = _Ends(where)
    bounds = {"now": stamp, "since": since.isoformat()}
    for row in session.execute(text(_MOVES), bounds).all():
        yield from _of_move(row, ends)
    yield from _between_levels(session.execute(text(_LEVELS), {"now": stamp}), since, where)


class _Ends(dict[tuple[str, str | None], tuple[Key | None, str | None]]):
    """By place, the key of the site at which it is on hand, and what it is where it is at none.

    What is on its way to another site is on its way to a site.
    """

    def __init__(self, where: Places) -> None:
        super().__init__()
        self._where = where

    def __missing__(self, end: tuple[str, str | None]) -> tuple[Key | None, str | None]:
        site, use = self._where.site(*end), self._where.use(*end)
        key = (site.source, site.ref) if site else None
        self[end] = (key, "site" if site or use == "transit" else use)
        return self[end]


def _of_move(row: Any, ends: _Ends) -> Iterator[Change]:
    source, item_ref, from_ref, to_ref, moved_on, qty, value, unvalued = row
    left, from_use = ends[source, from_ref]
    came, to_use = ends[source, to_ref]
    if left == came:
        return
    on, item, amount = date.fromisoformat(moved_on), (source, item_ref), as_qty(qty)
    worth = None if unvalued else as_money(value)
    if left:
        yield Change(item, left, on, -amount, None if worth is None else -worth, to_use)
    if came:
        yield Change(item, came, on, amount, worth, from_use)


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
