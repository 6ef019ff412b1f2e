"""The queries of NetSuite that become facts: which expression is read for which column.

Quantities of sales and of what is used up are negative there, booleans are T and F, a status is a
letter whose meaning depends on the type of transaction.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row, event
from storage.sources._entity import Entity, Record, day, flag, moment, needed, number, of, text
from storage.sources._host import host
from storage.sources._netsuite_api import TIME
from storage.sources._netsuite_sheet import Sheet

LINES = "transactionline tl JOIN transaction t ON t.id = tl.transaction"
LINKED = (
    f"{LINES} JOIN nexttransactionlinelink k ON k.nextdoc = tl.transaction AND k.nextline = tl.id"
)
# A line without a stamp would be in no window: it has that of its order.
LINE_STAMP = "NVL(tl.linelastmodifieddate, t.lastmodifieddate)"
GOODS = ("tl.mainline = 'F'", "tl.taxline = 'F'", "tl.item IS NOT NULL")
# Letters of a status: PurchOrd A waits for approval, C is rejected, H closed; SalesOrd A waits,
# C is cancelled, H closed; WorkOrd A is planned, C cancelled, H closed; ItemShip C is shipped;
# invoices and bills B are paid, from C on they are none.
NOT_ORDERED = {"PurchOrd": "AC", "SalesOrd": "A", "WorkOrd": "A"}
OFF = {"PurchOrd": "CH", "SalesOrd": "CH", "WorkOrd": "CH"}
SERVICES = frozenset({"service", "othcharge", "discount", "markup", "subtotal", "payment"})


def _day(expression: str) -> str:
    return f"TO_CHAR({expression}, 'YYYY-MM-DD')"


def _time(expression: str) -> str:
    return f"TO_CHAR({expression}, '{TIME}')"


def _shown(expression: str) -> str:
    return f"BUILTIN.DF({expression})"


def size(value: Any, zone: ZoneInfo) -> Decimal | None:
    """A quantity without the sign that tells on which side of the books it stands."""
    found = number(value, zone)
    return None if found is None else abs(found)


def off(value: Any, zone: ZoneInfo) -> bool | None:
    found = flag(value, zone)
    return None if found is None else not found


def service(value: Any, zone: ZoneInfo) -> bool:
    return (text(value, zone) or "").lower() in SERVICES


def named(value: Any, zone: ZoneInfo) -> str | None:
    """A status in words, without the type that stands before it."""
    found = text(value, zone)
    return found.rpartition(" : ")[2] if found else None


def letter(record: Record) -> str:
    return str(record.get("status") or "").rpartition(":")[2]


def _order(kind: str) -> Any:
    """An order that nobody approved yet is not ordered; one that was closed is off since then."""

    def finish(row: Row, record: Record, zone: ZoneInfo) -> Row:
        state = letter(record)
        if state and state in NOT_ORDERED[kind]:
            row = {**row, **event("ordered", None, zone)}
        if state and state in OFF[kind]:
            closed = day(record.get("closedate"), zone) or row["source_updated_at"]
            row = {**row, **event("cancelled", closed, zone)}
        return row

    return finish


def _line(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A line that was closed by hand waits for nothing any more."""
    if not flag(record.get("closed"), zone):
        return {**row, "status": "open"}
    return {**row, "status": "closed", **event("cancelled", row["source_updated_at"], zone)}


def _linked(row: Row, record: Record, zone: ZoneInfo) -> Row:
    return {**row, "line_ref": f"{record.get('source_doc')}/{record.get('source_line')}"}


