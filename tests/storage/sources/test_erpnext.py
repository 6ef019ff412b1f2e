from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.sources import SourceError, load
from storage.sources._http import TryLater
from storage.sources._rest import Refused
from storage.sources.erpnext import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import FEW
from tests.storage.sources.conformance_steps import pulled as drain
from tests.storage.sources.conformance_steps import spec_of
from tests.storage.sources.erpnext_harness import LedgerHarness, PurchaseHarness, erpnext
from tests.storage.sources.erpnext_world import amend, purchase, purchase_line, receipt, sale
from tests.storage.sources.fake_frappe import FakeFrappe


@pytest.fixture
def opened():
    made = []
    yield made
    for source in made:
        source.http.close()


@pytest.fixture
def fake():
    return FakeFrappe()


class TestPurchases(Conformance):
    """Documents with lines, read by (modified, name)."""

    @pytest.fixture
    def harness(self, fake, opened):
        return PurchaseHarness(fake, opened)


@pytest.mark.slow
class TestPurchasesWhileClocksGoBack(Conformance):
    """An hour of stamps comes twice, a few minutes after the site opens."""

    changes = FEW

    @pytest.fixture
    def harness(self, opened):
        return PurchaseHarness(FakeFrappe(datetime(2026, 10, 24, 22, 55, tzinfo=UTC)), opened)


@pytest.mark.slow
class TestPurchasesWithoutTombstones(Conformance):
    """The user may not read what was deleted: the sweep finds it."""

    changes = FEW

    @pytest.fixture
    def harness(self, fake, opened):
        fake.refused.add("Deleted Document")
        return PurchaseHarness(fake, opened)


class TestStockMoves(Conformance):
    @pytest.fixture
    def harness(self, fake, opened):
        return LedgerHarness(fake, opened)


@pytest.fixture
def site(fake, opened):
    """Opens the source anew."""
    return lambda **settings: erpnext(fake, opened, **settings)


def test_the_source_is_found_by_its_name():
    assert load()["erpnext"] is SOURCE


def test_nothing_is_asked_before_it_is_used(site, fake):
    assert [spec.name for spec in site(skip=("lots",)).streams] == [
        "parties", "items", "warehouses", "purchases", "receipts", "sales", "shipments",
        "stock_levels", "stock_moves", "make_orders", "bom_lines", "consumptions", "invoices",
    ]  # fmt: skip
    assert fake.requests == []


def test_a_check_tells_the_version_and_the_zone(site):
    health = site().check()
    assert (health.version, health.zone, health.missing) == ("15.38.2", "Europe/Berlin", ())


def test_a_check_names_what_is_not_there_and_what_is_not_for_us(site, fake):
    fake.refused |= {"Bin", "System Settings", "get_time_zone"}
    fake.absent.add("Work Order")
    own = {"purchaseline": {"promised_on": "custom_promis"}}
    missing = " | ".join(site(fields=own).check().missing)
    assert "no field 'custom_promis'; near: custom_promise" in missing
    assert "stock_levels: " in missing
    assert "give its user a role that reads Bin" in missing
    assert "make_orders: " in missing
    assert "let its user read System Settings; UTC is taken for it" in missing


def test_a_wrong_key_is_refused_at_once(site):
    source = site()
    source.http.headers["Authorization"] = "token key:wrong"
    with pytest.raises(Refused, match=r"refuses the key .401.: renew it"):
        source.check()


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"skip": ("lot",)}, "no stream 'lot' to skip; near: lots"), ({"page": 0}, "page must be 1"),
     ({"fields": {"purchaseline": {"promise": "x"}}}, "'promise'; near: promised_first")],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(site, settings, said):
    with pytest.raises(SourceError, match=said):
        site(**settings)


