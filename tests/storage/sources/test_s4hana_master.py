from datetime import date
from decimal import Decimal

import pytest

from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_odata2 import FakeOData2
from tests.storage.sources.fake_s4hana import SERVICES, midnight
from tests.storage.sources.s4hana_harness import s4hana

DAY = 86_400
PRODUCT = {"Product": "000000000000000042", "ProductType": "FERT", "ProductGroup": "L001",
           "BaseUnit": "PC", "IsMarkedForDeletion": False}  # fmt: skip


@pytest.fixture
def fake():
    return FakeOData2(SERVICES)


def drain(fake, stream, memory=None):
    source, memory = s4hana(fake), memory or Memory()
    for page in source.pull(spec_of(source, stream), memory.state):
        memory.apply(page)
    assert memory.rejected == set()
    return memory


def partner(fake, number="9", **more):
    fake.write("A_BusinessPartner", [{
        "BusinessPartner": number, "BusinessPartnerFullName": "Acme Ltd", "Customer": "",
        "Supplier": "", "CreationDate": midnight(date(2026, 1, 5)), **more,
    }])  # fmt: skip


def test_who_buys_and_sells_is_a_customer_and_a_supplier(fake):
    partner(fake, Customer="0000002000", Supplier="0000001000")
    fake.write("A_BusinessPartnerAddress", [{"BusinessPartner": "9", "AddressID": "77",
                                             "Country": "DE"}])  # fmt: skip
    fake.write("A_BusinessPartnerTaxNumber", [
        {"BusinessPartner": "9", "BPTaxType": "DE0", "BPTaxNumber": "DE123456789"},
        {"BusinessPartner": "9", "BPTaxType": "DE1", "BPTaxNumber": "12/345"},
    ])  # fmt: skip
    fake.write("A_AddressHomePageURL", [{"AddressID": "77", "Person": "", "OrdinalNumber": "1",
                                         "WebsiteURL": "https://www.Acme.example/a"}])  # fmt: skip
    rows = drain(fake, "partners").living("party")
    assert {key: row["kind"] for key, row in rows.items()} == {
        "supplier/1000": "supplier", "customer/2000": "customer",
    }  # fmt: skip
    assert {(row["name"], row["country"], row["vat"], row["domain"]) for row in rows.values()} == {
        ("Acme Ltd", "DE", "DE123456789", "acme.example"),
    }  # fmt: skip
    assert rows["customer/2000"]["number"] == "0000002000"


def test_a_partner_who_is_neither_is_left_out(fake):
    partner(fake)
    assert drain(fake, "partners").living("party") == {}


def test_a_partner_made_or_changed_today_comes_and_all_are_read_again_once_a_day(fake):
    partner(fake, Supplier="1000")
    memory = drain(fake, "partners")
    fake.advance(600)
    partner(fake, "10", Supplier="1001", CreationDate=midnight(date(2026, 3, 2)))
    rows = drain(fake, "partners", memory).living("party")
    assert set(rows) == {"supplier/1000", "supplier/1001"}
    fake.write("A_BusinessPartnerAddress", [{"BusinessPartner": "9", "AddressID": "1",
                                             "Country": "FR"}])  # fmt: skip
    fake.advance(600)
    assert drain(fake, "partners", memory).living("party")["supplier/1000"]["country"] is None
    fake.advance(DAY)
    assert drain(fake, "partners", memory).living("party")["supplier/1000"]["country"] == "FR"


def test_an_item_has_a_name_in_english_and_what_one_costs(fake):
    fake.write("A_Product", [PRODUCT])
    fake.write("A_ProductDescription", [
        {"Product": PRODUCT["Product"], "Language": language, "ProductDescription": name}
        for language, name in (("DE", "Pumpe"), ("EN", "Pump"))
    ])  # fmt: skip
    fake.write("A_ProductValuation", [
        {"Product": PRODUCT["Product"], "ValuationArea": area, "ValuationType": "",
         "InventoryValuationProcedure": procedure, "StandardPrice": "250",
         "MovingAveragePrice": "300", "PriceUnitQty": "100", "Currency": "EUR"}
        for area, procedure in (("1010", "V"), ("2020", "S"))
    ])  # fmt: skip
    (found,) = drain(fake, "items").living("item").values()
    assert (found["source_id"], found["name"], found["uom"]) == ("42", "Pump", "PC")
    assert (found["unit_cost"], found["currency"]) == (Decimal(3), "EUR")
    assert (found["is_service"], found["is_active"]) == (False, True)


def test_a_service_and_an_item_marked_for_deletion_are_told_apart(fake):
    fake.write("A_Product", [{**PRODUCT, "ProductType": "SERV", "IsMarkedForDeletion": True}])
    (found,) = drain(fake, "items").living("item").values()
    assert (found["is_service"], found["is_active"]) == (True, False)
    assert found["name"] == PRODUCT["Product"]