def _shipment(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """What is only picked or packed has not left."""
    return _linked(row, record, zone) if letter(record) in ("C", "") else None


def _make(row: Row, record: Record, zone: ZoneInfo) -> Row:
    state = letter(record)
    is_plan = state != "" and state in NOT_ORDERED["WorkOrd"]
    released = None if is_plan else moment(record.get("ordered"), zone)
    row = {**row, **event("released", released, zone)}
    if state and state in OFF["WorkOrd"] and row["finished_at"] is None:
        closed = day(record.get("closedate"), zone) or row["source_updated_at"]
        row = {**row, **event("cancelled", closed, zone)}
    return row


def _invoice(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    kind, state = str(record.get("type")), letter(record)
    if state not in ("A", "B", "") or flag(record.get("voided"), zone):
        return None
    sign = -1 if kind.endswith("Cred") else 1
    amount = None if row["amount"] is None else sign * row["amount"]
    is_paid = state == "B" and sign == 1
    paid = day(record.get("closedate"), zone) if is_paid else None
    return {**row, "direction": "out" if kind.startswith("Cust") else "in", "amount": amount,
            **event("paid", paid, zone)}  # fmt: skip


def _location(row: Row, record: Record, zone: ZoneInfo) -> Row:
    return {**row, "kind": "internal" if row["site_ref"] else "warehouse"}


def _level(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """What an item has at a place, since its quantity last changed; nothing where it has none."""
    if not any(row[name] for name in ("on_hand", "reserved", "on_order")):
        return None
    return {**row, "part": row["source_id"]}


def when(value: Any, zone: ZoneInfo) -> datetime | None:
    """The instant at which a local time begins; of a day its first one."""
    found = moment(value, zone)
    if isinstance(found, datetime) or found is None:
        return found
    return datetime(found.year, found.month, found.day, tzinfo=zone)


PARTY = {
    "name": needed("companyname", "altname", "number"), "number": of("number"),
    "vat": of("vat"), "domain": of("website", read=host), "category": of("category"),
}  # fmt: skip
STAMPED: Any = {"key": ("id",), "updated": "stamp"}
PLACED: Any = {"key": ("doc", "line"), "updated": "stamp"}


def _party(table: str, alias: str, kind: str, more: dict[str, str]) -> Sheet:
    fields = {**PARTY, **({"owner": of("owner"), "parent_ref": of("parent")} if more else {})}
    return Sheet(
        Entity(table, "parties", "party", fields=fields, constants={"kind": kind}, **STAMPED),
        f"{table} {alias}", {
            "id": f"{alias}.id", "number": f"{alias}.entityid",
            "companyname": f"{alias}.companyname", "altname": f"{alias}.altname",
            "vat": f"{alias}.vatregnumber", "website": f"{alias}.url",
            "category": _shown(f"{alias}.category"), **more,
        }, f"{alias}.id", alias, f"{alias}.lastmodifieddate", root=table,
    )  # fmt: skip


VENDORS = _party("vendor", "v", "supplier", {})
CUSTOMERS = _party(
    "customer", "c", "customer", {"owner": _shown("c.salesrep"), "parent": "c.parent"}
)
ITEMS = Sheet(Entity("item", "items", "item", fields={
    "name": needed("displayname", "sku"), "sku": of("sku"), "category": of("category"),
    "uom": of("uom"), "unit_cost": of("cost"), "is_service": of("itemtype", read=service),
    "is_active": of("isinactive", read=off),
}, **STAMPED), "item i", {
    "id": "i.id", "sku": "i.itemid", "displayname": "i.displayname", "category": _shown("i.class"),
    "uom": _shown("i.stockunit"), "cost": "i.averagecost", "itemtype": "i.itemtype",
    "isinactive": "i.isinactive",
}, "i.id", "i", "i.lastmodifieddate", root="item")  # fmt: skip
LOCATIONS = Sheet(Entity("location", "locations", "location", fields={
    "name": needed("name"), "site_ref": of("parent"), "tz": of("timezone"),
}, key=("id",), finish=_location), "location l", {
    "id": "l.id", "name": "l.name", "parent": "l.parent", "timezone": "l.timezone",
}, "l.id", "l")  # fmt: skip


def _header(kinds: str, entity: Entity, more: dict[str, str], **about: Any) -> Sheet:
    columns = {
        "id": "t.id", "number": "t.tranid", "party": "t.entity", "status": "t.status",
        "state": _shown("t.status"), "ordered": _day("t.trandate"),
        "closedate": _day("t.closedate"), "currency": "t.currency", **more,
    }  # fmt: skip
    where = f"t.type IN ({kinds})" if "," in kinds else f"t.type = {kinds}"
    return Sheet(entity, about.pop("tables", "transaction t"), columns, "t.id", "t",
                 "t.lastmodifieddate", where=(where,), root="transaction", **about)  # fmt: skip


PURCHASES = _header("'PurchOrd'", Entity("purchase order", "purchases", "purchaseorder", fields={
    "number": needed("number"), "supplier_ref": of("party"), "status": of("state", read=named),
    "ordered": of("ordered"), "cancelled": of(), "currency": of("symbol"), "buyer": of("buyer"),
    "acknowledged": of(), "shipped": of(),
}, finish=_order("PurchOrd"), **STAMPED), {"buyer": _shown("t.employee")})  # fmt: skip
SALES = _header("'SalesOrd'", Entity("sales order", "sales", "salesorder", fields={
    "number": needed("number"), "customer_ref": of("party"), "status": of("state", read=named),
    "ordered": of("ordered"), "requested_on": of("shipdate"), "cancelled": of(),
    "amount": of("net", read=size), "currency": of("symbol"), "owner": of("owner"),
}, finish=_order("SalesOrd"), **STAMPED), {
    "owner": _shown("t.employee"), "shipdate": _day("t.shipdate"),
}, has_net=True)  # fmt: skip
MAKE_ORDERS = _header("'WorkOrd'", Entity("work order", "make_orders", "makeorder", fields={
    "number": needed("number"), "item_ref": of("item"), "location_ref": of("location"),
    "qty": needed("qty", read=size), "done_qty": of("done", read=size),
    "status": of("state", read=named), "released": of(), "planned_start_on": of("planned_start"),
    "planned_finish_on": of("planned_finish"), "started": of("started"),
    "finished": of("finished"), "cancelled": of(),
}, finish=_make, **STAMPED), {
    "item": "tl.item", "location": "tl.location", "qty": "tl.quantity",
    "done": "tl.quantityshiprecv", "planned_start": _day("t.startdate"),
    "planned_finish": _day("t.enddate"), "started": _day("t.actualproductionstartdate"),
    "finished": _day("t.actualproductionenddate"),
}, tables="transaction t JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'T'",
)  # fmt: skip
INVOICES = _header(
    "'CustInvc', 'CustCred', 'VendBill', 'VendCred'", Entity("invoice", "invoices", "invoice",
        fields={
            "number": of("number"), "party_ref": of("party"), "amount": of("net", read=size),
            "currency": of("symbol"), "issued": needed("ordered"), "due_on": of("due"),
        }, finish=_invoice, **STAMPED), {
    "type": "t.type", "due": _day("t.duedate"), "voided": "t.voided",
}, has_net=True)  # fmt: skip


def _lines(kind: str, entity: Entity, more: dict[str, str], **about: Any) -> Sheet:
    columns = {
        "doc": "tl.transaction", "line": "tl.id", "item": "tl.item", "location": "tl.location",
        "qty": "tl.quantity", **more,
    }  # fmt: skip
    where = (f"t.type = '{kind}'", *GOODS, *about.pop("where", ()))
    return Sheet(entity, about.pop("tables", LINES), columns, "tl.uniquekey", "tl",
                 LINE_STAMP, "t.lastmodifieddate", where=where, root="transaction",
                 **about)  # fmt: skip


ORDERED = {
    "order_ref": needed("doc"), "number": of("number"), "item_ref": of("item"),
    "location_ref": of("location"), "qty": needed("qty", read=size), "uom": of("uom"),
    "unit_price": of("rate", read=size), "requested_on": of("requested"),
    "promised_on": of("promised"), "status": of(), "cancelled": of(),
}  # fmt: skip
OF_ORDER = {
    "number": "tl.linesequencenumber", "uom": _shown("tl.units"), "rate": "tl.rate",
    "closed": "tl.isclosed",
}  # fmt: skip
WAITING = ("tl.isclosed = 'F'", "NVL(tl.quantityshiprecv, 0) < ABS(tl.quantity)")
PURCHASE_LINES = _lines("PurchOrd", Entity(
    "purchase line", "purchase_lines", "purchaseline", fields=ORDERED, finish=_line, **PLACED,
), {**OF_ORDER, "requested": _day("t.duedate"), "promised": _day("tl.expectedreceiptdate")},
    is_open=WAITING)  # fmt: skip
SALE_LINES = _lines("SalesOrd", Entity(
    "sales line", "sale_lines", "salesline", fields=ORDERED, finish=_line, **PLACED,
), {**OF_ORDER, "requested": _day("tl.requesteddate"), "promised": _day("tl.expectedshipdate")},
    is_open=WAITING)  # fmt: skip

MOVED = {
    "line_ref": of(), "order_ref": of("source_doc"), "item_ref": of("item"),
    "location_ref": of("location"), "doc": of("number"), "qty": needed("qty", read=size),
}  # fmt: skip
OF_MOVE = {
    "number": "t.tranid", "on_day": _day("t.trandate"), "source_doc": "k.previousdoc",
    "source_line": "k.previousline", "status": "t.status",
}  # fmt: skip


def _moved(kind: str, of_kind: str, entity: Entity, more: dict[str, str]) -> Sheet:
    link = ("k.linktype = 'ShipRcpt'", f"k.previoustype = '{of_kind}'")
    return _lines(kind, entity, {**OF_MOVE, **more}, tables=LINKED, where=link)


RECEIPTS = _moved("ItemRcpt", "PurchOrd", Entity("item receipt", "receipts", "receipt", fields={
    **MOVED, "received": needed("on_day"), "posted_at": of("posted", read=when),
}, finish=_linked, **PLACED), {"posted": _time("t.createddate")})  # fmt: skip
SHIPMENTS = _moved("ItemShip", "SalesOrd", Entity(
    "item fulfillment", "shipments", "shipment", fields={
        **MOVED, "shipped": needed("on_day"), "carrier": of("carrier"),
    }, finish=_shipment, **PLACED), {"carrier": _shown("t.shipmethod")})  # fmt: skip
LEVELS = Sheet(Entity("inventory", "stock_levels", "stocklevel", fields={
    "item_ref": needed("item"), "location_ref": of("location"), "on_hand": needed("on_hand"),
    "reserved": of("committed"), "on_order": of("on_order"), "value": of("value"),
    "as_of": of("changed", "today", read=when),
}, key=("item", "location"), finish=_level), "aggregateitemlocation a", {
    "item": "a.item", "location": "a.location", "on_hand": "a.quantityonhand",
    "committed": "a.quantitycommitted", "on_order": "a.quantityonorder",
    "value": "a.onhandvaluemli", "changed": _day("a.lastquantityavailablechange"),
}, "a.location", "a", "a.item", where=("a.location IS NOT NULL",), by_number=True)  # fmt: skip

SHEETS = (
    VENDORS, CUSTOMERS, ITEMS, LOCATIONS, PURCHASES, PURCHASE_LINES, RECEIPTS, SALES, SALE_LINES,
    SHIPMENTS, MAKE_ORDERS, LEVELS, INVOICES,
)  # fmt: skip
SNAPSHOTS = frozenset({"locations", "stock_levels"})