def test_suppliers_and_customers_of_one_name_are_two_parties(site, fake):
    fake.save("Supplier", {"name": "Acme", "supplier_name": "Acme", "country": "Sweden",
                           "website": "www.acme.example", "tax_id": "SE1"})  # fmt: skip
    fake.save("Customer", {"name": "Acme", "customer_name": "Acme", "customer_group": "Retail"})
    fake.advance(2)
    found = drain(site(), "parties").living("party")
    assert {key: row["kind"] for key, row in found.items()} == {
        "Supplier/Acme": "supplier", "Customer/Acme": "customer",
    }  # fmt: skip
    assert found["Supplier/Acme"]["domain"] == "acme.example"


def test_the_places_outside_of_all_warehouses_come_with_the_warehouses(site, fake):
    fake.save("Warehouse", {"name": "Stores - O", "warehouse_name": "Stores", "is_group": 0})
    fake.advance(2)
    source = site()
    found = drain(source, "warehouses").living("location")
    assert set(found) == {"Stores - O", "~supplier", "~customer", "~production", "~inventory",
                          "~transit"}  # fmt: skip
    named = [one for _, ids in source.ids(spec_of(source, "warehouses")) for one in ids]
    assert set(named) == set(found)


def test_an_amended_order_goes_on_as_the_one_it_was(site, fake):
    purchase(fake, "PO-1", [purchase_line("a"), purchase_line("b", item_code="NUT")])
    memory = drain(site(), "purchases")
    later = [purchase_line("n", expected_delivery_date="2026-04-01")]
    amend(fake, "PO-1", "PO-1-1", later)
    drain(site(), "purchases", memory)
    (order,) = memory.living("purchaseorder").values()
    assert (order["source_id"], order["number"], order["cancelled_at"]) == ("PO-1", "PO-1-1", None)
    lines = memory.living("purchaseline")
    assert set(lines) == {"a", "b"}
    assert (lines["a"]["promised_on"], lines["a"]["cancelled_at"]) == (date(2026, 4, 1), None)
    assert lines["b"]["cancelled_at"] is not None
    receipt(fake, order="PO-1-1", line="n")
    (goods,) = drain(site(), "receipts").living("receipt").values()
    assert (goods["line_ref"], goods["order_ref"]) == ("a", "PO-1")


def test_a_cancelled_order_says_so(site, fake):
    purchase(fake)
    memory = drain(site(), "purchases")
    fake.cancel("Purchase Order", "PO-1")
    fake.advance(600)
    drain(site(), "purchases", memory)
    assert all(row["cancelled_at"] for row in memory.living("purchaseline").values())
    assert memory.living("purchaseorder")["PO-1"]["status"] == "Cancelled"


def test_a_draft_is_no_order(site, fake):
    purchase(fake, docstatus=0)
    fake.advance(2)
    assert drain(site(), "purchases").living("purchaseorder") == {}


def test_open_orders_are_read_again_by_the_hour_for_what_bears_no_new_stamp(site, fake):
    purchase(fake)
    purchase(fake, "PO-2", status="Completed")
    fake.advance(60)
    memory = drain(site(), "purchases")
    fake.advance(900)
    drain(site(), "purchases", memory)  # from now on the overlap of the windows lies behind it
    fake.db_set("Purchase Order Item", "PO-1-a", expected_delivery_date="2026-05-05")
    fake.advance(1800)
    drain(site(), "purchases", memory)
    assert memory.living("purchaseline")["PO-1-a"]["promised_on"] == date(2026, 3, 12)
    fake.advance(1800)
    fake.requests.clear()
    drain(site(), "purchases", memory)
    assert memory.living("purchaseline")["PO-1-a"]["promised_on"] == date(2026, 5, 5)
    again = [asked["filters"] for path, asked in fake.requests
             if path.endswith("Purchase Order") and "not in" in asked["filters"]]  # fmt: skip
    assert len(again) == 1


def test_an_order_changed_in_the_second_pass_of_an_hour_is_not_older_than_in_the_first(site, fake):
    fake.now = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    purchase(fake)
    fake.advance(60)
    memory = drain(site(), "purchases")
    fake.advance(1800)  # the clock of the site shows 02:11 again
    purchase(fake, lines=[purchase_line("PO-1-a", stock_qty=36.0)])
    fake.advance(60)
    drain(site(), "purchases", memory)
    assert memory.living("purchaseline")["PO-1-a"]["qty"] == Decimal(36)


