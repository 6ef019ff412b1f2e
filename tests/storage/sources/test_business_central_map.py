from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import _business_central_map as m
from storage.sources._business_central_sets import (
    CUSTOMERS,
    INVOICES,
    ITEMS,
    MOVES,
    PURCHASE_LINES,
    PURCHASES,
    RECEIPTS,
    SALE_LINES,
    SALES,
    VENDORS,
)

ZONE = ZoneInfo("America/Chicago")
STAMP = {"lastModifiedDateTime": "2026-03-02T03:15:06.789Z"}
NO_ID = "00000000-0000-0000-0000-000000000000"
# The shape of the vendor's own pages; values as its sample company has them.
ORDER = {
    "@odata.etag": 'W/"x"', "id": "0d4ab2a5-85ff-eb11-bb76-000d3a220646", "number": "106015",
    "orderDate": "2026-02-27", "postingDate": "2026-02-28", "vendorNumber": "30000",
    "vendorName": "Graphic Design Institute", "currencyCode": "USD", "purchaser": "RB",
    "buyFromCountry": "US", "requestedReceiptDate": "2026-03-20", "fullyReceived": False,
    "totalAmountExcludingTax": 2504.7, "status": "Open", **STAMP,
}  # fmt: skip
LINE = {
    "id": "5f4ab2a5-85ff-eb11-bb76-000d3a220646", "sequence": 10000, "itemId": "x",
    "lineType": "Item", "lineObjectNumber": "1906-S", "unitOfMeasureCode": "PCS", "quantity": 10,
    "directUnitCost": 250.47, "netAmount": 2254.2, "expectedReceiptDate": "2026-03-25",
    "locationId": NO_ID, "receivedQuantity": 0,
}  # fmt: skip


def made(part, record, **adds):
    """The rows of a record."""
    flat = part.flat(record, adds)
    return [row for row in (part.entity.row(one, ZONE) for one in flat) if row]


def test_an_order_is_known_by_its_number_and_ordered_on_a_day_of_its_own():
    (row,) = made(PURCHASES, ORDER)
    assert (row["source_id"], row["supplier_ref"]) == ("106015", "vendor/30000")
    assert (row["ordered_on"], row["status"]) == (date(2026, 2, 27), "Open")
    assert row["ordered_at"] == datetime(2026, 2, 28, 5, 59, 59, 999999, UTC)
    assert row["source_updated_at"] == datetime(2026, 3, 2, 3, 15, 6, 789000, UTC)
    assert (row["buyer"], row["country"], row["currency"]) == ("RB", "US", "USD")


@pytest.mark.parametrize(
    ("status", "shown"), [("Draft", "Draft"), ("In_x0020_Review", "In Review")]
)
def test_a_draft_is_not_ordered_and_promises_nothing(status, shown):
    draft = {**ORDER, "status": status}
    (row,) = made(PURCHASES, draft)
    assert (row["status"], row["ordered_on"], row["ordered_at"]) == (shown, None, None)
    (line,) = made(PURCHASE_LINES, {**draft, "purchaseOrderLines": [LINE]})
    assert (line["promised_first"], line["promised_on"]) == (None, None)


def test_a_line_keeps_what_was_asked_and_what_was_promised_apart_and_its_price_is_net():
    (row,) = made(PURCHASE_LINES, {**ORDER, "purchaseOrderLines": [LINE]})
    assert row == {
        "source_id": "106015/10000", "order_ref": "106015", "number": "10000",
        "item_ref": "1906-S", "location_ref": None, "qty": Decimal(10), "uom": "PCS",
        "unit_price": Decimal("225.42"), "requested_on": date(2026, 3, 20),
        "promised_first": date(2026, 3, 25), "promised_on": date(2026, 3, 25), "status": "Open",
    }  # fmt: skip


def test_a_date_that_is_not_there_is_null_and_not_the_year_one():
    order = {**ORDER, "requestedReceiptDate": "0001-01-01"}
    line = {**LINE, "expectedReceiptDate": "0001-01-01", "quantity": 0}
    (row,) = made(PURCHASE_LINES, {**order, "purchaseOrderLines": [line]})
    assert (row["requested_on"], row["promised_on"], row["qty"]) == (None, None, Decimal(0))
    assert row["unit_price"] == Decimal("250.47")


