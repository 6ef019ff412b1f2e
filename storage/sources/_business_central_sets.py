"""Business Central's API v2.0 as a table of contents: which set becomes which table."""

from storage.sources import _business_central_map as m
from storage.sources._entity import Entity, moment, needed, of
from storage.sources._host import host


def _party(name: str, kind: str, **more: str) -> m.Part:
    fields = {
        "name": needed("displayName", "number"),
        "number": of("number"),
        "domain": of("website", "email", read=host),
        "vat": of("taxRegistrationNumber"),
        "country": of("country"),
        **{column: of(field) for column, field in more.items()},
    }
    entity = Entity(
        name, "partners", "party", ("party", "number"), fields, m.STAMP, {"kind": kind}
    )  # fmt: skip
    return m.Part(entity, {"party": "vendor" if kind == "supplier" else "customer"})


def _lines(orders: str, stream: str, table: str, **more: str) -> m.Part:
    """The lines of open orders."""
    fields = {
        "order_ref": needed("of.number"), "number": of("sequence"),
        "item_ref": of("lineObjectNumber"), "location_ref": of("locationId"),
        "qty": needed("quantity"), "uom": of("unitOfMeasureCode"),
        "status": of("of.status", read=m.option),
        **{column: of(field) for column, field in more.items()},
    }  # fmt: skip
    entity = Entity(
        orders, stream, table, ("of.number", "sequence"), fields,
        also=("lineType", "netAmount"), finish=m.line,
    )  # fmt: skip
    return m.Part(entity, lines=f"{orders.removesuffix('s')}Lines")


def _posted(documents: str, table: str, happened: str) -> m.Part:
    """The lines of posted documents, by which goods came in or went out."""
    fields = {
        "order_ref": of("of.orderNumber"), "item_ref": of("lineObjectNumber"),
        "doc": of("of.number"), "qty": needed("quantity"), happened: needed("of.postingDate"),
        "line_ref": of("line_ref"), "reversal_of": of("reversal_of"),
    }  # fmt: skip
    entity = Entity(
        documents, f"{table}s", table, ("id",), fields, f"of.{m.STAMP}",
        also=("lineType", "sequence"), finish=m.goods,
    )  # fmt: skip
    return m.Part(entity, lines=f"{documents.removesuffix('s')}Lines")


def _bill(name: str, direction: str, party: str) -> m.Part:
    """Invoices or credit notes. Posted, they keep their id and change their number."""
    kind = "vendor" if direction == "in" else "customer"
    issued = "creditMemoDate" if name.endswith("CreditMemos") else "invoiceDate"
    fields = {
        "number": of("number"),
        "party_ref": of(party, read=m.ref(kind)),
        "amount": of("totalAmountExcludingTax"),
        "currency": of("currencyCode"),
        "issued": needed(issued, "postingDate", read=moment),
        "due_on": of("dueDate"),
    }
    entity = Entity(
        name, "invoices", "invoice", ("id",), fields, m.STAMP, {"direction": direction},
        ("status",), m.invoice,
    )  # fmt: skip
    return m.Part(entity)


VENDORS = _party("vendors", "supplier")
CUSTOMERS = _party("customers", "customer", owner="salespersonCode")
ITEMS = m.Part(Entity(
    "items", "items", "item", ("number",),
    {
        "name": needed("displayName", "number"), "sku": of("number"),
        "category": of("itemCategoryCode"), "uom": of("baseUnitOfMeasureCode"),
        "unit_cost": of("unitCost"), "currency": of("lcy"),
    },
    m.STAMP, also=("type", "blocked"), finish=m.item,
))  # fmt: skip
LOCATIONS = m.Part(Entity(
    "locations", "locations", "location", ("id",),
    {"name": needed("displayName", "code"), "code": of("code")},
    m.STAMP, {"kind": "warehouse"},
))  # fmt: skip
PURCHASES = m.Part(Entity(
    "purchaseOrders", "purchases", "purchaseorder", ("number",),
    {
        "number": needed("number"), "supplier_ref": of("vendorNumber", read=m.ref("vendor")),
        "status": of("status", read=m.option), "ordered": of("orderDate"),
        "currency": of("currencyCode"), "buyer": of("purchaser"), "country": of("buyFromCountry"),
    },
    m.STAMP, finish=m.order,
))  # fmt: skip
PURCHASE_LINES = _lines(
    "purchaseOrders", "purchase_lines", "purchaseline", unit_price="directUnitCost",
    requested_on="of.requestedReceiptDate", promised_on="expectedReceiptDate",
)  # fmt: skip
RECEIPTS = _posted("purchaseReceipts", "receipt", "received")
SALES = m.Part(Entity(
    "salesOrders", "sales", "salesorder", ("number",),
    {
        "number": needed("number"), "customer_ref": of("customerNumber", read=m.ref("customer")),
        "status": of("status", read=m.option), "ordered": of("orderDate"),
        "requested_on": of("requestedDeliveryDate"), "amount": of("totalAmountExcludingTax"),
        "currency": of("currencyCode"), "owner": of("salesperson"),
    },
    m.STAMP, finish=m.order,
))  # fmt: skip
SALE_LINES = _lines(
    "salesOrders", "sale_lines", "salesline", unit_price="unitPrice",
    requested_on="of.requestedDeliveryDate", promised_on="shipmentDate",
)  # fmt: skip
SHIPMENTS = _posted("salesShipments", "shipment", "shipped")
MOVES = m.Part(Entity(
    "itemLedgerEntries", "stock_moves", "stockmove", ("entryNumber",),
    {
        "item_ref": needed("itemNumber"), "qty": needed("quantity"),
        "value": of("costAmountActual"),
        "moved": needed("postingDate"), "doc": of("documentNumber"),
    },
    m.STAMP, also=("entryType",), finish=m.move,
))  # fmt: skip
INVOICES = (
    _bill("salesInvoices", "out", "customerNumber"),
    _bill("purchaseInvoices", "in", "vendorNumber"),
    _bill("salesCreditMemos", "out", "customerNumber"),
    _bill("purchaseCreditMemos", "in", "vendorNumber"),
)
MAKE_ORDERS = Entity(
    "production", "make_orders", "makeorder", ("number",),
    {
        "number": needed("number"), "item_ref": of("itemNumber", "sourceNumber"),
        "location_ref": of("locationId"), "qty": needed("quantity"),
        "done_qty": of("finishedQuantity"), "status": of("status", read=m.option),
        "planned_start_on": of("startingDate"), "planned_finish_on": of("endingDate", "dueDate"),
        "started": of("startedDate"), "finished": of("finishedDate"),
    },
    m.STAMP,
)  # fmt: skip
