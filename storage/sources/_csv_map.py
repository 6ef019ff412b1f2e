"""From a row of a delimited file to facts: which streams there are and what their fields are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from storage.models import FACTS
from storage.sources import BadRow, Row, SourceError, event
from storage.sources._csv_fact import absent, fact, fields
from storage.sources._csv_parse import RowSettings
from storage.sources._entity import nearest

Facts = Iterator[tuple[str, Row]]

PURCHASE = {
    "order": "text", "line": "text", "shipment": "text", "supplier": "text", "item": "text",
    "site": "text", "category": "text", "supplier_category": "text", "country": "text",
    "buyer": "text", "currency": "text", "uom": "text", "status": "text", "qty": "number",
    "received_qty": "number", "unit_price": "number", "value": "number", "ordered_at": "when",
    "approved_at": "when", "acknowledged_at": "when", "shipped_at": "when",
    "received_at": "when", "cancelled_at": "when", "requested_on": "day", "promised_on": "day",
    "planned_on": "day",
}  # fmt: skip
SALE = {
    "order": "text", "line": "text", "customer": "text", "item": "text", "site": "text",
    "category": "text", "country": "text", "owner": "text", "currency": "text", "uom": "text",
    "status": "text", "qty": "number", "shipped_qty": "number", "unit_price": "number",
    "value": "number", "ordered_at": "when", "shipped_at": "when", "delivered_at": "when",
    "cancelled_at": "when", "requested_on": "day", "promised_on": "day", "carrier": "text",
}  # fmt: skip


LINES = ("purchase_lines", "sales_lines")


@dataclass(frozen=True)
class RowMap:
    """How one stream's rows become facts: the tables, the swept ones, and the function.

    `heads`: tables of things that several rows name, and of which each tells a part.
    """

    tables: tuple[str, ...]
    swept: tuple[str, ...]
    facts: Callable[[str, Row], Facts]
    fields: Mapping[str, str]
    heads: frozenset[str] = frozenset()


def mapping(
    stream: str, settings: RowSettings, zone: ZoneInfo, others: Collection[str] = ()
) -> RowMap:
    """The mapping of a stream: `purchase_lines`, `sales_lines`, or the name of a fact table.

    `others` are the streams beside it: what one of them is named after is left to it.
    """
    if stream == "purchase_lines":
        facts = partial(_purchase, zone=zone, has_receipts="receipt" not in others)
        made = _of_lines(("purchaseorder", "purchaseline", "receipt"), others, facts, PURCHASE)
        _refuse_both(stream, settings, "receipt", others, ("received_at", "received_qty"))
    elif stream == "sales_lines":
        tables = ("salesorder", "salesline", "shipment")
        made = _of_lines(tables, others, partial(_sale, zone=zone), SALE)
        sent = ("shipped_at", "delivered_at", "shipped_qty")
        _refuse_both(stream, settings, "shipment", others, sent)
    elif stream in FACTS:
        made = RowMap((stream,), (stream,), partial(_fact, stream, zone), fields(stream))
    else:
        raise unknown("stream", stream, [*LINES, *FACTS])
    _check_fields(stream, settings, made.fields)
    return made


def _of_lines(
    tables: tuple[str, ...], others: Collection[str], facts: Callable[[str, Row], Facts],
    known: Mapping[str, str],
) -> RowMap:  # fmt: skip
    """Rows of orders: the order, its line and what arrived are swept, who and what is not."""
    swept = tuple(table for table in tables if table not in others)
    named = tuple(table for table in ("party", "item", "location") if table not in others)
    return RowMap((*named, *swept), swept, facts, known, frozenset({*named, tables[0]}))


def _refuse_both(
    stream: str, settings: RowSettings, table: str, others: Collection[str],
    names: Sequence[str],
) -> None:  # fmt: skip
    """What arrived may stand in the rows of the orders or in a file of its own, not in both."""
    given = [name for name in names if name in settings.columns or name in settings.constants]
    if table in others and given:
        raise SourceError(
            f"{stream} tells by {given[0]} what arrived, and so does the stream {table}:"
            " leave one of them out",
            permanent=True,
        )


def _check_fields(stream: str, settings: RowSettings, known: Mapping[str, str]) -> None:
    """Every field that the map names is one, and those that a fact must have are named."""
    given = {*settings.columns, *settings.constants}
    for name in (*settings.columns, *settings.constants, *settings.formats, *settings.values):
        if name not in known:
            raise unknown(f"field of {stream}", name, list(known))
    if settings.attributes and stream != "contract":
        raise SourceError(f"{stream} has no attributes: contract has", permanent=True)
    if stream in FACTS and (missing := absent(stream, given)):
        raise SourceError(
            f"{stream} needs {', '.join(missing)}: name a column or a constant for each",
            permanent=True,
        )


def _fact(table: str, zone: ZoneInfo, source_id: str, row: Row) -> Facts:
    yield table, fact(table, zone, source_id, row)


def _purchase(source_id: str, row: Row, zone: ZoneInfo, *, has_receipts: bool) -> Facts:
    supplier, item, site = row.get("supplier"), row.get("item"), row.get("site")
    ordered = row.get("ordered_at")
    received, cancelled = row.get("received_at"), row.get("cancelled_at")
    ordered_event = event("ordered", ordered, zone)
    received_event = event("received", received, zone)
    if ordered and received and received_event["received_on"] < ordered_event["ordered_on"]:
        raise BadRow(f"received on {_day(received)} before it was ordered on {_day(ordered)}")
    qty, order = _qty(row), row["order"]
    came = _or(row.get("received_qty"), qty) if received else Decimal(0)
    if supplier:
        yield "party", {"source_id": supplier, "name": supplier, "kind": "supplier",
                        "country": None, "category": row.get("supplier_category")}  # fmt: skip
    yield from _item_and_site(row)
    yield "purchaseorder", {
        "source_id": order, "number": order, "supplier_ref": supplier,
        **ordered_event,
        **event("approved", row.get("approved_at"), zone),
        **event("acknowledged", row.get("acknowledged_at"), zone),
        **event("shipped", row.get("shipped_at"), zone),
        "currency": row.get("currency"), "buyer": row.get("buyer"), "country": row.get("country"),
    }  # fmt: skip
    yield "purchaseline", {
        "source_id": source_id, "order_ref": order, "number": row.get("line"),
        "item_ref": item, "location_ref": site, "shipment_ref": row.get("shipment"),
        "qty": qty, "uom": row.get("uom"), "unit_price": _price(row, qty),
        "requested_on": row.get("requested_on"), "promised_on": row.get("promised_on"),
        "promised_first": row.get("promised_on"), "planned_on": row.get("planned_on"),
        "status": row.get("status"), **event("cancelled", cancelled, zone),
        "cancelled_qty": max(qty - came, Decimal(0)) if cancelled and has_receipts else None,
    }  # fmt: skip
    if received:
        yield "receipt", {
            "source_id": source_id, "line_ref": source_id, "order_ref": order, "item_ref": item,
            "location_ref": site, "doc": row.get("shipment"), "qty": came, **received_event,
        }  # fmt: skip


def _sale(source_id: str, row: Row, zone: ZoneInfo) -> Facts:
    customer, item = row.get("customer"), row.get("item")
    qty, order = _qty(row), row["order"]
    cancelled = event("cancelled", row.get("cancelled_at"), zone)
    if customer:
        yield "party", {"source_id": customer, "name": customer, "kind": "customer",
                        "country": row.get("country"), "owner": row.get("owner")}  # fmt: skip
    yield from _item_and_site(row)
    yield "salesorder", {
        "source_id": order, "number": order, "customer_ref": customer,
        **event("ordered", row.get("ordered_at"), zone),
        "requested_on": row.get("requested_on"), "currency": row.get("currency"),
        "owner": row.get("owner"), "amount": _amount(row, qty), **cancelled,
    }  # fmt: skip
    yield "salesline", {
        "source_id": source_id, "order_ref": order, "number": row.get("line"), "item_ref": item,
        "location_ref": row.get("site"), "qty": qty, "uom": row.get("uom"),
        "unit_price": _price(row, qty), "requested_on": row.get("requested_on"),
        "promised_on": row.get("promised_on"), "promised_first": row.get("promised_on"),
        "status": row.get("status"), **cancelled,
    }  # fmt: skip
    shipped = row.get("shipped_at") or row.get("delivered_at")
    if shipped:
        yield "shipment", {
            "source_id": source_id, "line_ref": source_id, "order_ref": order, "item_ref": item,
            "qty": _or(row.get("shipped_qty"), qty), "carrier": row.get("carrier"),
            **event("shipped", shipped, zone),
            **event("delivered", row.get("delivered_at"), zone),
        }  # fmt: skip


def _item_and_site(row: Row) -> Facts:
    if item := row.get("item"):
        yield "item", {"source_id": item, "name": item, "category": row.get("category"),
                       "uom": row.get("uom")}  # fmt: skip
    if site := row.get("site"):
        yield "location", {"source_id": site, "name": site}


def _qty(row: Row) -> Decimal:
    qty = _or(row.get("qty"), Decimal(1))
    if qty <= 0:
        raise BadRow(f"qty {qty} is not a quantity that is ordered")
    return qty


def _price(row: Row, qty: Decimal) -> Decimal | None:
    price, value = row.get("unit_price"), row.get("value")
    return value / qty if price is None and value is not None else price


def _amount(row: Row, qty: Decimal) -> Decimal | None:
    price, value = row.get("unit_price"), row.get("value")
    return price * qty if value is None and price is not None else value


def _or(value: Decimal | None, other: Decimal) -> Decimal:
    return other if value is None else value


def _day(when: date | datetime) -> str:
    return (when.date() if isinstance(when, datetime) else when).isoformat()


def unknown(what: str, name: str, known: Collection[str]) -> SourceError:
    """That there is nothing of the name, with what is called nearly so."""
    return SourceError(
        f"no {what} is called {name!r}; near: {nearest(name, known)}", permanent=True
    )
