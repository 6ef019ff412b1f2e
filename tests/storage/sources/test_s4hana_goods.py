from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_odata2 import FakeOData2
from tests.storage.sources.fake_s4hana import SERVICES, midnight
from tests.storage.sources.s4hana_harness import s4hana

FIRST, SECOND = midnight(date(2026, 2, 10)), midnight(date(2026, 2, 11))
DOCUMENT = {"MaterialDocumentYear": "2026", "MaterialDocument": "5000000001"}


@pytest.fixture
def fake():
    return FakeOData2(SERVICES)


def drain(fake, stream, memory=None, **settings):
    source, memory = s4hana(fake, **settings), memory or Memory()
    for page in source.pull(spec_of(source, stream), memory.state):
        memory.apply(page)
    return memory


def post(fake, number, kind, qty, **more):
    document = {**DOCUMENT, "MaterialDocument": number}
    fake.write("A_MaterialDocumentHeader", [
        {**document, "PostingDate": FIRST, "CreationDate": SECOND, "CreationTime": time(10)},
    ])  # fmt: skip
    fake.write("A_MaterialDocumentItem", [{
        **document, "MaterialDocumentItem": "0001", "GoodsMovementType": kind, "Plant": "1010",
        "QuantityInBaseUnit": qty, "Material": "000000000000000042", **more,
    }])  # fmt: skip


BOUGHT = {"PurchaseOrder": "4500000001", "PurchaseOrderItem": "00010", "Supplier": "1000"}


def test_a_receipt_is_of_its_posting_day_and_is_known_since_it_was_entered(fake):
    post(fake, "5000000001", "101", "8.000", **BOUGHT)
    (found,) = drain(fake, "receipts").living("receipt").values()
    assert (found["line_ref"], found["order_ref"]) == ("4500000001/10", "4500000001")
    assert (found["received_on"], found["qty"]) == (date(2026, 2, 10), Decimal(8))
    assert found["posted_at"] == datetime(2026, 2, 11, 9, tzinfo=UTC)
    assert (found["doc"], found["location_ref"]) == ("5000000001", "1010")


def test_a_plant_counts_days_in_its_own_zone(fake):
    post(fake, "5000000001", "101", "8", **BOUGHT)
    (found,) = drain(fake, "receipts", plants={"1010": "Asia/Tokyo"}).living("receipt").values()
    assert found["received_at"] == datetime(2026, 2, 10, 14, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "qty"),
    [("101", 8), ("102", -8), ("105", 8), ("106", -8), ("122", -8), ("123", 8)],
)
def test_what_takes_back_is_negative(fake, kind, qty):
    post(fake, "5000000001", kind, "8", **BOUGHT)
    (found,) = drain(fake, "receipts").living("receipt").values()
    assert found["qty"] == qty


def test_a_reversal_names_what_it_takes_back_and_the_flag_on_that_counts_for_nothing(fake):
    post(fake, "5000000001", "101", "8", **BOUGHT, GoodsMovementIsCancelled=True)
    post(fake, "5000000002", "102", "8", **BOUGHT, ReversedMaterialDocumentYear="2026",
         ReversedMaterialDocument="5000000001", ReversedMaterialDocumentItem="0001")  # fmt: skip
    rows = drain(fake, "receipts").living("receipt")
    assert rows["2026/5000000002/1"]["reversal_of"] == "2026/5000000001/1"
    assert sum(row["qty"] for row in rows.values()) == 0


@pytest.mark.parametrize(
    ("kind", "more"), [("103", BOUGHT), ("261", BOUGHT), ("101", {"ManufacturingOrder": "1"})]
)
def test_other_movements_are_no_receipts(fake, kind, more):
    post(fake, "5000000001", kind, "8", **more)
    memory = drain(fake, "receipts")
    assert (memory.living("receipt"), memory.rejected) == ({}, set())


def test_a_document_entered_long_before_it_was_seen_comes_with_the_next_look_from_afar(fake):
    memory = drain(fake, "receipts")
    fake.advance(3 * 3600)
    memory = drain(fake, "receipts", memory)
    local = midnight(date(2026, 3, 2))
    fake.write("A_MaterialDocumentHeader", [{**DOCUMENT, "PostingDate": local,
               "CreationDate": local, "CreationTime": time(1)}])  # fmt: skip
    fake.write("A_MaterialDocumentItem", [{
        **DOCUMENT, "MaterialDocumentItem": "0001", "GoodsMovementType": "101",
        "QuantityInBaseUnit": "1", **BOUGHT,
    }])  # fmt: skip
    fake.advance(600)
    assert drain(fake, "receipts", memory).living("receipt") == {}
    fake.advance(3600)
    assert len(drain(fake, "receipts", memory).living("receipt")) == 1