def test_the_stream_fails_by_the_name_of_a_needed_field_and_lives_without_the_others(site, fake):
    purchase(fake)
    fake.advance(2)
    fake.types["Purchase Order"].remove("order_confirmation_date")
    assert drain(site(), "purchases").living("purchaseorder")["PO-1"]["acknowledged_on"] is None
    fake.types["Purchase Order"].remove("transaction_date")
    with pytest.raises(SourceError, match="no field 'transaction_date'"):
        drain(site(), "purchases")


def test_goods_that_an_invoice_books_in_count_and_so_do_deliveries(site, fake):
    purchase(fake)
    sale(fake)
    fake.save("Purchase Invoice", {"name": "PI-1", "docstatus": 1, "update_stock": 1,
              "posting_date": "2026-02-25", "posting_time": "8:00:00"},
              **{"Purchase Invoice Item": [{"name": "pi-a", "stock_qty": 12.0, "item_code": "BOLT",
                 "purchase_order": "PO-1", "po_detail": "PO-1-a"}]})  # fmt: skip
    fake.save("Delivery Note", {"name": "DN-1", "docstatus": 1, "posting_date": "2026-02-26",
              "posting_time": "8:00:00", "transporter_name": "Fast", "lr_no": "T1"},
              **{"Delivery Note Item": [{"name": "dn-a", "stock_qty": 12.0, "item_code": "BOLT",
                 "against_sales_order": "SO-1", "so_detail": "SO-1-a"}]})  # fmt: skip
    fake.advance(2)
    (came,) = drain(site(), "receipts").living("receipt").values()
    assert (came["line_ref"], came["received_on"]) == ("PO-1-a", date(2026, 2, 25))
    (went,) = drain(site(), "shipments").living("shipment").values()
    assert (went["line_ref"], went["carrier"], went["tracking"]) == ("SO-1-a", "Fast", "T1")
    assert set(drain(site(), "sales").living("salesline")) == {"SO-1-a"}


def test_levels_lots_and_bills_are_told(site, fake):
    fake.save("Company", {"name": "Ours", "default_currency": "EUR"})
    fake.save("Warehouse", {"name": "Stores - O", "warehouse_name": "Stores", "company": "Ours"})
    fake.save("Bin", {"name": "bin1", "item_code": "BOLT", "warehouse": "Stores - O",
                      "actual_qty": 7.0, "ordered_qty": 24.0, "stock_value": 10.5})  # fmt: skip
    fake.save("Batch", {"name": "B1", "batch_id": "B1", "item": "BOLT", "batch_qty": 7.0,
                        "expiry_date": "2027-01-01"})  # fmt: skip
    fake.save("BOM", {"name": "BOM-1", "docstatus": 1, "is_active": 1, "is_default": 1,
                      "item": "PUMP", "quantity": 10.0},
              **{"BOM Item": [{"name": "b", "item_code": "BOLT", "stock_qty": 40.0}]})  # fmt: skip
    fake.advance(2)
    (level,) = drain(site(), "stock_levels").living("stocklevel").values()
    assert (level["on_hand"], level["on_order"], level["value"], level["currency"]) == (
        7, 24, Decimal("10.5"), "EUR",
    )  # fmt: skip
    (lot,) = drain(site(), "lots").living("lot").values()
    assert (lot["number"], lot["expires_on"]) == ("B1", date(2027, 1, 1))
    (line,) = drain(site(), "bom_lines").living("bomline").values()
    assert (line["item_ref"], line["component_ref"], line["qty"]) == ("PUMP", "BOLT", 4)


def test_a_site_that_asks_to_wait_a_year_is_left_until_then(site, fake):
    fake.fail_next("429_absurd")
    with pytest.raises(TryLater) as error:
        drain(site(), "items")
    assert error.value.after.days == 365
