"""Purchase lines as known at `now`: what was ordered, promised, received and called off."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import (
    Named,
    Names,
    Span,
    among,
    as_day,
    as_money,
    as_qty,
    at_now,
    bound,
    counted_at,
    day_before,
    day_of,
)
from storage.links import Key
from storage.models._types import instant_to_int

NOTHING = Decimal(0)
_AS_IT_IS: Mapping[str, str | None] = {}


class Received(NamedTuple):
    """Goods taken in on a day; negative where they went back. `available_on`: out of the dock."""

    on: date
    qty: Decimal
    available_on: date | None = None


class Line(NamedTuple):
    """A purchase line as known at `now`.

    `group` tells which lines are one observation when they end together: the order, and its own
    shipment where the source has one a row. `completed_on` is the day by which the accepted
    quantity was all there, less what was `called_off` of it; null while it is open. What was
    promised and planned is null where we had not seen it by then. `price` is per unit, `country`
    the supplier's.
    """

    key: Key
    group: tuple[str, str, str | None]
    order: Key
    number: str
    supplier: Named | None
    item: Named | None
    category: str | None
    site: str | None
    country: str | None
    buyer: str | None
    uom: str | None
    qty: Decimal
    price: Decimal | None
    currency: str | None
    ordered_at: datetime
    ordered_on: date
    acknowledged_on: date | None
    shipped_on: date | None
    requested_on: date | None
    promised_first: date | None
    promised_on: date | None
    planned_on: date | None
    receipts: tuple[Received, ...]
    completed_on: date | None
    cancelled_on: date | None
    called_off: Decimal = Decimal(0)
    called_off_on: date | None = None

    @property
    def received(self) -> Decimal:
        return sum((one.qty for one in self.receipts), Decimal(0))

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.cancelled_on is None

    @property
    def lane(self) -> str | None:
        """Where it comes from and goes to: "SE → Main site"."""
        ends = [end for end in (self.country, self.site) if end]
        return " → ".join(ends) if ends else None

    @property
    def value(self) -> Decimal | None:
        return None if self.price is None else self.price * self.qty


def purchase_lines(
    session: Session,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    open_only: bool = False,
    zone: ZoneInfo | None = None,
    due_since: date | None = None,
    ids: Collection[int] | None = None,
) -> Iterator[Line]:
    """Purchase lines ordered in [start, end) (null: without bound), as known at `now`.

    Services are left out, and so are orders that were never sent. `open_only`: what is all there
    or called off is left out too. `zone`: that of who asks, in which days of orders known by the
    day alone begin and end (null: they do so in their source's). `due_since`: only lines
    that were due, by any promise or as asked for, or ordered on that local day or later; in a
    replay others too. `ids`: only lines with these numbers in the store.
    """
    stamp, span = instant_to_int(now), Span(start, end, zone)
    bounds: dict[str, Any] = {**span.bounds(stamp)}
    before = at_now(session, "purchaseline", now)
    rest = _REST if open_only else ""
    if due_since and not before:  # what has changed since may have been due then
        rest += _DUE
        bounds["due"] = due_since.isoformat()
    if ids is not None:
        rest += f" AND l.id {among(session)}"
        bounds["refs"] = bound(session, ids)
    receipts, names = _receipts(session, bounds, rest, of_some=ids is not None), Names()
    # all at once: one by one takes twice as long
    for row in session.execute(text(_LINES.format(rest=rest)), bounds).all():
        ordered_at = counted_at(row.ordered_at, row.ordered_on, zone)
        if not span.holds(ordered_at):
            continue
        key = (row.source, row.source_id)
        line = _line(
            row, ordered_at, receipts.get(key, ()), before.get(key, _AS_IT_IS), names, stamp
        )
        if line.is_open or not open_only:
            yield line


def _line(
    row: Any,
    ordered_at: datetime,
    receipts: tuple[Received, ...],
    before: Mapping[str, str | None],
    names: Names,
    stamp: int,
) -> Line:
    # by place: asking a hundred thousand rows for thirty columns by name takes as long as the query
    (
        source, ref, order_ref, shipment_ref, ordered, lost, uom,
        price, requested_on, promised_first, promised_on, planned_on, first_seen_at,
        number, _, ordered_on, acknowledged_at, acknowledged_on,
        shipped_at, shipped_on, currency, buyer,
        country, supplier_ref, supplier,
        item_ref, item, category, site, cancelled_at, cancelled_on,
    ) = row  # fmt: skip
    if before:
        requested_on = before.get("requested_on", requested_on)
        promised_on = before.get("promised_on", promised_on)
        planned_on = before.get("planned_on", planned_on)
    qty = as_qty(ordered)
    cancelled = day_before(cancelled_at, cancelled_on, stamp)
    called_off = as_qty(lost or 0) if cancelled else NOTHING
    done = completed(qty - called_off if called_off else qty, receipts)
    return Line(
        (source, ref),
        (source, order_ref, shipment_ref),
        (source, order_ref),
        number,
        names.of("supplier", source, supplier_ref, supplier),
        names.of("item", source, item_ref, item),
        category, site, country, buyer, uom,
        qty, as_money(price), currency,
        ordered_at,
        day_of(ordered_on),
        day_before(acknowledged_at, acknowledged_on, stamp),
        day_before(shipped_at, shipped_on, stamp),
        as_day(requested_on),
        as_day(promised_first if first_seen_at < stamp else None),
        as_day(promised_on),
        as_day(planned_on),
        receipts,
        done,
        cancelled if not done else None,
        called_off if done else NOTHING,
        cancelled if done and called_off else None,
    )  # fmt: skip


def _receipts(
    session: Session, bounds: Mapping[str, Any], rest: str, of_some: bool = False
) -> dict[Key, tuple[Received, ...]]:
    """Accepted quantities by line, in the order in which they came."""
    by_line: dict[Key, tuple[Received, ...]] = {}
    stamp = bounds["now"]
    # without a rest to look for it is quicker to read them all than to ask of which line each is
    of_lines = _OF_LINES.format(rest=rest) if rest else ""
    query = _RECEIPTS_OF_SOME.format(among=among(session)) if of_some else _RECEIPTS
    rows = session.execute(text(query.format(of_lines=of_lines)), bounds).all()
    for source, line_ref, received_on, qty, at, on in rows:
        came = Received(day_of(received_on), as_qty(qty), day_before(at, on, stamp))
        key = (source, line_ref)
        by_line[key] = (*by_line.get(key, ()), came)
    return by_line


def completed(ordered: Decimal, receipts: Sequence[Received]) -> date | None:
    """The day from which on what was ordered is all there; a later return reopens the line.

    Of a line that was called off in whole (`ordered` is 0) nothing is there unless something is.
    """
    total, done = Decimal(0), None
    for one in receipts:
        total += one.qty
        if total < ordered or total <= 0:
            done = None
        elif done is None:
            done = one.on
    return done


_ORDERED = """
  FROM purchaseline l
  JOIN purchaseorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL
   AND o.ordered_at >= :start AND o.ordered_at < :end"""

# what may be open; whether it is so is told by the line itself
_REST = """
   AND COALESCE(l.cancelled_at, o.cancelled_at, :now) >= :now
   AND l.qty > COALESCE(
     (SELECT SUM(x.qty) FROM receipt x WHERE x.source = l.source AND x.line_ref = l.source_id
         AND x.deleted_at IS NULL AND x.received_at < :now), 0)"""

_DUE = """
   AND (o.ordered_on >= :due OR l.promised_first >= :due OR l.promised_on >= :due
     OR l.requested_on >= :due)"""

_LINES = f"""
SELECT l.source, l.source_id, l.order_ref, l.shipment_ref, l.qty, l.cancelled_qty, l.uom,
       l.unit_price, l.requested_on, l.promised_first, l.promised_on, l.planned_on, l.first_seen_at,
       o.number, o.ordered_at, o.ordered_on, o.acknowledged_at, o.acknowledged_on,
       o.shipped_at, o.shipped_on, o.currency, o.buyer,
       COALESCE(o.country, s.country) AS country, o.supplier_ref, s.name AS supplier,
       l.item_ref, i.name AS item, i.category, COALESCE(site.name, w.name) AS site,
       COALESCE(l.cancelled_at, o.cancelled_at) AS cancelled_at,
       COALESCE(l.cancelled_on, o.cancelled_on) AS cancelled_on
{
    _ORDERED.replace(
        " WHERE",
        '''  LEFT JOIN party s ON s.source = o.source AND s.source_id = o.supplier_ref
  LEFT JOIN item i ON i.source = l.source AND i.source_id = l.item_ref
  LEFT JOIN location w ON w.source = l.source AND w.source_id = l.location_ref
  LEFT JOIN location site ON site.source = w.source AND site.source_id = w.site_ref
 WHERE''',
    )
}
   AND COALESCE(i.is_service, :no) = :no{{rest}}
 ORDER BY o.ordered_at, l.source, l.source_id"""

_OF_LINES = f"""
   AND EXISTS (SELECT 1 {_ORDERED}{{rest}} AND l.source = r.source AND l.source_id = r.line_ref)"""

_RECEIPTS = """
SELECT r.source, r.line_ref, r.received_on, r.qty, r.available_at, r.available_on
  FROM receipt r
 WHERE r.deleted_at IS NULL AND r.received_at < :now{of_lines}
 ORDER BY r.received_at, r.id"""

# few lines are looked up first, and what came of each then
_RECEIPTS_OF_SOME = _RECEIPTS.replace(
    "  FROM receipt r",
    "  FROM purchaseline l JOIN receipt r ON r.source = l.source AND r.line_ref = l.source_id",
).replace("{of_lines}", " AND l.id {among}")
