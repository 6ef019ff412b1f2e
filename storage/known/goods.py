"""Goods on their way through the house as known at `now`: taken in, used up, sent out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_qty, day_before
from storage.known.scans import scans
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Came:
    """A receipt of an item; negative where it went back. `available_on`: out of the dock.

    Where its source does not say, scans of its delivery note do: then `is_scanned`.
    """

    key: Key
    doc: Key
    item: Key
    site: str | None
    on: date
    qty: Decimal
    available_on: date | None
    is_scanned: bool = False


@dataclass(frozen=True, slots=True)
class Took:
    """What a production order took of a component; negative where it gave some back."""

    make: Key
    item: Key
    on: date
    qty: Decimal


@dataclass(frozen=True, slots=True)
class Went:
    """What was sent of an item to a customer; negative where it came back."""

    key: Key
    item: Key
    on: date
    qty: Decimal
    delivered_on: date | None


@dataclass(frozen=True)
class Tells:
    """Sources that tell when goods could be used, and when they were at the customer."""

    available: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()


def came(session: Session, now: datetime, since: date) -> Iterator[Came]:
    """Receipts on and after the local day `since`, the oldest first; services are left out."""
    stamp, seen = instant_to_int(now), scans(session, now)
    for row in session.execute(text(_CAME), _bounds(stamp, since)):
        on, usable_on = date.fromisoformat(row.received_on), row.available_on
        available = day_before(row.available_at, usable_on, stamp)
        is_scanned = False
        if usable_on is None:
            is_scanned, available = seen.available(row.doc, row.item_ref, row.sku)
            available = max(on, available) if available else None
        yield Came(
            (row.source, row.source_id), (row.source, row.doc or row.source_id),
            (row.source, row.item_ref), row.site, on, as_qty(row.qty), available, is_scanned,
        )  # fmt: skip


def took(session: Session, now: datetime, since: date) -> Iterator[Took]:
    """What production used on and after the local day `since`, the oldest first."""
    for row in session.execute(text(_TOOK), _bounds(instant_to_int(now), since)):
        yield Took(
            (row.source, row.make_ref), (row.source, row.item_ref),
            date.fromisoformat(row.consumed_on), as_qty(row.qty),
        )  # fmt: skip


def went(session: Session, now: datetime, since: date) -> Iterator[Went]:
    """What was sent to customers on and after the local day `since`, the oldest first."""
    stamp = instant_to_int(now)
    for row in session.execute(text(_WENT), _bounds(stamp, since)):
        yield Went(
            (row.source, row.source_id), (row.source, row.item_ref),
            date.fromisoformat(row.shipped_on), as_qty(row.qty),
            day_before(row.delivered_at, row.delivered_on, stamp),
        )  # fmt: skip


def tells(session: Session, now: datetime) -> Tells:
    """What had been told at all by `now`: where a source never tells, nothing is still open."""
    bound = {"now": instant_to_int(now)}
    return Tells(
        frozenset(session.execute(text(_TELLS_AVAILABLE), bound).scalars()),
        frozenset(session.execute(text(_TELLS_DELIVERED), bound).scalars()),
    )


def _bounds(stamp: int, since: date) -> dict[str, Any]:
    return {"now": stamp, "since": since.isoformat(), "no": False}


_CAME = """
SELECT r.source, r.source_id, r.doc, COALESCE(r.item_ref, l.item_ref) AS item_ref,
       COALESCE(site.name, w.name) AS site, r.received_on, r.qty, r.available_at, r.available_on,
       i.sku
  FROM receipt r
  LEFT JOIN purchaseline l ON l.source = r.source AND l.source_id = r.line_ref
  LEFT JOIN item i ON i.source = r.source AND i.source_id = COALESCE(r.item_ref, l.item_ref)
  LEFT JOIN location w
    ON w.source = r.source AND w.source_id = COALESCE(r.location_ref, l.location_ref)
  LEFT JOIN location site ON site.source = w.source AND site.source_id = w.site_ref
 WHERE r.deleted_at IS NULL AND r.received_at < :now AND r.received_on >= :since
   AND COALESCE(r.item_ref, l.item_ref) IS NOT NULL AND COALESCE(i.is_service, :no) = :no
 ORDER BY r.received_at, r.id"""

_TOOK = """
SELECT source, make_ref, item_ref, consumed_on, qty FROM consumption
 WHERE deleted_at IS NULL AND consumed_at < :now AND consumed_on >= :since
 ORDER BY consumed_at, id"""

_WENT = """
SELECT s.source, s.source_id, COALESCE(s.item_ref, l.item_ref) AS item_ref, s.shipped_on, s.qty,
       s.delivered_at, s.delivered_on
  FROM shipment s
  LEFT JOIN salesline l ON l.source = s.source AND l.source_id = s.line_ref
  LEFT JOIN item i ON i.source = s.source AND i.source_id = COALESCE(s.item_ref, l.item_ref)
 WHERE s.deleted_at IS NULL AND s.shipped_at < :now AND s.shipped_on >= :since
   AND COALESCE(s.item_ref, l.item_ref) IS NOT NULL AND COALESCE(i.is_service, :no) = :no
 ORDER BY s.shipped_at, s.id"""

_TELLS_AVAILABLE = """
SELECT DISTINCT source FROM receipt WHERE deleted_at IS NULL AND available_at < :now"""

_TELLS_DELIVERED = """
SELECT DISTINCT source FROM shipment WHERE deleted_at IS NULL AND delivered_at < :now"""
