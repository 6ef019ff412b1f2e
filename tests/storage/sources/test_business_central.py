from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from storage.sources import SourceError, load
from storage.sources._http import TryLater
from storage.sources.business_central import SOURCE
from tests.storage.sources.conformance_steps import (
    Memory,
    spec_of,
)
from tests.storage.sources.fake_business_central import (
    COMPANY,
    FakeBusinessCentral,
    business_central,
    guid,
)
from tests.storage.sources.fake_odata4 import Set


@pytest.fixture
def fake():
    return FakeBusinessCentral()


def read(fake, stream, memory=None, **settings):
    """What a pull of a stream leaves in a store, an hour on."""
    fake.advance(3600)
    source = business_central(fake, **settings)
    memory = memory or Memory()
    spec = spec_of(source, stream)
    for page in source.pull(spec, memory.state):
        memory.apply(page)
    return memory


LINE = {"sequence": 10000, "lineObjectNumber": "1896-S", "quantity": 10}


def test_the_source_is_found_by_its_name():
    assert load()["business_central"] is SOURCE


def test_nothing_is_asked_before_it_is_used(fake):
    names = [spec.name for spec in business_central(fake).streams]
    assert names == [
        "partners", "items", "locations", "purchases", "purchase_lines", "receipts", "sales",
        "sale_lines", "shipments", "stock_levels", "stock_moves", "invoices",
    ]  # fmt: skip
    assert (fake.requests, fake.grants) == ([], 0)


def test_the_key_is_asked_for_at_the_other_host_once_and_again_when_it_is_refused(fake):
    read(fake, "items")
    assert fake.grants == 1
    fake.token = None
    read(fake, "items")
    assert fake.grants == 2


def test_a_wrong_secret_is_told_in_the_words_of_the_server_and_not_shown(fake):
    with pytest.raises(SourceError, match="gives no token: invalid_client") as caught:
        read(fake, "items", secret="no-such-secret")
    assert caught.value.permanent
    assert "no-such-secret" not in str(caught.value)


@pytest.mark.parametrize("company", ["CRONUS USA, Inc.", "CRONUS", COMPANY])
def test_a_company_is_found_by_its_name_or_id(fake, company):
    assert read(fake, "items", company=company).state


def test_a_company_that_is_not_there_is_refused_with_the_nearest(fake):
    with pytest.raises(SourceError, match=r"no company 'Cronus'; near: CRONUS USA, Inc\."):
        read(fake, "items", company="Cronus")


def test_a_posted_order_stays_and_its_receipts_complete_its_line(fake):
    fake.order("106015", [LINE])
    memory = read(fake, "purchase_lines")
    fake.receive("107031", "106015", [LINE], on="2026-03-02")
    fake.delete("purchaseOrders", guid("106015"))
    memory = read(fake, "purchase_lines", memory)
    (line,) = memory.living("purchaseline").items()
    (receipt,) = read(fake, "receipts").living("receipt").values()
    assert (line[0], line[1].get("cancelled_on")) == ("106015/10000", None)
    assert (receipt["line_ref"], receipt["qty"]) == (line[0], line[1]["qty"])


def test_a_line_deleted_from_an_open_order_goes(fake):
    second = {**LINE, "sequence": 20000}
    fake.order("106015", [LINE, second])
    memory = read(fake, "purchase_lines")
    fake.order("106015", [second])
    read(fake, "purchase_lines", memory)
    assert set(memory.living("purchaseline")) == {"106015/20000"}


def test_a_promise_that_moves_is_seen_though_neither_line_nor_order_say_they_changed(fake):
    id_ = fake.order("106015", [{**LINE, "expectedReceiptDate": "2026-04-01"}])
    memory = read(fake, "purchase_lines")
    (line,) = fake.sets["purchaseOrders"].rows[id_]["purchaseOrderLines"]
    line["expectedReceiptDate"] = "2026-04-20"
    read(fake, "purchase_lines", memory)
    (row,) = memory.living("purchaseline").values()
    assert row["promised_on"] == date(2026, 4, 20)


