"""What is known at `now`: the only way in which facts are read.

An event is known iff its instant is before `now`; a date-only event bears the last microsecond
of its day, so it is known once the day is over. Quantities received come from receipts alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage.models._types import instant_to_int, int_to_instant


@dataclass(frozen=True)
class Named:
    """A thing with a name that a question can be about: its kind, its reference, its name."""

    kind: str
    source: str
    ref: str
    name: str


@dataclass(frozen=True)
class Line:
    """A purchase line as known at `now`.

    `group` tells which lines are one observation when they end together: the order, and its own
    shipment where the source has one a row. `completed_on` is the day by which the accepted
    quantity was all there; null while it is open.
    """

    group: tuple[str, str, str | None]
    supplier: Named | None
    item: Named | None
    category: str | None
    site: str | None
    country: str | None
    ordered_at: datetime
    ordered_on: date
    completed_on: date | None
    cancelled_on: date | None


def purchase_lines(
    session: Session, now: datetime, start: datetime, end: datetime
) -> Iterator[Line]:
    """Purchase lines ordered in [start, end), with what is known of them at `now`.

    Services are left out, and so are orders that were never sent.
    """
    stamp = instant_to_int(now)
    bounds = {"now": stamp, "start": instant_to_int(start),
              "end": min(instant_to_int(end), stamp), "no": False}  # fmt: skip
    receipts = _receipts(session, bounds)
    for row in session.execute(text(_LINES), bounds).mappings():
        cancelled = row["cancelled_on"] if _is_before(row["cancelled_at"], stamp) else None
        done = _completed(Decimal(row["qty"]), receipts.get((row["source"], row["source_id"]), ()))
        yield Line(
            (row["source"], row["order_ref"], row["shipment_ref"]),
            _named("supplier", row, "supplier"), _named("item", row, "item"),
            row["category"], row["site"], row["country"],
            int_to_instant(row["ordered_at"]),
            date.fromisoformat(row["ordered_on"]),
            done,
            date.fromisoformat(cancelled) if cancelled and not done else None,
        )  # fmt: skip


def names(session: Session, kinds: Sequence[str]) -> list[Named]:
    """All living names of the given kinds: supplier, customer, item, site, account."""
    found = []
    for kind in kinds:
        table, condition = _NAMES[kind]
        rows = session.execute(
            text(f"SELECT source, source_id, name FROM {table} WHERE deleted_at IS NULL{condition}")
        )
        found += [Named(kind, source, ref, name) for source, ref, name in rows]
    return found


def latest(session: Session, now: datetime, kind: str) -> Named | None:
    """The supplier or customer of the last order known at `now`: a name that has an answer."""
    table, ref = {"supplier": ("purchaseorder", "supplier_ref"),
                  "customer": ("salesorder", "customer_ref")}[kind]  # fmt: skip
    row = session.execute(
        text(f"""
SELECT p.source, p.source_id, p.name FROM {table} o
  JOIN party p ON p.source = o.source AND p.source_id = o.{ref}
 WHERE o.deleted_at IS NULL AND p.deleted_at IS NULL AND o.ordered_at < :now
 ORDER BY o.ordered_at DESC, p.name LIMIT 1"""),
        {"now": instant_to_int(now)},
    ).first()
    return Named(kind, *row) if row else None


def _receipts(
    session: Session, bounds: dict[str, int]
) -> dict[tuple[str, str], list[tuple[str, Decimal]]]:
    """Accepted quantities by line, day by day."""
    by_line: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for row in session.execute(text(_RECEIPTS), bounds):
        by_line[row.source, row.line_ref].append((row.received_on, Decimal(row.qty)))
    return by_line


def _completed(ordered: Decimal, receipts: Sequence[tuple[str, Decimal]]) -> date | None:
    """The day from which on what was ordered is all there; a later return reopens the line."""
    total, done = Decimal(0), None
    for day, qty in receipts:
        total += qty
        if total < ordered:
            done = None
        elif done is None:
            done = day
    return date.fromisoformat(done) if done else None


def _named(kind: str, row: Any, column: str) -> Named | None:
    ref = row[f"{column}_ref"]
    return Named(kind, row["source"], ref, row[column] or ref) if ref else None


def _is_before(at: Any, stamp: int) -> bool:
    return at is not None and at < stamp


_ORDERED = """
  FROM purchaseline l
  JOIN purchaseorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL
   AND o.ordered_at >= :start AND o.ordered_at < :end"""

_LINES = f"""
SELECT l.source, l.source_id, l.order_ref, l.shipment_ref, l.qty, o.ordered_at, o.ordered_on,
       o.country, o.supplier_ref, s.name AS supplier, l.item_ref, i.name AS item,
       i.category, w.name AS site,
       COALESCE(l.cancelled_at, o.cancelled_at) AS cancelled_at,
       COALESCE(l.cancelled_on, o.cancelled_on) AS cancelled_on
{
    _ORDERED.replace(
        " WHERE",
        '''  LEFT JOIN party s ON s.source = o.source AND s.source_id = o.supplier_ref
  LEFT JOIN item i ON i.source = l.source AND i.source_id = l.item_ref
  LEFT JOIN location w ON w.source = l.source AND w.source_id = l.location_ref
 WHERE''',
    )
}
   AND COALESCE(i.is_service, :no) = :no
 ORDER BY o.ordered_at, l.source, l.source_id"""

_RECEIPTS = f"""
SELECT r.source, r.line_ref, r.received_on, r.qty
  FROM receipt r
 WHERE r.deleted_at IS NULL AND r.received_at < :now
   AND EXISTS (SELECT 1 {_ORDERED} AND l.source = r.source AND l.source_id = r.line_ref)
 ORDER BY r.received_at, r.id"""

_NAMES = {
    "supplier": ("party", " AND kind IN ('supplier', 'both')"),
    "customer": ("party", " AND kind IN ('customer', 'both')"),
    "item": ("item", ""),
    "site": (
        "location",
        (
            " AND site_ref IS NULL AND COALESCE(kind, '') NOT IN"
            " ('supplier', 'customer', 'production', 'inventory')"
        ),
    ),
    "account": ("account", ""),
}
