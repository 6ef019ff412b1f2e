"""Production orders and customers' bills of S/4HANA."""

from datetime import date
from zoneinfo import ZoneInfo

from storage.sources import Row, event
from storage.sources._entity import Record, needed, of
from storage.sources._odata2 import calendar_day
from storage.sources._odata2_reading import Again, Join, Reading, Stamp
from storage.sources._s4hana_orders import CHANGED, UNITS, units_of
from storage.sources._s4hana_values import (
    ZERO,
    Numbered,
    amount,
    days,
    factor,
    is_set,
    ref,
)

ORDERS = "API_PRODUCTION_ORDER_2_SRV;v=0002"
BILLS = "API_BILLING_DOCUMENT_SRV"
# What a bill adds to what a customer owes, by its category: invoices and debit memos, and what
# takes a credit memo back; the others take away. Pro forma bills and lists are none.
OWED = {"M": 1, "P": 1, "S": 1, "N": -1, "O": -1}
STATES = (
    ("OrderIsDeleted", "cancelled"), ("OrderIsMarkedForDeletion", "cancelled"),
    ("OrderIsClosed", "closed"), ("OrderIsTechnicallyCompleted", "completed"),
    ("OrderIsDelivered", "delivered"), ("OrderIsPartiallyDelivered", "partly delivered"),
    ("OrderIsConfirmed", "confirmed"), ("OrderIsReleased", "released"),
    ("OrderIsCreated", "created"),
)  # fmt: skip
OVER = frozenset({"cancelled", "closed", "completed"})


def _make_order(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """Finished when the last of it came in and no more is to come; cancelled where nothing came."""
    times = factor(record.get("units") or [], record.get("ProductionUnit"), zone)
    done = sum((amount(one, "MfgOrderItemGoodsReceiptQty", zone) for one in record["parts"]), ZERO)
    status = next((state for flag, state in STATES if is_set(record.get(flag))), None)
    is_over = status in OVER
    came = _last(record["parts"], "MfgOrderItemActualDeliveryDate", zone)
    is_made = done > 0 and (is_over or status == "delivered")
    cancelled = row["source_updated_at"] if is_over and not done else None
    starts = [
        calendar_day(one.get("OpActualExecutionStartDate"), zone)
        for one in record.get("operations") or []
    ]
    started = min((one for one in starts if one), default=None)
    return {
        **row,
        "qty": row["qty"] * times,
        "done_qty": done * times,
        "status": status,
        **event("started", started, zone),
        **event("finished", came if is_made else None, zone),
        **event("cancelled", cancelled, zone),
    }


def _last(records: list[Record], name: str, zone: ZoneInfo) -> date | None:
    found = [calendar_day(one.get(name), zone) for one in records]
    return max((one for one in found if one), default=None)


MAKE_ORDER = Numbered(
    "A_ProductionOrder_2", "make_orders", "makeorder", ("ManufacturingOrder",),
    {
        "number": needed("ManufacturingOrder"),
        "item_ref": of("Material", read=ref()),
        "location_ref": of("ProductionPlant"),
        "qty": needed("TotalQuantity"),
        "released": days("MfgOrderActualReleaseDate"),
        "planned_start_on": days("MfgOrderPlannedStartDate"),
        "planned_finish_on": days("MfgOrderPlannedEndDate"),
    },
    updated=CHANGED, finish=_make_order,
    also=(
        "ProductionUnit", *(flag for flag, _ in STATES), "parts.MfgOrderItemGoodsReceiptQty",
        "parts.MfgOrderItemActualDeliveryDate", "operations.OpActualExecutionStartDate", *UNITS,
    ),
)  # fmt: skip


def _bill(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    sign = OWED.get(str(record.get("SDDocumentCategory")))
    return None if sign is None else {**row, "amount": sign * abs(row["amount"])}


BILL = Numbered(
    "A_BillingDocument", "invoices", "invoice", ("BillingDocument",),
    {
        "number": of("BillingDocument"),
        "party_ref": of("SoldToParty", "PayerParty", read=ref("customer/")),
        "amount": needed("TotalNetAmount"),
        "currency": of("TransactionCurrency"),
        "issued": days("BillingDocumentDate"),
    },
    updated=CHANGED, constants={"direction": "out"}, also=("SDDocumentCategory",), finish=_bill,
)  # fmt: skip

MAKE_ORDERS = Reading(
    ORDERS, "A_ProductionOrder_2", ("ManufacturingOrder",), (MAKE_ORDER,),
    (Stamp(CHANGED, "digits"),),
    joins=(
        Join("parts", ORDERS, "A_ProductionOrderItem_2",
             ("ManufacturingOrder", "ManufacturingOrderItem"),
             {"ManufacturingOrder": "ManufacturingOrder"}),
        Join("operations", ORDERS, "A_ProductionOrderOperation_2",
             ("OrderInternalBillOfOperations", "OrderIntBillOfOperationsItem"),
             {"ManufacturingOrder": "ManufacturingOrder"}, is_optional=True),
        units_of(""),
    ),
    # what comes in of an order does not always move its stamp
    again=Again("A_ProductionOrder_2", ("ManufacturingOrder",), "ManufacturingOrder",
                ("OrderIsTechnicallyCompleted eq ''", "OrderIsClosed eq ''",
                 "OrderIsDeleted eq ''")),
)  # fmt: skip
INVOICES = Reading(
    BILLS, "A_BillingDocument", ("BillingDocument",), (BILL,),
    # one that was never changed may have a date of creation only
    (Stamp(CHANGED), Stamp("CreationDate", "day")),
)  # fmt: skip