def test_goods_that_came_for_another_line_than_their_number_says_are_matched_by_item(fake):
    fake.order("106015", [LINE, {**LINE, "sequence": 20000, "lineObjectNumber": "1906-S"}])
    stray = {"sequence": 20000, "lineObjectNumber": "1896-S", "quantity": 4}
    fake.receive("107031", "106015", [stray], on="2026-03-02")
    (row,) = read(fake, "receipts").living("receipt").values()
    assert row["line_ref"] == "106015/10000"


def test_many_receipts_are_matched_with_few_requests(fake):
    for number in range(120):
        fake.order(f"P{number}", [LINE])
        fake.receive(f"R{number}", f"P{number}", [LINE], on="2026-03-02")
    assert len(read(fake, "receipts").living("receipt")) == 120
    orders = [name for name, _, _ in fake.requests if name.endswith("/purchaseOrders")]
    assert len(orders) == 3


def test_shipments_are_matched_as_receipts_are(fake):
    fake.write(
        "salesShipments", guid("S1"), number="S1", orderNumber="101001", postingDate="2026-03-02",
        salesShipmentLines=[{"id": "x", "lineType": "Item", **LINE}],
    )  # fmt: skip
    (row,) = read(fake, "shipments").living("shipment").values()
    assert (row["line_ref"], row["shipped_on"]) == ("101001/10000", date(2026, 3, 2))


def test_parties_come_from_two_sets_and_a_sweep_names_both(fake):
    fake.write("vendors", guid("v"), number="10000", displayName="London")
    fake.write("customers", guid("c"), number="10000", displayName="Adatum")
    memory = read(fake, "partners")
    assert set(memory.living("party")) == {"vendor/10000", "customer/10000"}
    fake.delete("vendors", guid("v"))
    source = business_central(fake)
    memory.sweep(source, spec_of(source, "partners"))
    assert set(memory.living("party")) == {"customer/10000"}


def test_an_invoice_that_is_reset_is_none_any_more(fake):
    bill = {"number": "103001", "invoiceDate": "2026-02-10", "customerNumber": "10000"}
    fake.write("salesInvoices", guid("b"), status="Open", **bill)
    memory = read(fake, "invoices")
    assert len(memory.living("invoice")) == 1
    fake.write("salesInvoices", guid("b"), status="Draft")
    assert read(fake, "invoices", memory).living("invoice") == {}


def test_stock_is_that_of_the_end_of_yesterday_where_the_company_is(fake):
    fake.now = datetime(2026, 3, 3, 4, tzinfo=UTC)  # the evening of the 2nd in Chicago
    fake.write("items", guid("i"), number="1896-S", type="Inventory", inventory=12)
    entry = {"itemNumber": "1896-S", "entryType": "Purchase"}
    fake.write("itemLedgerEntries", 1, postingDate="2026-03-01", quantity=9, **entry)
    fake.write("itemLedgerEntries", 2, postingDate="2026-03-02", quantity=3, **entry)
    (row,) = read(fake, "stock_levels", zone="America/Chicago").living("stocklevel").values()
    assert (row["on_hand"], row["location_ref"]) == (Decimal(9), "company")
    assert row["as_of"] == datetime(2026, 3, 2, 5, 59, 59, 999999, tzinfo=UTC)


def test_locations_are_told_with_the_ends_of_moves_which_no_sweep_takes_away(fake):
    fake.write("locations", guid("l"), code="EAST", displayName="East Warehouse")
    memory = read(fake, "locations")
    kinds = {key: row["kind"] for key, row in memory.living("location").items()}
    assert kinds == {
        guid("l"): "warehouse", "company": "warehouse", "supplier": "supplier",
        "customer": "customer", "inventory": "inventory", "production": "production",
    }  # fmt: skip
    source = business_central(fake)
    memory.sweep(source, spec_of(source, "locations"))
    assert len(memory.living("location")) == 6