def test_components_are_used_by_their_order(fake):
    post(fake, "5000000001", "261", "3", ManufacturingOrder="000001000001")
    post(fake, "5000000002", "262", "1", ManufacturingOrder="000001000001")
    post(fake, "5000000003", "101", "5", ManufacturingOrder="000001000001")
    rows = drain(fake, "consumptions").living("consumption")
    assert {key: (row["make_ref"], row["qty"]) for key, row in rows.items()} == {
        "2026/5000000001/1": ("1000001", Decimal(3)), "2026/5000000002/1": ("1000001", Decimal(-1)),
    }  # fmt: skip


def test_a_move_goes_from_a_place_to_another_with_its_value_where_it_has_one(fake):
    money = {"GdsMvtExtAmtInCoCodeCrcy": "-12.50", "CompanyCodeCurrency": "EUR"}
    post(fake, "5000000001", "601", "3", **money)
    post(fake, "5000000002", "301", "3", IssuingOrReceivingPlant="2020", **money)
    post(fake, "5000000003", "301", "3", Plant="2020", IssuingOrReceivingPlant="1010",
         IsAutomaticallyCreated="X")  # fmt: skip
    rows = drain(fake, "stock_moves").living("stockmove")
    assert {key: (row["from_ref"], row["to_ref"], row["value"]) for key, row in rows.items()} == {
        "2026/5000000001/1": ("1010", "customer", Decimal("12.5")),
        "2026/5000000002/1": ("1010", "2020", None),
    }  # fmt: skip


def test_a_movement_of_ones_own_type_is_held_back_until_settings_tell_of_it(fake):
    post(fake, "5000000001", "901", "3")
    assert drain(fake, "stock_moves").rejected == {"2026/5000000001/1"}
    told = drain(fake, "stock_moves", movement_types={"901": "201"})
    (found,) = told.living("stockmove").values()
    assert (found["from_ref"], found["to_ref"]) == ("1010", "production")


HEADER = {"DeliveryDocument": "0080000001", "CreationDate": FIRST, "ActualGoodsMovementDate": FIRST,
          "ActualGoodsMovementTime": time(10), "OverallGoodsMovementStatus": "C"}  # fmt: skip
ITEM = {"DeliveryDocument": "0080000001", "DeliveryDocumentItem": "000010", "Material": "42",
        "ReferenceSDDocument": "0000000007", "ReferenceSDDocumentItem": "000010", "Plant": "1010",
        "ActualDeliveredQtyInBaseUnit": "3"}  # fmt: skip


def test_a_delivery_is_shipped_once_its_goods_are_issued(fake):
    fake.write("A_OutbDeliveryHeader", [{**HEADER, "ProofOfDeliveryDate": SECOND}])
    fake.write("A_OutbDeliveryItem", [ITEM])
    (found,) = drain(fake, "shipments").living("shipment").values()
    assert (found["source_id"], found["line_ref"]) == ("80000001/10", "7/10")
    assert found["shipped_at"] == datetime(2026, 2, 10, 9, tzinfo=UTC)
    assert found["delivered_on"] == date(2026, 2, 11)


def test_a_delivery_whose_issue_is_undone_is_no_shipment_any_more(fake):
    fake.write("A_OutbDeliveryHeader", [HEADER])
    fake.write("A_OutbDeliveryItem", [ITEM])
    memory = drain(fake, "shipments")
    fake.advance(3600)
    undone = {"OverallGoodsMovementStatus": "A", "ActualGoodsMovementDate": None,
              "LastChangeDate": midnight(date(2026, 3, 2))}  # fmt: skip
    fake.write("A_OutbDeliveryHeader", [{**HEADER, **undone}])
    assert drain(fake, "shipments", memory).living("shipment") == {}


def test_stock_of_all_kinds_adds_up_by_plant_and_that_of_others_does_not_count(fake):
    empty = dict.fromkeys(SERVICES["API_MATERIAL_STOCK_SRV"]["A_MatlStkInAcctMod"][0], "")
    spots = [("1010", "", "4"), ("1010", "E", "2.5"), ("1010", "K", "100"), ("2020", "", "1")]
    fake.write("A_MaterialStock", [{"Material": "042"}])
    fake.write("A_MatlStkInAcctMod", [
        {**empty, "Material": "042", "Plant": plant, "StorageLocation": str(number),
         "InventorySpecialStockType": special, "MatlWrhsStkQtyInMatlBaseUnit": qty}
        for number, (plant, special, qty) in enumerate(spots)
    ])  # fmt: skip
    rows = drain(fake, "stock_levels").living("stocklevel")
    assert {key: (row["on_hand"], row["reserved"]) for key, row in rows.items()} == {
        "42/1010": (Decimal("6.5"), Decimal("2.5")), "42/2020": (Decimal(1), Decimal(0)),
    }  # fmt: skip
    assert rows["42/1010"]["as_of"] == datetime(2026, 3, 2, 22, 59, 59, 999_999, tzinfo=UTC)
