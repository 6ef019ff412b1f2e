"""Purchases and sales of S/4HANA: orders, and their lines with what was asked and promised."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.sources import Row, event
from storage.sources._entity import Record, needed, of, within
from storage.sources._odata2 import calendar_day
from storage.sources._odata2_reading import Again, Join, Reading, Stamp
from storage.sources._s4hana_values import (
    ZERO,
    Numbered,
    amount,
    days,
    is_set,
    latest,
    ref,
    scaled,
)

PURCHASES = "API_PURCHASEORDER_PROCESS_SRV"
SALES = "API_SALES_ORDER_SRV"
PRODUCTS = "API_PRODUCT_SRV"
GOODS = "API_MATERIAL_DOCUMENT_SRV"
CHANGED = "LastChangeDateTime"
DELETED = "L"
REJECTED_ALL = "C"
# What a receipt adds to a purchase line, by its type of movement; what takes back is negative.
# Goods in blocked stock (103, 124) are not taken in: their release (105) is.
RECEIVED = {
    "101": 1, "102": -1, "105": 1, "106": -1, "109": 1, "110": -1, "122": -1, "123": 1,
}  # fmt: skip
UNITS = (
    "units.AlternativeUnit", "units.QuantityNumerator", "units.QuantityDenominator",
    "units.BaseUnit",
)  # fmt: skip


def units_of(to: str) -> Join:
    return Join(
        "units", PRODUCTS, "A_ProductUnitsOfMeasure", ("Product", "AlternativeUnit"),
        {"Product": "Material"}, to=to, is_optional=True, is_kept=True,
    )  # fmt: skip


def _called_off(row: Row, zone: ZoneInfo, *, is_off: bool) -> Row:
    """Cancelled when it was last changed: of the act itself there is no date."""
    at = row["source_updated_at"] if is_off else None
    status = {"status": "cancelled"} if is_off else {}
    return {**row, **event("cancelled", at, zone), **status}


def _purchase(row: Row, record: Record, zone: ZoneInfo) -> Row:
    return _called_off(row, zone, is_off=record.get("PurchasingDocumentDeletionCode") == DELETED)


PURCHASE = Numbered(
    "A_PurchaseOrder", "purchases", "purchaseorder", ("PurchaseOrder",),
    {
        "number": needed("PurchaseOrder"),
        "supplier_ref": of("Supplier", read=ref("supplier/")),
        "ordered": days("PurchaseOrderDate", "CreationDate"),
        "status": of("PurchasingProcessingStatus"),
        "currency": of("DocumentCurrency"),
        "buyer": of("PurchasingGroup"),
        "country": of("AddressCountry"),
    },
    updated=CHANGED, also=("PurchasingDocumentDeletionCode",), finish=_purchase,
)  # fmt: skip


def _purchase_line(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A line that goods are to come for: none of services, none that sends goods back."""
    if record.get("GoodsReceiptIsExpected") is False or is_set(record.get("IsReturnsItem")):
        return None
    lines, qty = record.get("schedule") or [], "ScheduleLineOrderQuantity"
    first = latest(lines, "SchedLineStscDeliveryDate", qty, zone)
    now = latest(lines, "ScheduleLineDeliveryDate", qty, zone)
    found = {"requested_on": first, "promised_first": first, "promised_on": now, "planned_on": now}
    row = {**row, **{name: one for name, one in found.items() if row.get(name) is None}}
    row["unit_price"] = _price(record, zone)
    row = scaled(row, record, record.get("PurchaseOrderQuantityUnit"), zone)
    codes = (
        record.get("PurchasingDocumentDeletionCode"),
        within(record, "header.PurchasingDocumentDeletionCode"),
    )
    if DELETED in codes:
        return _called_off(row, zone, is_off=True)
    short = row["qty"] - _received(record, zone) if is_finished(record) else ZERO
    if short <= 0:
        return _called_off(row, zone, is_off=False)
    # who ticks "delivery completed" waits for no more
    return {**_called_off(row, zone, is_off=True), "status": "completed", "cancelled_qty": short}


