"""The types of ERPNext's documents that are read: which fields of theirs become which columns."""

from storage.sources._entity import Entity, Field, needed, of
from storage.sources._erpnext_docs import Docs
from storage.sources._erpnext_map import (
    CONSUMES,
    bom_line,
    consumption,
    invoice,
    item,
    make_order,
    moved,
    order,
    place,
    purchase_line,
    sales_line,
    stock_level,
    stock_move,
    typed,
)
from storage.sources._host import host

BOOKED = (["docstatus", "in", [1, 2]],)
NOT_OPEN = ["Closed", "Completed", "Cancelled", "Delivered"]
OPEN = (["docstatus", "=", 1], ["status", "not in", NOT_OPEN])
POSTED = ("docstatus", "posting_date", "posting_time")
STAMP, OF_HEAD = "modified", "head.modified"


def _party(kind: str, fields: dict[str, Field]) -> Entity:
    return Entity(
        kind, "parties", "party", ("_type", "name"),
        {"number": of("name"), "country": of("country"), "vat": of("tax_id"),
         "domain": of("website", "email_id", read=host), **fields},
        updated=STAMP, constants={"kind": kind.lower()},
    )  # fmt: skip


SUPPLIERS = _party("Supplier", {
    "name": needed("supplier_name"), "category": of("supplier_group"),
})  # fmt: skip
CUSTOMERS = _party("Customer", {
    "name": needed("customer_name"), "category": of("customer_group"),
    "owner": of("account_manager"),
})  # fmt: skip
ITEMS = Entity(
    "Item", "items", "item", ("name",),
    {"name": needed("item_name"), "sku": of("name"), "category": of("item_group"),
     "uom": of("stock_uom"), "currency": of("_currency")},
    updated=STAMP, also=("last_purchase_rate", "valuation_rate", "is_stock_item", "disabled"),
    finish=item,
)  # fmt: skip
WAREHOUSES = Entity(
    "Warehouse", "warehouses", "location", ("name",),
    {"name": needed("warehouse_name"), "code": of("name")},
    updated=STAMP, also=("is_group", "warehouse_type"), finish=place,
)  # fmt: skip
PURCHASES = Entity(
    "Purchase Order", "purchases", "purchaseorder", ("name",),
    {"number": of("name"), "supplier_ref": of("supplier", read=typed("Supplier")),
     "status": of("status"), "ordered": needed("transaction_date"),
     "acknowledged": of("order_confirmation_date"), "currency": of("currency"),
     "buyer": of("owner")},
    updated=STAMP, finish=order,
)  # fmt: skip
PURCHASE_LINES = Entity(
    "Purchase Order Item", "purchases", "purchaseline", ("name",),
    {"order_ref": of("head.name"), "number": of("idx"), "item_ref": of("item_code"),
     "location_ref": of("warehouse"), "qty": needed("stock_qty", "qty"), "uom": of("stock_uom"),
     "unit_price": of("net_rate", "rate"), "requested_on": of("schedule_date"),
     "promised_on": of("expected_delivery_date"),
     "planned_on": of("expected_delivery_date", "schedule_date"), "status": of("head.status")},
    updated=OF_HEAD, also=("conversion_factor", "received_qty", "docstatus"), finish=purchase_line,
)  # fmt: skip
SALES = Entity(
    "Sales Order", "sales", "salesorder", ("name",),
    {"number": of("name"), "customer_ref": of("customer", read=typed("Customer")),
     "status": of("status"), "ordered": needed("transaction_date"), "amount": of("net_total"),
     "currency": of("currency"), "owner": of("owner")},
    updated=STAMP, finish=order,
)  # fmt: skip
SALES_LINES = Entity(
    "Sales Order Item", "sales", "salesline", ("name",),
    {"order_ref": of("head.name"), "number": of("idx"), "item_ref": of("item_code"),
     "location_ref": of("warehouse"), "qty": needed("stock_qty", "qty"), "uom": of("stock_uom"),
     "unit_price": of("net_rate", "rate"), "promised_on": of("delivery_date"),
     "status": of("head.status")},
    updated=OF_HEAD, also=("conversion_factor", "delivered_qty", "docstatus"), finish=sales_line,
)  # fmt: skip


def _goods(kind: str, table: str, order: str, line: str, back: str, fields: dict[str, Field],
           name: str) -> Entity:  # fmt: skip
    """Goods that a document of another type than the order moved, by its lines."""
    return Entity(
        kind, table, table, ("name",),
        {"line_ref": of(line), "order_ref": of(order), "item_ref": of("item_code"),
         "location_ref": of("warehouse"), "doc": of("head.name"),
         "qty": needed("stock_qty", "qty"), "reversal_of": of(back), **fields},
        updated=OF_HEAD, also=("head.posting_time", "head.docstatus"), finish=moved(name),
    )  # fmt: skip


IN = {"received": needed("head.posting_date"), "posted_at": of("head.creation")}
OUT = {"shipped": needed("head.posting_date")}
BY_CARRIER = {**OUT, "carrier": of("head.transporter_name", "head.transporter"),
              "tracking": of("head.lr_no")}  # fmt: skip
RECEIPTS = _goods("Purchase Receipt Item", "receipt", "purchase_order", "purchase_order_item",
                  "purchase_receipt_item", IN, "received")  # fmt: skip
BILLED_IN = _goods("Purchase Invoice Item", "receipt", "purchase_order", "po_detail",
                   "purchase_invoice_item", IN, "received")  # fmt: skip
DELIVERIES = _goods("Delivery Note Item", "shipment", "against_sales_order", "so_detail",
                    "dn_detail", BY_CARRIER, "shipped")  # fmt: skip