def test_a_check_of_a_good_company_tells_its_zone_and_misses_nothing(fake):
    health = business_central(fake, zone="Europe/Berlin").check()
    assert (health.version, health.zone, health.missing) == ("v2.0", "Europe/Berlin", ())
    assert health.skew is not None


def test_a_check_names_what_may_not_be_read(fake):
    fake.denied = {"salesShipments"}
    (missing,) = business_central(fake).check().missing
    assert missing.startswith("salesShipments: ")
    assert "403" in missing


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"purchaseline": {"promised_on": "expectedReciptDate"}}, "near: expectedReceiptDate"),
        ({"purchaseline": {"promised_on": "of.orderDat"}}, "no field 'orderDat'; near: orderDate"),
        ({"item": {"category": "itemCategory"}}, "near: itemCategoryCode"),
    ],
)
def test_a_check_names_fields_of_ones_own_that_are_not_there(fake, own, words):
    (missing,) = business_central(fake, fields=own).check().missing
    assert words in missing


def test_a_field_of_ones_own_is_read(fake):
    fake.sets["purchaseOrders"].lists["purchaseOrderLines"]["promisedDate"] = "Date"
    fake.order("106015", [{**LINE, "promisedDate": "2026-05-01"}])
    own = {"purchaseline": {"promised_on": "promisedDate"}}
    (row,) = read(fake, "purchase_lines", fields=own).living("purchaseline").values()
    assert row["promised_on"] == date(2026, 5, 1)


def test_a_field_that_left_the_api_is_done_without_unless_it_is_needed(fake):
    fake.order("106015", [LINE])
    del fake.sets["purchaseOrders"].types["purchaser"]
    (row,) = read(fake, "purchases").living("purchaseorder").values()
    assert row["buyer"] is None
    del fake.sets["purchaseOrders"].types["number"]
    with pytest.raises(SourceError, match="purchaseOrders: no field 'number'"):
        read(fake, "purchases")


def test_fields_that_are_new_are_let_be(fake):
    fake.sets["items"].types["newField"] = "String"
    fake.write("items", guid("i"), number="1", displayName="x", newField="y")
    assert read(fake, "items").living("item")["1"]["name"] == "x"


def test_settings_that_name_nothing_are_refused(fake):
    with pytest.raises(SourceError, match="no stream 'sale' to skip"):
        business_central(fake, skip=("sale",))
    with pytest.raises(SourceError, match="production is publisher/group/version/entity"):
        business_central(fake, production="manufacturing")
    with pytest.raises(SourceError, match="near: purchaseline"):
        business_central(fake, fields={"purchaselines": {}})


def test_production_orders_come_from_a_page_of_ones_own(fake):
    types = {"id": "Guid", "number": "String", "source": "String", "amount": "Decimal",
             "due": "Date", "lastModifiedDateTime": "DateTimeOffset"}  # fmt: skip
    fake.sets["prodOrders"] = Set(types, "id", "lastModifiedDateTime")
    fake.custom["prodOrders"] = "api/contoso/production/v1.0"
    fake.write("prodOrders", guid("m"), number="101005", source="1896-S", amount=5,
               due="2026-04-01")  # fmt: skip
    settings = {
        "production": "contoso/production/v1.0/prodOrders",
        "fields": {"makeorder": {"item_ref": "source", "qty": "amount",
                                 "planned_finish_on": "due"}},
    }  # fmt: skip
    (row,) = read(fake, "make_orders", **settings).living("makeorder").values()
    assert (row["source_id"], row["item_ref"], row["qty"]) == ("101005", "1896-S", Decimal(5))
    assert row["planned_finish_on"] == date(2026, 4, 1)
    assert business_central(fake, **settings).check().missing == ()
    settings["fields"]["makeorder"] = {"qty": "amuont"}
    with pytest.raises(SourceError, match="near: amount"):
        read(fake, "make_orders", **settings)


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(fake):
    fake.fail_next("429_absurd")
    before = fake.now
    with pytest.raises(TryLater) as caught:
        read(fake, "items")
    assert caught.value.after == timedelta(days=365)
    assert fake.now - before < timedelta(hours=2)
