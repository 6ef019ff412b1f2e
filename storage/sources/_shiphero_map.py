"""From ShipHero's records to facts: which field becomes which column."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row, event
from storage.sources._entity import Entity, Record, day, moment, needed, number, of
from storage.sources._graphql import nodes, part

CANCELLED = frozenset({"canceled", "cancelled"})


def utc(value: Any, zone: ZoneInfo) -> Any:
    """ShipHero's times are UTC, and most of them do not say so."""
    return moment(value, ZoneInfo("UTC"))


def _stamp(value: Any, zone: ZoneInfo) -> datetime | None:
    found = utc(value, zone)
    return found.astimezone(UTC) if isinstance(found, datetime) else None


def _day(value: Any, zone: ZoneInfo) -> date | None:
    return day(utc(value, zone), zone)


def _stamped(row: Row, record: Record, zone: ZoneInfo) -> Row:
    return {**row, "source_updated_at": _stamp(record.get("updated_at"), zone)}


def _stock(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """What lies there is worth what was paid for one of it, as often as it is there."""
    paid = number(record.get("value"), zone)
    if paid is None:
        row["currency"] = None
    row["value"] = None if paid is None else paid * row["on_hand"]
    return _stamped(row, record, zone)


ITEMS = Entity(
    "Product", "items", "item", ("sku",),
    {"name": needed("name", "sku"), "sku": of("sku")}, updated="updated_at", finish=_stamped,
)  # fmt: skip
WAREHOUSES = Entity(
    "Warehouse", "locations", "location", ("id",),
    {"name": needed("identifier", "id"), "code": of("identifier")},
    constants={"kind": "warehouse"},
)  # fmt: skip
STOCK = Entity(
    "WarehouseProduct", "stock_levels", "stocklevel", ("id",),
    {
        "item_ref": needed("sku"), "location_ref": of("warehouse_id"), "part": of("id"),
        "as_of": needed("updated_at", read=_stamp), "on_hand": needed("on_hand"),
        "reserved": of("allocated"), "currency": of("value_currency"),
    },
    updated="updated_at", also=("value",), finish=_stock,
)  # fmt: skip
ORDERS = Entity(
    "Order", "sales", "salesorder", ("id",),
    {
        "number": needed("order_number", "id"), "status": of("fulfillment_status"),
        "ordered": of("order_date", read=utc), "requested_on": of("required_ship_date", read=_day),
        "amount": of("subtotal"), "currency": of("currency"),
    },
    updated="updated_at", finish=_stamped,
)  # fmt: skip
LINES = Entity(
    "LineItem", "sales", "salesline", ("id",),
    {
        "order_ref": needed("order_id"), "item_ref": of("sku"), "qty": needed("quantity"),
        "unit_price": of("price"), "status": of("fulfillment_status"),
    },
    updated="updated_at", finish=_stamped,
)  # fmt: skip
SHIPPED = Entity(
    "ShipmentLineItem", "sales", "shipment", ("shipment_id", "id"),
    {
        "line_ref": of("line_item_id"), "order_ref": of("order_id"), "item_ref": of("sku"),
        "location_ref": of("warehouse_id"), "doc": of("shipment_id"), "qty": needed("quantity"),
        "shipped": needed("created_date", read=utc), "carrier": of("carrier"),
        "tracking": of("tracking_number"),
    },
)  # fmt: skip
ENTITIES = (ITEMS, WAREHOUSES, STOCK, ORDERS, LINES, SHIPPED)


def sold(made: Mapping[str, Entity], order: Record, zone: ZoneInfo) -> Iterator[tuple[str, Row]]:
    """An order, its lines, and what was sent of them. All of an order has the stamp of the order.

    What is cancelled was so at its last change: nothing says when.
    """
    row = made["salesorder"].row(order, zone) or {}
    stamp = row.get("source_updated_at")
    is_cancelled = (row["status"] or "").lower() in CANCELLED
    ended = event("cancelled", stamp if is_cancelled else None, zone)
    yield "salesorder", {**row, **ended}
    for line in nodes(order.get("line_items")):
        found = made["salesline"].row(line, zone) or {}
        yield "salesline", {
            **found, "source_updated_at": stamp, "requested_on": row["requested_on"], **ended,
        }  # fmt: skip
    for sent in order.get("shipments") or ():
        for one in _sent(order, sent):
            found = made["shipment"].row(one, zone) or {}
            yield "shipment", {**found, "source_updated_at": stamp}


def still(order: Record) -> Iterator[tuple[str, str]]:
    """The ids of an order, its lines and what was sent, where one of them is refused: they stay."""
    yield "salesorder", str(order.get("id"))
    for line in nodes(order.get("line_items")):
        yield "salesline", str(line.get("id"))
    for sent in order.get("shipments") or ():
        for one in nodes(sent.get("line_items")):
            yield "shipment", f"{sent.get('id')}/{one.get('id')}"


def _sent(order: Record, shipment: Record) -> Iterator[Record]:
    """What was sent, each with its shipment's warehouse and the first of its labels.

    The lines of a shipment can't be read page by page: one that has more is better told of than
    taken for less than was sent.
    """
    if part(shipment.get("line_items") or {}).next is not None:
        raise BadRow(f"shipment {shipment.get('id')} has more lines than can be read at once")
    labels = [one for one in shipment.get("shipping_labels") or () if one]
    label: Record = labels[0] if labels else {}
    skus = {line.get("id"): line.get("sku") for line in nodes(order.get("line_items"))}
    common = {
        "order_id": order.get("id"), "shipment_id": shipment.get("id"),
        "warehouse_id": shipment.get("warehouse_id"),
        "created_date": shipment.get("created_date"), "carrier": label.get("carrier"),
        "tracking_number": label.get("tracking_number"),
    }  # fmt: skip
    for one in nodes(shipment.get("line_items")):
        yield {**common, **one, "sku": skus.get(one.get("line_item_id"))}
