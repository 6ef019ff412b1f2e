"""Sales lines as known at `now`: what was ordered, promised, sent, delivered and called off."""

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

_AS_IT_IS: Mapping[str, str | None] = {}


class Sent(NamedTuple):
    """Goods sent out on a day; negative where they came back. `delivered_on`: at the customer."""

    on: date
    qty: Decimal
    delivered_on: date | None = None
    carrier: str | None = None

    @property
    def arrived_on(self) -> date:
        """The day at the customer where that is known, else the day it left."""
        return self.delivered_on or self.on


class SalesLine(NamedTuple):
    """A sales line as known at `now`. `price` is net per unit; `number` is the order's.

    `promised_first` and `promised_on` are null where no promise was seen by then. `completed_on`
    is the day by which all of it had been sent (`arrived_on` of what filled it); null while open.
    Of a line that was called off after a part had gone out it is that of the last part:
    `called_off` is the rest.
    """

    key: Key
    order: Key
    number: str
    customer: Named | None
    item: Named | None
    category: str | None
    site: str | None
    country: str | None
    segment: str | None
    owner: str | None
    uom: str | None
    qty: Decimal
    price: Decimal | None
    currency: str | None
    ordered_at: datetime
    ordered_on: date
    requested_on: date | None
    promised_first: date | None
    promised_on: date | None
    shipments: tuple[Sent, ...]
    completed_on: date | None
    cancelled_on: date | None
    called_off: Decimal = Decimal(0)
    called_off_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.cancelled_on is None

    @property
    def due_on(self) -> date | None:
        """What was first promised, else what was asked for."""
        return self.promised_first or self.requested_on

    @property
    def value(self) -> Decimal | None:
        return None if self.price is None else self.price * self.qty

    @property
    def carrier(self) -> str | None:
        return next((one.carrier for one in reversed(self.shipments) if one.carrier), None)

    def sent_by(self, day: date) -> Decimal:
        """What had arrived (or left, where arrivals are not kept) by the end of a day."""
        return sum((one.qty for one in self.shipments if one.arrived_on <= day), Decimal(0))


def sales_lines(
    session: Session,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    open_only: bool = False,
    zone: ZoneInfo | None = None,
    due_since: date | None = None,
    ids: Collection[int] | None = None,
) -> Iterator[SalesLine]:
    """Sales lines ordered in [start, end) (null: without bound), as known at `now`.

    Services are left out, and so are offers that were never ordered. `open_only`: what has all
    gone out or was called off is left out too. `zone`: that of who asks, in which days of orders
    known by the day alone begin and end (null: they do so in their source's). `due_since`: only
    lines that were due, by any promise or as asked for, or ordered on that local day or later; in
    a replay others too. `ids`: only lines with these numbers in the store.
    """
    stamp, span = instant_to_int(now), Span(start, end, zone)
    bounds: dict[str, Any] = {**span.bounds(stamp)}
    before = at_now(session, "salesline", now)
    rest = _REST if open_only else ""
    if due_since and not before:  # what has changed since may have been due then
        rest += _DUE
        bounds["due"] = due_since.isoformat()
    if ids is not None:
        rest += f" AND l.id {among(session)}"
        bounds["refs"] = bound(session, ids)
    shipments, names = _shipments(session, bounds, rest, of_some=ids is not None), Names()
    # all at once: one by one takes twice as long
    for row in session.execute(text(_LINES.format(rest=rest)), bounds).all():
        ordered_at = counted_at(row.ordered_at, row.ordered_on, zone)
        if not span.holds(ordered_at):
            continue
        key = (row.source, row.source_id)
        line = _line(
            row, ordered_at, shipments.get(key, ()), before.get(key, _AS_IT_IS), names, stamp
        )
        if line.is_open or not open_only:
            yield line


def _line(
    row: Any,
    ordered_at: datetime,
    shipments: tuple[Sent, ...],
    before: Mapping[str, str | None],
    names: Names,
    stamp: int,
) -> SalesLine:
    # by place: asking a hundred thousand rows for their columns by name takes as long as the query
    (
        source, ref, order_ref, ordered, uom, price, first_seen_at,
        requested_on, promised_first, promised_on,
        number, _, ordered_on, currency, owner,
        customer_ref, customer, country, segment,
        item_ref, item, category, site, cancelled_at, cancelled_on,
    ) = row  # fmt: skip
    if before:
        requested_on = before.get("requested_on", requested_on)
        promised_on = before.get("promised_on", promised_on)
    qty = as_qty(ordered)
    cancelled = day_before(cancelled_at, cancelled_on, stamp)
    rest = max(Decimal(0), qty - _sent(shipments)) if cancelled and shipments else Decimal(0)
    called_off = rest if rest < qty else Decimal(0)
    done = _completed(qty - called_off, shipments)
    return SalesLine(
        (source, ref),
        (source, order_ref),
        number,
        names.of("customer", source, customer_ref, customer),
        names.of("item", source, item_ref, item),
        category, site, country, segment, owner, uom,
        qty, as_money(price), currency,
        ordered_at,
        day_of(ordered_on),
        as_day(requested_on),
        as_day(promised_first if first_seen_at < stamp else None),
        as_day(promised_on),
        shipments,
        done,
        None if done else cancelled,
        called_off,
        cancelled if called_off else None,
    )  # fmt: skip


