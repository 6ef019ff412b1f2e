"""From a row of a delimited file to facts: what each column may be called and how it is read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rapidfuzz import process

from storage.models import BOOKKEEPING, FACTS
from storage.models._types import Instant, LocalDate, Money, Qty
from storage.sources import BadRow, Row, SourceError, event

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


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: its key columns, which column is which field, and how dates are written in it.

    `formats` are strptime formats (one, or several to be tried in turn); without one a date is
    ISO 8601. `keeps_absent`: rows that leave the file stay (an export of the last days only).
    """

    file: str
    key: tuple[str, ...]
    columns: dict[str, str]
    formats: dict[str, str | tuple[str, ...]] = {}
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal: str = "."
    keeps_absent: bool = False


@dataclass(frozen=True)
class RowMap:
    """How one stream's rows become facts: the tables, the swept ones, and the function."""

    tables: tuple[str, ...]
    swept: tuple[str, ...]
    facts: Callable[[str, Row], Facts]
    fields: Mapping[str, str]


def mapping(stream: str, settings: StreamSettings, zone: ZoneInfo) -> RowMap:
    """The mapping of a stream: `purchase_lines`, `sales_lines`, or the name of a fact table."""
    if stream == "purchase_lines":
        made = RowMap(
            ("party", "item", "location", "purchaseorder", "purchaseline", "receipt"),
            ("purchaseorder", "purchaseline", "receipt"),
            partial(_purchase, zone=zone),
            PURCHASE,
        )
    elif stream == "sales_lines":
        made = RowMap(
            ("party", "item", "location", "salesorder", "salesline", "shipment"),
            ("salesorder", "salesline", "shipment"),
            partial(_sale, zone=zone),
            SALE,
        )
    elif stream in FACTS:
        made = RowMap((stream,), (stream,), partial(_fact, stream, zone), _fields(stream))
    else:
        raise _unknown("stream", stream, ["purchase_lines", "sales_lines", *FACTS])
    for name in settings.columns:
        if name not in made.fields:
            raise _unknown(f"field of {stream}", name, list(made.fields))
    return made


def parse(
    raw: Mapping[str, str | None], settings: StreamSettings, fields: Mapping[str, str]
) -> Row:
    """The mapped fields of a raw row, parsed; `BadRow` names the column and the text."""
    row: Row = {}
    for name, column in settings.columns.items():
        value = (raw.get(column) or "").strip()
        row[name] = _value(name, value, fields[name], settings) if value else None
    return row


def _value(name: str, value: str, kind: str, settings: StreamSettings) -> Any:
    if kind == "text":
        return value
    if kind == "number":
        return _number(name, value, settings.decimal)
    if kind == "flag":
        return _flag(name, value)
    when = _when(name, value, settings.formats.get(name))
    if kind == "when":
        return when
    return when.date() if isinstance(when, datetime) else when


def _number(name: str, value: str, decimal: str) -> Decimal:
    plain = value.replace("\u00a0", "").replace(" ", "")
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise BadRow(f"{name} {value!r} is not a number") from None
    if not number.is_finite() or abs(number) >= 10**12:
        raise BadRow(f"{name} {value!r} is not a number that can be meant")
    return number