def _price(record: Record, zone: ZoneInfo) -> Decimal | None:
    """The net price of one of the unit in which is ordered."""
    per = amount(record, "NetPriceQuantity", zone) or Decimal(1)
    price = amount(record, "NetPriceAmount", zone) / per
    times = amount(record, "OrderPriceUnitToOrderUnitNmrtr", zone)
    through = amount(record, "OrdPriceUnitToOrderUnitDnmntr", zone)
    return price * times / through if times and through else price


def is_finished(record: Record) -> bool:
    return is_set(record.get("IsCompletelyDelivered"))


def _received(record: Record, zone: ZoneInfo) -> Decimal:
    """What came in of a line, in the item's own unit."""
    return sum(
        (
            RECEIVED.get(str(one.get("GoodsMovementType")), 0)
            * amount(one, "QuantityInBaseUnit", zone)
            for one in record.get("received") or []
        ),
        ZERO,
    )


PURCHASE_LINE = Numbered(
    "A_PurchaseOrderItem", "purchase_lines", "purchaseline", ("PurchaseOrder", "PurchaseOrderItem"),
    {
        "order_ref": needed("PurchaseOrder", read=ref()),
        "number": of("PurchaseOrderItem"),
        "item_ref": of("Material", read=ref()),
        "location_ref": of("Plant"),
        "qty": needed("OrderQuantity"),
        "status": of("header.PurchasingProcessingStatus"),
    },
    updated=f"header.{CHANGED}",
    also=(
        "PurchaseOrderQuantityUnit", "NetPriceAmount", "NetPriceQuantity",
        "OrderPriceUnitToOrderUnitNmrtr", "OrdPriceUnitToOrderUnitDnmntr",
        "GoodsReceiptIsExpected", "IsReturnsItem", "IsCompletelyDelivered",
        "PurchasingDocumentDeletionCode", "header.PurchasingDocumentDeletionCode",
        "schedule.ScheduleLineDeliveryDate", "schedule.SchedLineStscDeliveryDate",
        "schedule.ScheduleLineOrderQuantity", "received.GoodsMovementType",
        "received.QuantityInBaseUnit", *UNITS,
    ),
    finish=_purchase_line,
)  # fmt: skip


def _sale(row: Row, record: Record, zone: ZoneInfo) -> Row:
    off = record.get("OverallSDDocumentRejectionSts") == REJECTED_ALL
    return _called_off(row, zone, is_off=off)


SALE = Numbered(
    "A_SalesOrder", "sales", "salesorder", ("SalesOrder",),
    {
        "number": needed("SalesOrder"),
        "customer_ref": of("SoldToParty", read=ref("customer/")),
        "status": of("OverallSDProcessStatus"),
        "ordered": days("SalesOrderDate", "CreationDate"),
        "requested_on": days("RequestedDeliveryDate"),
        "amount": of("TotalNetAmount"),
        "currency": of("TransactionCurrency"),
        "owner": of("SalesGroup"),
    },
    updated=CHANGED, also=("OverallSDDocumentRejectionSts",), finish=_sale,
)  # fmt: skip


def _sale_line(row: Row, record: Record, zone: ZoneInfo) -> Row:
    lines = record.get("schedule") or []
    asked = latest(lines, "RequestedDeliveryDate", "ScheduleLineOrderQuantity", zone)
    whole = calendar_day(within(record, "header.RequestedDeliveryDate"), zone)
    row["requested_on"] = row.get("requested_on") or asked or whole
    promised = row.get("promised_on") or _promised(lines, row["qty"], zone)
    row |= {"promised_on": promised, "promised_first": promised}
    qty = row["qty"]
    row["unit_price"] = amount(record, "NetAmount", zone) / qty if qty else None
    row = scaled(row, record, record.get("RequestedQuantityUnit"), zone)
    return _called_off(row, zone, is_off=bool(record.get("SalesDocumentRjcnReason")))


