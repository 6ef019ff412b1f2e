"""From documents of ERPNext to facts: what the fields alone do not say."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row, event
from storage.sources._entity import Read, Record, day, instant, number, text, within
from storage.sources._erpnext_known import is_settled

CANCELLED, SUBMITTED = 2, 1
CLOSED = "Closed"
SUPPLIER, CUSTOMER, PRODUCTION = "~supplier", "~customer", "~production"
INVENTORY, TRANSIT = "~inventory", "~transit"
# where goods are that are at no warehouse: ERPNext writes one entry for each warehouse, and says
# of the other end only what kind of document it was
OUTSIDE = {SUPPLIER: "supplier", CUSTOMER: "customer", PRODUCTION: "production",
           INVENTORY: "inventory", TRANSIT: "transit"}  # fmt: skip
BY_VOUCHER = {
    "Purchase Receipt": SUPPLIER, "Purchase Invoice": SUPPLIER, "Subcontracting Receipt": SUPPLIER,
    "Delivery Note": CUSTOMER, "Sales Invoice": CUSTOMER, "POS Invoice": CUSTOMER,
}  # fmt: skip
BY_PURPOSE = {
    "Manufacture": PRODUCTION, "Repack": PRODUCTION, "Disassemble": PRODUCTION,
    "Material Consumption for Manufacture": PRODUCTION, "Material Transfer": TRANSIT,
    "Material Transfer for Manufacture": TRANSIT, "Send to Subcontractor": TRANSIT,
    "Send to Warehouse": TRANSIT, "Receive at Warehouse": TRANSIT,
}  # fmt: skip
CONSUMES = ("Manufacture", "Material Consumption for Manufacture")


def typed(kind: str) -> Read:
    """Reads a name as that of a party of this kind: a supplier and a customer may share one."""

    def read(value: Any, zone: ZoneInfo) -> str | None:
        name = text(value, zone)
        return f"{kind}/{name}" if name else None

    return read


def item(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """What the last purchase cost, else what was given as its value; zero is none."""
    costs = (number(record.get(name), zone) for name in ("last_purchase_rate", "valuation_rate"))
    return {
        **row,
        "unit_cost": row.get("unit_cost") or next((one for one in costs if one), None),
        "is_service": str(record.get("is_stock_item")) == "0",
        "is_active": str(record.get("disabled")) != "1",
    }


def order(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """An order; a cancelled one was cancelled when it was last changed."""
    return {**row, "number": record.get("_number") or record["name"], **_off(record, zone)}


def purchase_line(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A line; of an order that was closed the rest will not come."""
    head, lost = record["head"], None
    off = _off({**head, "docstatus": _status(record)}, zone)
    if _status(record) != CANCELLED and head.get("status") == CLOSED:
        lost = row["qty"] - _scaled(record, "received_qty", zone)
        if lost > 0:
            off = event("cancelled", instant(head.get("modified"), zone), zone)
        lost = lost if 0 < lost < row["qty"] else None
    return {**_priced(row, record, zone), **off, "cancelled_qty": lost}