def _flag(name: str, value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if value.lower() not in known:
        raise BadRow(f"{name} {value!r} is neither yes nor no")
    return known[value.lower()]


def _when(name: str, value: str, formats: str | tuple[str, ...] | None) -> date | datetime:
    if formats is None:
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise BadRow(f"{name} {value!r} is not a date like 2026-01-31") from None
    for one in (formats,) if isinstance(formats, str) else formats:
        try:
            # a zone is given to it by `event`, which knows the source's
            found = datetime.strptime(value, one)  # noqa: DTZ007
        except ValueError:
            continue
        return (
            found if any(code in one for code in ("%H", "%I", "%s", "%X", "%c")) else found.date()
        )
    raise BadRow(f"{name} {value!r} is not a date like {formats}")


def _purchase(source_id: str, row: Row, zone: ZoneInfo) -> Facts:
    supplier, item, site = row.get("supplier"), row.get("item"), row.get("site")
    ordered = row.get("ordered_at")
    received, cancelled = row.get("received_at"), row.get("cancelled_at")
    ordered_event = event("ordered", ordered, zone)
    received_event = event("received", received, zone)
    if ordered and received and received_event["received_on"] < ordered_event["ordered_on"]:
        raise BadRow(f"received on {_day(received)} before it was ordered on {_day(ordered)}")
    qty = _qty(row)
    order = row.get("order") or source_id.split("|")[0]
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
    }  # fmt: skip
    if received:
        yield "receipt", {
            "source_id": source_id, "line_ref": source_id, "order_ref": order, "item_ref": item,
            "location_ref": site, "doc": row.get("shipment"),
            "qty": _or(row.get("received_qty"), qty), **received_event,
        }  # fmt: skip


def _sale(source_id: str, row: Row, zone: ZoneInfo) -> Facts:
    customer, item = row.get("customer"), row.get("item")
    qty = _qty(row)
    order = row.get("order") or source_id.split("|")[0]
    if customer:
        yield "party", {"source_id": customer, "name": customer, "kind": "customer",
                        "country": row.get("country"), "owner": row.get("owner")}  # fmt: skip
    yield from _item_and_site(row)
    yield "salesorder", {
        "source_id": order, "number": order, "customer_ref": customer,
        **event("ordered", row.get("ordered_at"), zone),
        "requested_on": row.get("requested_on"), "currency": row.get("currency"),
        "owner": row.get("owner"),
    }  # fmt: skip
    yield "salesline", {
        "source_id": source_id, "order_ref": order, "number": row.get("line"), "item_ref": item,
        "location_ref": row.get("site"), "qty": qty, "uom": row.get("uom"),
        "unit_price": _price(row, qty), "requested_on": row.get("requested_on"),
        "promised_on": row.get("promised_on"), "promised_first": row.get("promised_on"),
        "status": row.get("status"), **event("cancelled", row.get("cancelled_at"), zone),
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


def _fact(table: str, zone: ZoneInfo, source_id: str, row: Row) -> Facts:
    fact: Row = {"source_id": source_id}
    for name, value in row.items():
        if name.endswith("_at") and name.removesuffix("_at") + "_on" in _fields(table):
            fact |= event(name.removesuffix("_at"), value, zone)
        elif name.endswith("_at"):
            fact[name] = event("x", value, zone)["x_at"]
        else:
            fact[name] = value
    yield table, fact


def _fields(table: str) -> dict[str, str]:
    """The fields of a fact table by how they are read; of an event one names the `_at`."""
    kinds = {Instant: "when", LocalDate: "day", Money: "number", Qty: "number"}
    fields = {}
    for column in FACTS[table].__table__.columns:  # type: ignore[attr-defined]  # set by SQLModel
        if column.name in BOOKKEEPING:
            continue
        plain = "flag" if column.type.python_type is bool else "text"
        fields[column.name] = kinds.get(type(column.type), plain)
    return fields


def _qty(row: Row) -> Decimal:
    qty = _or(row.get("qty"), Decimal(1))
    if qty <= 0:
        raise BadRow(f"qty {qty} is not a quantity that is ordered")
    return qty


def _price(row: Row, qty: Decimal) -> Decimal | None:
    if row.get("unit_price") is not None:
        return Decimal(row["unit_price"])
    return None if row.get("value") is None else Decimal(row["value"]) / qty


def _or(value: Decimal | None, other: Decimal) -> Decimal:
    return other if value is None else value


def _day(when: date | datetime) -> str:
    return (when.date() if isinstance(when, datetime) else when).isoformat()


def _unknown(what: str, name: str, known: list[str]) -> SourceError:
    near = [found[0] for found in process.extract(name, known, limit=3)]
    return SourceError(f"no {what} is called {name!r}; near: {', '.join(near)}", permanent=True)
