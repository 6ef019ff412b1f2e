from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources._netsuite_map import SHEETS

PACIFIC = ZoneInfo("America/Los_Angeles")
STAMP = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(name, /, **record):
    entity = next(one.entity for one in SHEETS if one.entity.name == name)
    return entity.row({"stamp": STAMP, **record}, PACIFIC)


def test_a_vendor_and_a_customer_are_parties():
    made = row("vendor", id="12", number="V-12", companyname="Acme", website="www.acme.example")
    assert made["source_id"] == "12"
    assert (made["name"], made["kind"], made["domain"]) == ("Acme", "supplier", "acme.example")
    person = row("customer", id="13", number="Ann Lee", altname="", companyname="", parent="9")
    assert (person["name"], person["kind"], person["parent_ref"]) == ("Ann Lee", "customer", "9")


def test_an_item():
    made = row("item", id="7", sku="BOLT", itemtype="InvtPart", isinactive="F", cost="1.5")
    assert (made["name"], made["is_service"], made["is_active"]) == ("BOLT", False, True)
    assert row("item", id="8", sku="HOUR", itemtype="Service", isinactive="T")["is_service"]


@pytest.mark.parametrize(
    ("status", "ordered", "cancelled"),
    [
        ("B", date(2026, 2, 1), None),
        ("PurchOrd:B", date(2026, 2, 1), None),
        ("A", None, None),
        ("C", None, date(2026, 3, 2)),
        ("H", date(2026, 2, 1), date(2026, 2, 20)),
    ],
)
def test_a_purchase_is_ordered_once_it_is_approved_and_off_once_it_is_closed(
    status, ordered, cancelled
):
    closed = "2026-02-20" if status == "H" else None
    made = row("purchase order", id="1", number="PO1", party="12", status=status,
               state="Purchase Order : Pending Receipt", ordered="2026-02-01", closedate=closed,
               symbol="USD")  # fmt: skip
    assert (made["ordered_on"], made["cancelled_on"]) == (ordered, cancelled)
    assert (made["status"], made["currency"]) == ("Pending Receipt", "USD")


def test_a_date_stays_the_day_that_it_is():
    made = row("purchase order", id="1", number="PO1", status="B", ordered="2026-02-01")
    assert made["ordered_on"] == date(2026, 2, 1)
    assert made["ordered_at"] == datetime(2026, 2, 2, 7, 59, 59, 999_999, UTC)


def test_a_line_of_a_purchase_with_its_promise():
    made = row("purchase line", doc="1", line="2", item="7", qty="10", rate="2.5", closed="F",
               promised="2026-04-01", requested="2026-03-20", number="1")  # fmt: skip
    assert (made["source_id"], made["order_ref"]) == ("1/2", "1")
    assert (made["promised_on"], made["requested_on"]) == (date(2026, 4, 1), date(2026, 3, 20))
    assert made["promised_first"] == date(2026, 4, 1)
    assert made["cancelled_at"] is None


def test_a_line_that_was_closed_waits_no_more():
    made = row("purchase line", doc="1", line="2", qty="10", closed="T")
    assert (made["status"], made["cancelled_at"]) == ("closed", STAMP)


def test_quantities_of_sales_are_negative_there_and_not_here():
    assert row("sales line", doc="1", line="2", qty="-10", closed="F")["qty"] == Decimal(10)


def test_a_receipt_is_of_the_line_that_it_is_linked_to():
    made = row("item receipt", doc="5", line="1", number="IR5", item="7", qty="4",
               on_day="2026-03-01", source_doc="1", source_line="2",
               posted="2026-03-01 15:00:00")  # fmt: skip
    assert (made["line_ref"], made["order_ref"], made["received_on"]) == (
        "1/2", "1", date(2026, 3, 1),
    )  # fmt: skip
    assert made["posted_at"] == datetime(2026, 3, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize(("status", "is_one"), [("A", False), ("B", False), ("C", True)])
def test_what_is_only_picked_or_packed_is_no_shipment(status, is_one):
    made = row("item fulfillment", doc="5", line="1", qty="-4", on_day="2026-03-01",
               source_doc="1", source_line="2", status=status)  # fmt: skip
    assert (made is not None) == is_one
    assert not made or (made["qty"], made["line_ref"]) == (Decimal(4), "1/2")


def test_a_work_order_is_released_when_it_is_more_than_a_plan():
    made = row("work order", id="9", number="WO9", item="7", qty="100", done="40", status="D",
               ordered="2026-02-01", planned_finish="2026-04-01",
               started="2026-02-10")  # fmt: skip
    assert (made["released_on"], made["started_on"]) == (date(2026, 2, 1), date(2026, 2, 10))
    assert (made["planned_finish_on"], made["done_qty"]) == (date(2026, 4, 1), 40)
    plan = row("work order", id="9", number="WO9", qty="1", status="A", ordered="2026-02-01")
    assert plan["released_on"] is None
    off = row("work order", id="9", number="WO9", qty="1", status="C", ordered="2026-02-01")
    assert off["cancelled_at"] == STAMP


@pytest.mark.parametrize(
    ("kind", "status", "net", "direction", "amount", "paid"),
    [
        ("CustInvc", "A", "-100", "out", 100, None),
        ("CustInvc", "B", "-100", "out", 100, date(2026, 3, 1)),
        ("CustCred", "A", "30", "out", -30, None),
        ("VendBill", "B", "70", "in", 70, date(2026, 3, 1)),
        ("VendCred", "B", "-5", "in", -5, None),
    ],
)
def test_an_invoice_is_without_tax_and_a_credit_negative(
    kind, status, net, direction, amount, paid
):
    made = row("invoice", id="20", number="I20", type=kind, status=status, net=net,
               ordered="2026-02-01", due="2026-03-03", closedate="2026-03-01")  # fmt: skip
    assert (made["direction"], made["amount"], made["paid_on"]) == (direction, amount, paid)


def test_an_invoice_that_waits_or_is_void_is_none():
    assert row("invoice", id="1", type="VendBill", status="D", ordered="2026-02-01") is None
    void = {"type": "CustInvc", "status": "A", "voided": "T"}
    assert row("invoice", id="1", ordered="2026-02-01", **void) is None


def test_what_lies_where_since_it_last_changed():
    made = row("inventory", item="7", location="2", on_hand="10", committed="3", on_order="5",
               value="15.5", changed="2026-02-01", today=date(2026, 3, 2))  # fmt: skip
    assert (made["source_id"], made["part"], made["reserved"]) == ("7/2", "7/2", 3)
    assert made["as_of"] == datetime(2026, 2, 1, 8, tzinfo=UTC)
    never = row("inventory", item="7", location="2", on_hand="1", today=date(2026, 3, 2))
    assert never["as_of"] == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert row("inventory", item="7", location="2", on_hand="0") is None


def test_a_place_within_a_site():
    assert row("location", id="1", name="Main")["kind"] == "warehouse"
    made = row("location", id="2", name="Shelf", parent="1")
    assert (made["kind"], made["site_ref"]) == ("internal", "1")