BILLED_OUT = _goods("Sales Invoice Item", "shipment", "sales_order", "so_detail",
                    "sales_invoice_item", OUT, "shipped")  # fmt: skip
WORK = Entity(
    "Work Order", "make_orders", "makeorder", ("name",),
    {"number": of("name"), "item_ref": of("production_item"), "location_ref": of("fg_warehouse"),
     "qty": needed("qty"), "done_qty": of("produced_qty"), "status": of("status"),
     "released": of("creation"), "planned_start_on": of("planned_start_date"),
     "planned_finish_on": of("planned_end_date", "expected_delivery_date"),
     "started": of("actual_start_date"), "finished": of("actual_end_date")},
    updated=STAMP, finish=make_order,
)  # fmt: skip
BOM_LINES = Entity(
    "BOM Item", "bom_lines", "bomline", ("name",),
    {"item_ref": needed("head.item"), "component_ref": needed("item_code"),
     "qty": needed("stock_qty", "qty")},
    updated=OF_HEAD, also=("head.quantity",), finish=bom_line,
)  # fmt: skip
MOVES = Entity(
    "Stock Ledger Entry", "stock_moves", "stockmove", ("name",),
    {"item_ref": needed("item_code"), "qty": needed("actual_qty"),
     "value": of("stock_value_difference"), "moved": needed("posting_date"),
     "doc": of("voucher_no")},
    updated=STAMP,
    also=("posting_time", "warehouse", "voucher_type", "is_cancelled", "company"),
    finish=stock_move,
)  # fmt: skip
LEVELS = Entity(
    "Bin", "stock_levels", "stocklevel", ("name",),
    {"item_ref": needed("item_code"), "location_ref": of("warehouse"), "part": of("name"),
     "as_of": needed("modified"), "on_hand": needed("actual_qty"), "reserved": of("reserved_stock"),
     "on_order": of("ordered_qty"), "value": of("stock_value")},
    updated=STAMP, finish=stock_level,
)  # fmt: skip


def _invoices(kind: str, direction: str, party: str, who: str) -> Entity:
    return Entity(
        kind, "invoices", "invoice", ("_type", "name"),
        {"number": of("name"), "party_ref": of(party, read=typed(who)), "amount": of("net_total"),
         "currency": of("currency"), "issued": needed("posting_date"), "due_on": of("due_date")},
        updated=STAMP, constants={"direction": direction}, finish=invoice,
        also=("outstanding_amount", "docstatus"),
    )  # fmt: skip


LOTS = Entity(
    "Batch", "lots", "lot", ("name",),
    {"item_ref": needed("item"), "number": needed("batch_id", "name"),
     "expires_on": of("expiry_date"), "qty": of("batch_qty")},
    updated=STAMP,
)  # fmt: skip
USED = Entity(
    "Stock Entry Detail", "consumptions", "consumption", ("name",),
    {"make_ref": of("head.work_order"), "item_ref": needed("item_code"),
     "qty": needed("transfer_qty", "qty"), "consumed": needed("head.posting_date")},
    updated=OF_HEAD,
    also=("head.posting_time", "head.docstatus", "head.purpose", "s_warehouse", "t_warehouse",
          "is_finished_item", "is_scrap_item"),
    finish=consumption,
)  # fmt: skip

UPDATES_STOCK = (*BOOKED, ["update_stock", "=", 1])

# By stream, the documents that it reads.
STREAMS: dict[str, tuple[Docs, ...]] = {
    "parties": (Docs("Supplier", SUPPLIERS), Docs("Customer", CUSTOMERS)),
    "items": (Docs("Item", ITEMS, adds=("currency",)),),
    "warehouses": (Docs("Warehouse", WAREHOUSES),),
    "purchases": (
        Docs("Purchase Order", PURCHASES, PURCHASE_LINES, BOOKED, OPEN, is_amended=True),
    ),
    "receipts": (
        Docs("Purchase Receipt", None, RECEIPTS, BOOKED,
             orders="Purchase Order", order="purchase_order", line="purchase_order_item"),
        Docs("Purchase Invoice", None, BILLED_IN, UPDATES_STOCK,
             orders="Purchase Order", order="purchase_order", line="po_detail"),
    ),
    "sales": (Docs("Sales Order", SALES, SALES_LINES, BOOKED, OPEN, is_amended=True),),
    "shipments": (
        Docs("Delivery Note", None, DELIVERIES, BOOKED, orders="Sales Order",
             order="against_sales_order", line="so_detail"),
        Docs("Sales Invoice", None, BILLED_OUT, UPDATES_STOCK, orders="Sales Order",
             order="sales_order", line="so_detail"),
    ),
    "stock_levels": (Docs("Bin", LEVELS, adds=("currency",)),),
    "stock_moves": (
        Docs("Stock Ledger Entry", MOVES, adds=("currency", "purpose"),
             alive=(["is_cancelled", "=", 0],)),
    ),
    "make_orders": (Docs("Work Order", WORK, None, BOOKED, OPEN),),
    "bom_lines": (
        Docs("BOM", None, BOM_LINES,
             (["docstatus", "=", 1], ["is_active", "=", 1], ["is_default", "=", 1])),
    ),
    "consumptions": (
        Docs("Stock Entry", None, USED, (*BOOKED, ["purpose", "in", list(CONSUMES)])),
    ),
    "invoices": (
        Docs("Sales Invoice", _invoices("Sales Invoice", "out", "customer", "Customer"), None,
             BOOKED, adds=("paid",)),
        Docs("Purchase Invoice", _invoices("Purchase Invoice", "in", "supplier", "Supplier"), None,
             BOOKED, adds=("paid",)),
    ),
    "lots": (Docs("Batch", LOTS),),
}  # fmt: skip