@pytest.mark.parametrize("kind", ["Comment", "Account", "Charge", "Resource", "_x0020_"])
def test_lines_without_goods_are_none(kind):
    line = {**LINE, "lineType": kind}
    assert made(PURCHASE_LINES, {**ORDER, "purchaseOrderLines": [line]}) == []


def test_a_sale_has_the_day_that_the_customer_asked_for():
    order = {
        "id": "x", "number": "101001", "orderDate": "2026-02-27", "customerNumber": "10000",
        "requestedDeliveryDate": "2026-03-05", "totalAmountExcludingTax": 400.0, "status": "Open",
        "currencyCode": "USD", "salesperson": "JO", **STAMP,
    }  # fmt: skip
    line = {**LINE, "unitPrice": 40, "shipmentDate": "2026-03-06", "netAmount": 400}
    (sale,) = made(SALES, order)
    assert (sale["customer_ref"], sale["requested_on"]) == ("customer/10000", date(2026, 3, 5))
    assert (sale["owner"], sale["amount"]) == ("JO", Decimal("400.0"))
    (row,) = made(SALE_LINES, {**order, "salesOrderLines": [line]})
    assert (row["requested_on"], row["promised_on"]) == (date(2026, 3, 5), date(2026, 3, 6))
    assert (row["source_id"], row["unit_price"]) == ("101001/10000", Decimal(40))


def test_a_receipt_is_known_at_the_end_of_its_posting_day_where_the_company_is():
    posted = {
        "id": "y", "number": "107031", "postingDate": "2026-03-08", "orderNumber": "106015",
        "vendorNumber": "30000", **STAMP,
        "purchaseReceiptLines": [
            {**LINE, "id": "r1", "line_ref": "106015/10000", "reversal_of": None},
            {**LINE, "id": "r2", "lineType": "_x0020_", "quantity": 0},
            {**LINE, "id": "r3", "quantity": 0},
        ],
    }  # fmt: skip
    (row,) = made(RECEIPTS, posted)
    assert (row["source_id"], row["line_ref"], row["order_ref"]) == (
        "r1", "106015/10000", "106015",
    )  # fmt: skip
    assert (row["qty"], row["doc"], row["received_on"]) == (Decimal(10), "107031", date(2026, 3, 8))
    # the clocks went forward on that day
    assert row["received_at"] == datetime(2026, 3, 9, 4, 59, 59, 999999, UTC)


ENTRY = {
    "id": "44a76d24-52ff-eb11-bb76-000d3a220646", "entryNumber": 1, "itemNumber": "1100",
    "postingDate": "2026-02-01", "entryType": "Positive_x0020_Adjmt_x002E_", "sourceNumber": "",
    "sourceType": "_x0020_", "documentNumber": "START-MANF", "documentType": "_x0020_",
    "quantity": 200, "salesAmountActual": 0, "costAmountActual": 25934.2, **STAMP,
}  # fmt: skip


def test_an_entry_of_the_ledger_is_a_move_with_its_value():
    (row,) = made(MOVES, ENTRY, lcy="USD")
    assert (row["source_id"], row["item_ref"], row["doc"]) == ("1", "1100", "START-MANF")
    assert (row["from_ref"], row["to_ref"], row["qty"]) == ("inventory", "company", Decimal(200))
    assert (row["value"], row["currency"]) == (Decimal("25934.2"), "USD")
    assert row["moved_on"] == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("kind", "qty", "ends"),
    [
        ("Purchase", 3, ("supplier", "company")), ("Purchase", -3, ("company", "supplier")),
        ("Sale", -3, ("company", "customer")), ("Sale", 3, ("customer", "company")),
        ("Negative_x0020_Adjmt_x002E_", -3, ("company", "inventory")),
        ("Output", 3, ("production", "company")), ("Consumption", -3, ("company", "production")),
        ("Assembly_x0020_Output", 3, ("production", "company")),
    ],
)  # fmt: skip
def test_where_goods_went_to_or_came_from_is_said_by_the_type_and_the_sign(kind, qty, ends):
    (row,) = made(MOVES, {**ENTRY, "entryType": kind, "quantity": qty}, lcy="USD")
    assert ((row["from_ref"], row["to_ref"]), row["qty"]) == (ends, Decimal(3))


