from datetime import timedelta
from decimal import Decimal

import pytest

from storage.sources import SourceError
from storage.sources._business_central_reader import ORDERS_AT_ONCE, reads_of
from storage.sources._business_central_sets import ITEMS, MOVES, PURCHASE_LINES, RECEIPTS
from storage.sources._window import Window
from tests.storage.sources.fake_business_central import (
    FakeBusinessCentral,
    business_central,
    guid,
)


@pytest.fixture
def fake():
    return FakeBusinessCentral()


@pytest.fixture
def reader(fake):
    return business_central(fake, page=2).reader


def test_the_first_thing_asked_is_the_company_whose_answer_shows_the_clock(fake, reader):
    at = reader.now()
    assert abs(at - fake.now) < timedelta(seconds=1)
    assert [name for name, _, _ in fake.requests] == ["api/v2.0/companies"]
    reader.now()
    assert len(fake.requests) == 1


def test_of_a_record_with_lines_both_are_asked_for_what_is_said_of_them():
    reads = reads_of(PURCHASE_LINES, "orders")
    assert reads.stamp == ""
    assert {"id", "number", "status", "requestedReceiptDate"} == set(reads.fields)
    assert "expectedReceiptDate" in reads.expand["purchaseOrderLines"]
    assert not {"of", "line_ref"} & {*reads.fields, *reads.expand["purchaseOrderLines"]}


def test_only_the_ledger_goes_on_by_its_numbers():
    assert reads_of(MOVES, "entries").is_numbered
    assert not reads_of(ITEMS, "items").is_numbered
    assert reads_of(RECEIPTS, "receipts").stamp == "lastModifiedDateTime"


def test_costs_come_in_the_currency_of_the_company_which_is_asked_once(fake, reader):
    records = [{"id": "1", "number": "1"}, {"id": "2", "number": "2"}]
    assert {one["lcy"] for one in reader.flat(ITEMS, records)} == {"USD"}
    reader.flat(MOVES, records)
    assert sum("companyInformation" in name for name, _, _ in fake.requests) == 1


def test_what_moved_after_a_day_is_summed_by_item_over_all_pages(fake, reader):
    for number, (item, day, qty) in enumerate([
        ("A", "2026-03-01", 9), ("A", "2026-03-02", 3), ("B", "2026-03-02", 1),
        ("A", "2026-03-03", -1), ("A", "2026-03-04", 0.5),
    ]):  # fmt: skip
        fake.write("itemLedgerEntries", number, itemNumber=item, postingDate=day, quantity=qty)
    assert reader.moved_since("2026-03-01") == {"A": Decimal("2.5"), "B": Decimal(1)}


def test_a_quote_in_the_number_of_an_order_is_no_end_of_it(fake, reader):
    fake.order("O'Neil", [{"sequence": 10000, "lineObjectNumber": "A", "quantity": 1}])
    posted = [{"id": "r", "sequence": 10000, "lineObjectNumber": "A", "quantity": 1}]
    documents = [{"id": "d", "orderNumber": "O'Neil", "purchaseReceiptLines": posted}]
    (found,) = reader.for_lines(PURCHASE_LINES, RECEIPTS, documents)
    assert found["purchaseReceiptLines"][0]["line_ref"] == "O'Neil/10000"


def test_orders_are_named_so_many_at_once_that_no_url_is_too_long(fake, reader):
    documents = [
        {"id": str(one), "orderNumber": f"{one:020}", "purchaseReceiptLines": []}
        for one in range(ORDERS_AT_ONCE)
    ]
    reader.for_lines(PURCHASE_LINES, RECEIPTS, documents)
    asked = [asked["$filter"] for name, asked, _ in fake.requests if "purchaseOrders" in name]
    assert len(asked) == 1
    assert len(asked[0]) < 1_700


def test_a_needed_field_that_is_not_there_fails_by_name(fake, reader):
    fake.write("items", guid("i"), number="1", displayName="x")
    del fake.sets["items"].types["displayName"]
    del fake.sets["items"].types["number"]
    with pytest.raises(SourceError, match="items: no field 'number'"):
        list(reader.pages(ITEMS, Window(None, reader.now())))