def _shipments(
    session: Session, bounds: Mapping[str, Any], rest: str, of_some: bool = False
) -> dict[Key, tuple[Sent, ...]]:
    by_line: dict[Key, tuple[Sent, ...]] = {}
    stamp = bounds["now"]
    # without a rest to look for it is quicker to read them all than to ask of which line each is
    of_lines = _OF_LINES.format(rest=rest) if rest else ""
    query = _SHIPMENTS_OF_SOME.format(among=among(session)) if of_some else _SHIPMENTS
    rows = session.execute(text(query.format(of_lines=of_lines)), bounds).all()
    for source, line_ref, shipped_on, qty, at, on, carrier in rows:
        went = Sent(day_of(shipped_on), as_qty(qty), day_before(at, on, stamp), carrier)
        key = (source, line_ref)
        by_line[key] = (*by_line.get(key, ()), went)
    return by_line


def _sent(shipments: Sequence[Sent]) -> Decimal:
    """What has gone out, whatever came back."""
    return sum((max(one.qty, Decimal(0)) for one in shipments), Decimal(0))


def _completed(ordered: Decimal, shipments: Sequence[Sent]) -> date | None:
    """The day from which on all of it had gone out; a later return reopens nothing: it is a
    return, and what was asked for had been delivered."""
    total = Decimal(0)
    in_order = sorted(shipments, key=lambda sent: sent.arrived_on) if shipments[1:] else shipments
    for one in in_order:
        total += max(one.qty, Decimal(0))
        if total >= ordered:
            return one.arrived_on
    return None


_ORDERED = """
  FROM salesline l
  JOIN salesorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL
   AND o.ordered_at >= :start AND o.ordered_at < :end"""

# what may be open; whether it is so is told by the line itself
_REST = """
   AND COALESCE(l.cancelled_at, o.cancelled_at, :now) >= :now
   AND l.qty > COALESCE(
     (SELECT SUM(x.qty) FROM shipment x WHERE x.source = l.source AND x.line_ref = l.source_id
         AND x.deleted_at IS NULL AND x.shipped_at < :now), 0)"""

_DUE = """
   AND (o.ordered_on >= :due OR l.promised_first >= :due OR l.promised_on >= :due
     OR COALESCE(l.requested_on, o.requested_on) >= :due)"""

_LINES = f"""
SELECT l.source, l.source_id, l.order_ref, l.qty, l.uom, l.unit_price, l.first_seen_at,
       COALESCE(l.requested_on, o.requested_on) AS requested_on, l.promised_first, l.promised_on,
       o.number, o.ordered_at, o.ordered_on, o.currency, o.owner,
       o.customer_ref, c.name AS customer, c.country, c.category AS segment,
       l.item_ref, i.name AS item, i.category, COALESCE(site.name, w.name) AS site,
       COALESCE(l.cancelled_at, o.cancelled_at) AS cancelled_at,
       COALESCE(l.cancelled_on, o.cancelled_on) AS cancelled_on
{
    _ORDERED.replace(
        " WHERE",
        '''  LEFT JOIN party c ON c.source = o.source AND c.source_id = o.customer_ref
  LEFT JOIN item i ON i.source = l.source AND i.source_id = l.item_ref
  LEFT JOIN location w ON w.source = l.source AND w.source_id = l.location_ref
  LEFT JOIN location site ON site.source = w.source AND site.source_id = w.site_ref
 WHERE''',
    )
}
   AND COALESCE(i.is_service, :no) = :no{{rest}}
 ORDER BY o.ordered_at, l.source, l.source_id"""

_OF_LINES = f"""
   AND EXISTS (SELECT 1 {_ORDERED}{{rest}} AND l.source = s.source AND l.source_id = s.line_ref)"""

_SHIPMENTS = """
SELECT s.source, s.line_ref, s.shipped_on, s.qty, s.delivered_at, s.delivered_on, s.carrier
  FROM shipment s
 WHERE s.deleted_at IS NULL AND s.shipped_at < :now{of_lines}
 ORDER BY s.shipped_at, s.id"""

# few lines are looked up first, and what came of each then
_SHIPMENTS_OF_SOME = _SHIPMENTS.replace(
    "  FROM shipment s",
    "  FROM salesline l JOIN shipment s ON s.source = l.source AND s.line_ref = l.source_id",
).replace("{of_lines}", " AND l.id {among}")