def test_a_transfer_within_the_company_moves_nothing_in_or_out():
    assert made(MOVES, {**ENTRY, "entryType": "Transfer"}, lcy="USD") == []


def test_an_entry_that_is_not_invoiced_yet_has_no_value_and_not_one_of_nothing():
    (row,) = made(MOVES, {**ENTRY, "costAmountActual": 0}, lcy="USD")
    assert (row["value"], row["currency"]) == (None, None)


def test_vendors_and_customers_of_the_same_number_are_two():
    record = {"id": "v", "number": "10000", "displayName": "London", "website": "", **STAMP,
              "email": "a@www.x.example", "taxRegistrationNumber": "", "country": "GB"}  # fmt: skip
    (vendor,) = made(VENDORS, record)
    (customer,) = made(CUSTOMERS, {**record, "website": "https://x.example:8080/shop"})
    assert (vendor["source_id"], customer["source_id"]) == ("vendor/10000", "customer/10000")
    assert (vendor["kind"], customer["kind"]) == ("supplier", "customer")
    assert (vendor["vat"], vendor["domain"], customer["domain"]) == (None, "x.example", "x.example")


def test_items_are_goods_or_services_and_those_that_are_blocked_are_not_active():
    record = {"id": "i", "number": "1896-S", "displayName": "ATHENS Desk", "type": "Inventory",
              "itemCategoryCode": "TABLE", "baseUnitOfMeasureCode": "PCS", "unitCost": 780.7,
              "blocked": False, **STAMP}  # fmt: skip
    (row,) = made(ITEMS, record, lcy="USD")
    assert (row["name"], row["uom"], row["unit_cost"]) == ("ATHENS Desk", "PCS", Decimal("780.7"))
    assert (row["is_service"], row["is_active"], row["currency"]) == (False, True, "USD")
    (row,) = made(ITEMS, {**record, "type": "Service", "blocked": True}, lcy="USD")
    assert (row["is_service"], row["is_active"]) == (True, False)


BILL = {"id": "b", "number": "103001", "invoiceDate": "2026-02-10", "postingDate": "2026-02-11",
        "dueDate": "2026-03-10", "customerNumber": "10000", "totalAmountExcludingTax": 100.5,
        "currencyCode": "USD", "status": "Open", **STAMP}  # fmt: skip


def test_a_posted_invoice_is_one_and_a_paid_one_says_about_when():
    out = INVOICES[0]
    (row,) = made(out, BILL)
    assert (row["issued_on"], row["due_on"]) == (date(2026, 2, 10), date(2026, 3, 10))
    assert (row["party_ref"], row["direction"], row["paid_on"]) == ("customer/10000", "out", None)
    (row,) = made(out, {**BILL, "status": "Paid"})
    assert row["paid_on"] == date(2026, 3, 1)  # the evening of its stamp, where the company is


@pytest.mark.parametrize("status", ["Draft", "In_x0020_Review", "_x0020_", ""])
def test_what_is_not_posted_is_no_invoice(status):
    assert made(INVOICES[0], {**BILL, "status": status}) == []


def test_a_credit_note_is_negative():
    note = {**BILL, "creditMemoDate": "2026-02-12", "vendorNumber": "30000"}
    (row,) = made(INVOICES[3], note)
    assert (row["amount"], row["direction"]) == (Decimal("-100.5"), "in")
    assert (row["party_ref"], row["issued_on"]) == ("vendor/30000", date(2026, 2, 12))


def test_stock_of_a_day_is_what_is_there_without_what_came_after_it():
    at = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    item = {"number": "1896-S", "type": "Inventory", "inventory": 12}
    row = m.stock(item, Decimal(5), at, ZONE)
    assert (row["item_ref"], row["on_hand"], row["location_ref"]) == (
        "1896-S", Decimal(7), "company",
    )  # fmt: skip
    assert m.stock({**item, "type": "Non_x002D_Inventory"}, Decimal(0), at, ZONE) is None