def _promised(lines: list[Record], qty: Decimal, zone: ZoneInfo) -> date | None:
    """When all of it was confirmed for; null while a part of it is not."""
    confirmed = "ConfdOrderQtyByMatlAvailCheck"
    total = sum((amount(one, confirmed, zone) for one in lines), ZERO)
    is_whole = 0 < qty <= total
    return latest(lines, "ConfirmedDeliveryDate", confirmed, zone) if is_whole else None


SALE_LINE = Numbered(
    "A_SalesOrderItem", "sale_lines", "salesline", ("SalesOrder", "SalesOrderItem"),
    {
        "order_ref": needed("SalesOrder", read=ref()),
        "number": of("SalesOrderItem"),
        "item_ref": of("Material", read=ref()),
        "location_ref": of("ProductionPlant"),
        "qty": needed("RequestedQuantity"),
        "status": of("DeliveryStatus"),
    },
    updated=f"header.{CHANGED}",
    also=(
        "RequestedQuantityUnit", "NetAmount", "SalesDocumentRjcnReason",
        "header.RequestedDeliveryDate", "schedule.RequestedDeliveryDate",
        "schedule.ConfirmedDeliveryDate", "schedule.ScheduleLineOrderQuantity",
        "schedule.ConfdOrderQtyByMatlAvailCheck", *UNITS,
    ),
    finish=_sale_line,
)  # fmt: skip

STAMPS = (Stamp(CHANGED),)
READINGS = (
    Reading(PURCHASES, "A_PurchaseOrder", ("PurchaseOrder",), (PURCHASE,), STAMPS),
    Reading(
        PURCHASES, "A_PurchaseOrder", ("PurchaseOrder",), (PURCHASE_LINE,), STAMPS,
        joins=(
            Join("items", PURCHASES, "A_PurchaseOrderItem", ("PurchaseOrder", "PurchaseOrderItem"),
                 {"PurchaseOrder": "PurchaseOrder"}),
            Join("schedule", PURCHASES, "A_PurchaseOrderScheduleLine",
                 ("PurchasingDocument", "PurchasingDocumentItem", "ScheduleLine"),
                 {"PurchasingDocument": "PurchaseOrder",
                  "PurchasingDocumentItem": "PurchaseOrderItem"}, to="items"),
            units_of("items"),
            Join("received", GOODS, "A_MaterialDocumentItem",
                 ("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem"),
                 {"PurchaseOrder": "PurchaseOrder", "PurchaseOrderItem": "PurchaseOrderItem"},
                 to="items", wanted=is_finished, is_optional=True),
        ),
        each="items",
        again=Again("A_PurchaseOrderItem", ("PurchaseOrder", "PurchaseOrderItem"), "PurchaseOrder",
                    ("IsCompletelyDelivered eq false", "PurchasingDocumentDeletionCode eq ''")),
        can_cease=True,
    ),
    Reading(SALES, "A_SalesOrder", ("SalesOrder",), (SALE,), STAMPS),
    Reading(
        SALES, "A_SalesOrder", ("SalesOrder",), (SALE_LINE,), STAMPS,
        joins=(
            Join("items", SALES, "A_SalesOrderItem", ("SalesOrder", "SalesOrderItem"),
                 {"SalesOrder": "SalesOrder"}),
            Join("schedule", SALES, "A_SalesOrderScheduleLine",
                 ("SalesOrder", "SalesOrderItem", "ScheduleLine"),
                 {"SalesOrder": "SalesOrder", "SalesOrderItem": "SalesOrderItem"}, to="items"),
            units_of("items"),
        ),
        each="items",
        again=Again("A_SalesOrderItem", ("SalesOrder", "SalesOrderItem"), "SalesOrder",
                    ("(DeliveryStatus eq 'A' or DeliveryStatus eq 'B')",)),
    ),
)  # fmt: skip