def sales_line(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A line; what has not gone out of one of a closed order is off."""
    head = record["head"]
    off = _off({**head, "docstatus": _status(record)}, zone)
    is_short = _scaled(record, "delivered_qty", zone) < row["qty"]
    if head.get("status") == CLOSED and is_short and _status(record) != CANCELLED:
        off = event("cancelled", instant(head.get("modified"), zone), zone)
    return {**_priced(row, record, zone), **off}


def moved(name: str) -> Callable[[Row, Record, ZoneInfo], Row | None]:
    """Goods of a booked document that came in or went out on some order, at its own time."""

    def finish(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
        if record["head"].get("docstatus") != SUBMITTED or not row["line_ref"] or not row["qty"]:
            return None
        return {**row, **event(name, posted(record["head"], zone), zone)}

    return finish


def make_order(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A production order; finished when it is complete, off when it was closed short."""
    is_done = record.get("status") == "Completed"
    is_short = record.get("status") == CLOSED and (row["done_qty"] or 0) < row["qty"]
    off = _off({**record, "docstatus": CANCELLED} if is_short else record, zone)
    return {**row, **off, **({} if is_done else event("finished", None, zone))}


def bom_line(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """A component for one of the item, of a bill for a batch."""
    batch = number(within(record, "head.quantity"), zone)
    if not batch:
        raise BadRow("its bill is for a quantity of nothing")
    return {**row, "qty": row["qty"] / batch}


def stock_move(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """An entry of the ledger; a cancelled one and one that changes a value alone are no move."""
    qty, place = row["qty"], text(record.get("warehouse"), zone)
    if str(record.get("is_cancelled")) in ("1", "Yes") or not qty:
        return None
    value = row["value"]
    return {
        **row,
        "qty": abs(qty),
        "value": None if value is None else abs(value),
        "currency": record.get("_currency"),
        "from_ref": outside(record) if qty > 0 else place,
        "to_ref": place if qty > 0 else outside(record),
        **event("moved", posted(record, zone), zone),
    }


def outside(entry: Record) -> str:
    """The other end of an entry of the ledger."""
    voucher = str(entry.get("voucher_type"))
    if voucher == "Stock Entry":
        return BY_PURPOSE.get(str(entry.get("_purpose")), INVENTORY)
    return BY_VOUCHER.get(voucher, INVENTORY)


def stock_level(row: Row, record: Record, zone: ZoneInfo) -> Row:
    return {**row, "currency": record.get("_currency")}


def invoice(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A booked invoice. Paid: on the day of its last payment, else when it was last changed."""
    if record.get("docstatus") != SUBMITTED:
        return None
    last = record.get("_paid") or day(record.get("modified"), zone)
    return {**row, **event("paid", last if is_settled(record) else None, zone)}


def consumption(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A component that an entry for production takes out of a warehouse and puts into none."""
    head = record["head"]
    is_taken = record.get("s_warehouse") and not record.get("t_warehouse")
    is_made = str(record.get("is_finished_item")) == "1" or str(record.get("is_scrap_item")) == "1"
    if head.get("docstatus") != SUBMITTED or head.get("purpose") not in CONSUMES:
        return None
    if not is_taken or is_made or not row["make_ref"] or not row["qty"]:
        return None
    return {**row, **event("consumed", posted(head, zone), zone)}


def place(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A warehouse where goods can lie; a group of them is none."""
    if str(record.get("is_group")) == "1":
        return None
    return {**row, "kind": "transit" if record.get("warehouse_type") == "Transit" else "warehouse"}


def posted(document: Record, zone: ZoneInfo) -> datetime | date:
    """When a document counts: its day, and the time of it where it has one."""
    on = day(document.get("posting_date"), zone)
    if on is None:
        raise BadRow("no posting_date")
    written = document.get("posting_time")
    if written is None or written == "":
        return on
    try:
        hours, minutes, seconds = str(written).split(":")
        after = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    except ValueError:
        raise BadRow(f"posting_time: {written!r} is not a time") from None
    return datetime.combine(on, time(), zone) + after


def _off(record: Record, zone: ZoneInfo) -> Row:
    when = instant(record.get("modified"), zone) if record.get("docstatus") == CANCELLED else None
    return event("cancelled", when, zone)


def _status(line: Record) -> Any:
    """2 for a line that is off, also where an amended order has it no more."""
    return CANCELLED if line.get("docstatus") == CANCELLED else line["head"].get("docstatus")


def _scaled(line: Record, name: str, zone: ZoneInfo) -> Decimal:
    """A quantity of a line in the item's own unit."""
    times = number(line.get("conversion_factor"), zone) or Decimal(1)
    return (number(line.get(name), zone) or Decimal(0)) * times


def _priced(row: Row, line: Record, zone: ZoneInfo) -> Row:
    """The price of the item's own unit."""
    times = number(line.get("conversion_factor"), zone) or Decimal(1)
    price = row["unit_price"]
    return {**row, "unit_price": None if price is None else price / times}
