from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_odata2 import FakeOData2
from tests.storage.sources.fake_s4hana import SERVICES, midnight
from tests.storage.sources.s4hana_harness import s4hana

CHANGED = datetime(2026, 3, 1, 8, tzinfo=UTC)
ORDER = {
    "PurchaseOrder": "4500000001", "Supplier": "0000001000", "LastChangeDateTime": CHANGED,
    "PurchaseOrderDate": midnight(date(2026, 1, 5)), "DocumentCurrency": "EUR",
    "PurchasingGroup": "001",
    "PurchasingDocumentDeletionCode": "", "PurchasingProcessingStatus": "05",
}  # fmt: skip
ITEM = {
    "PurchaseOrder": "4500000001", "PurchaseOrderItem": "00010", "Material": "42",
    "OrderQuantity": "10", "PurchaseOrderQuantityUnit": "PC", "NetPriceAmount": "50",
    "NetPriceQuantity": "10", "Plant": "1010", "IsCompletelyDelivered": False,
    "GoodsReceiptIsExpected": True, "PurchasingDocumentDeletionCode": "",
}  # fmt: skip
SALE = {"SalesOrder": "0000000007", "SoldToParty": "0000002000", "LastChangeDateTime": CHANGED,
        "SalesOrderDate": midnight(date(2026, 1, 5)), "TotalNetAmount": "100",
        "RequestedDeliveryDate": midnight(date(2026, 2, 1))}  # fmt: skip
SALE_ITEM = {"SalesOrder": "0000000007", "SalesOrderItem": "000010", "Material": "42",
             "RequestedQuantity": "4", "NetAmount": "100",
             "SalesDocumentRjcnReason": ""}  # fmt: skip


@pytest.fixture
def fake():
    return FakeOData2(SERVICES)


def drain(fake, stream, memory=None, **settings):
    source, memory = s4hana(fake, **settings), memory or Memory()
    for page in source.pull(spec_of(source, stream), memory.state):
        memory.apply(page)
    return memory


def row(fake, stream, table, **settings):
    memory = drain(fake, stream, **settings)
    assert memory.rejected == set()
    (found,) = memory.living(table).values()
    return found


def scheduled(fake, line, promised, first, qty, item="00010"):
    fake.write("A_PurchaseOrderScheduleLine", [{
        "PurchasingDocument": "4500000001", "PurchasingDocumentItem": item, "ScheduleLine": line,
        "ScheduleLineDeliveryDate": promised, "SchedLineStscDeliveryDate": first,
        "ScheduleLineOrderQuantity": qty,
    }])  # fmt: skip


def test_an_order_says_when_it_was_placed_and_with_whom(fake):
    fake.write("A_PurchaseOrder", [ORDER])
    found = row(fake, "purchases", "purchaseorder")
    assert (found["number"], found["supplier_ref"]) == ("4500000001", "supplier/1000")
    assert (found["ordered_on"], found["status"]) == (date(2026, 1, 5), "05")
    assert (found["buyer"], found["currency"]) == ("001", "EUR")
    assert found["cancelled_at"] is None


def test_an_order_with_a_deletion_code_is_cancelled_when_it_was_changed(fake):
    fake.write("A_PurchaseOrder", [{**ORDER, "PurchasingDocumentDeletionCode": "L"}])
    found = row(fake, "purchases", "purchaseorder")
    assert (found["status"], found["cancelled_at"]) == ("cancelled", CHANGED)


def test_a_line_is_promised_for_the_day_of_its_last_schedule_line(fake):
    fake.write("A_PurchaseOrder", [ORDER])
    fake.write("A_PurchaseOrderItem", [ITEM])
    # the schedule line bears its number without zeros
    scheduled(fake, "0001", midnight(date(2026, 2, 3)), midnight(date(2026, 2, 1)), "6", item="10")
    scheduled(fake, "0002", midnight(date(2026, 2, 9)), midnight(date(2026, 2, 2)), "4", item="10")
    found = row(fake, "purchase_lines", "purchaseline")
    assert found["promised_on"] == found["planned_on"] == date(2026, 2, 9)
    assert found["promised_first"] == found["requested_on"] == date(2026, 2, 2)
    assert (found["qty"], found["unit_price"]) == (Decimal(10), Decimal(5))
    assert (found["source_id"], found["number"]) == ("4500000001/10", "00010")
    assert (found["item_ref"], found["location_ref"]) == ("42", "1010")


@pytest.mark.parametrize(
    ("order", "item"),
    [({}, {"PurchasingDocumentDeletionCode": "L"}), ({"PurchasingDocumentDeletionCode": "L"}, {})],
)
def test_a_line_is_cancelled_with_its_order_or_alone(fake, order, item):
    fake.write("A_PurchaseOrder", [{**ORDER, **order}])
    fake.write("A_PurchaseOrderItem", [{**ITEM, **item}])
    found = row(fake, "purchase_lines", "purchaseline")
    assert (found["status"], found["cancelled_at"]) == ("cancelled", CHANGED)


def test_a_blocked_line_is_not_cancelled(fake):
    fake.write("A_PurchaseOrder", [ORDER])
    fake.write("A_PurchaseOrderItem", [{**ITEM, "PurchasingDocumentDeletionCode": "S"}])
    assert row(fake, "purchase_lines", "purchaseline")["cancelled_at"] is None


def test_of_a_line_that_is_called_complete_the_rest_will_never_come(fake):
    fake.write("A_PurchaseOrder", [ORDER])
    fake.write("A_PurchaseOrderItem", [{**ITEM, "IsCompletelyDelivered": True}])
    posted = {"MaterialDocumentYear": "2026", "PurchaseOrder": "4500000001",
              "PurchaseOrderItem": "10", "MaterialDocumentItem": "1"}  # fmt: skip
    fake.write("A_MaterialDocumentItem", [
        {**posted, "MaterialDocument": "1", "GoodsMovementType": "101", "QuantityInBaseUnit": "8"},
        {**posted, "MaterialDocument": "2", "GoodsMovementType": "122", "QuantityInBaseUnit": "1"},
        {**posted, "MaterialDocument": "3", "GoodsMovementType": "103", "QuantityInBaseUnit": "5"},
    ])  # fmt: skip
    found = row(fake, "purchase_lines", "purchaseline")
    assert (found["cancelled_qty"], found["status"]) == (Decimal(3), "completed")
    assert found["cancelled_at"] == CHANGED


@pytest.mark.parametrize("item", [{"GoodsReceiptIsExpected": False}, {"IsReturnsItem": True}])
def test_a_line_for_which_no_goods_come_is_none(fake, item):
    fake.write("A_PurchaseOrder", [ORDER])
    fake.write("A_PurchaseOrderItem", [{**ITEM, **item}])
    assert drain(fake, "purchase_lines").living("purchaseline") == {}


def test_open_lines_are_read_again_though_their_order_stays_as_it_was(fake):
    fake.write("A_PurchaseOrder", [ORDER])
    fake.write("A_PurchaseOrderItem", [ITEM])
    scheduled(fake, "0001", midnight(date(2026, 2, 3)), midnight(date(2026, 2, 1)), "10")
    memory = drain(fake, "purchase_lines")
    scheduled(fake, "0001", midnight(date(2026, 4, 1)), midnight(date(2026, 2, 1)), "10")
    fake.advance(1800)
    (kept,) = drain(fake, "purchase_lines", memory).living("purchaseline").values()
    assert kept["promised_on"] == date(2026, 2, 3)
    fake.advance(1860)
    (found,) = drain(fake, "purchase_lines", memory).living("purchaseline").values()
    assert (found["promised_first"], found["promised_on"]) == (date(2026, 2, 1), date(2026, 4, 1))


def test_a_field_of_ones_own_takes_the_place_of_the_schedule_line(fake):
    fake.write("A_PurchaseOrder", [ORDER])
    fake.write("A_PurchaseOrderItem", [{**ITEM, "ZZ1_Promised_PDI": midnight(date(2026, 3, 3))}])
    scheduled(fake, "0001", midnight(date(2026, 2, 3)), midnight(date(2026, 2, 1)), "10")
    own = {"purchaseline": {"promised_on": "ZZ1_Promised_PDI"}}
    found = row(fake, "purchase_lines", "purchaseline", fields=own)
    assert (found["promised_on"], found["promised_first"]) == (date(2026, 3, 3), date(2026, 2, 1))


def test_a_sale_has_its_customer_and_its_amount(fake):
    fake.write("A_SalesOrder", [{**SALE, "OverallSDDocumentRejectionSts": "C"}])
    found = row(fake, "sales", "salesorder")
    assert (found["customer_ref"], found["amount"]) == ("customer/2000", Decimal(100))
    assert (found["source_id"], found["number"]) == ("7", "0000000007")
    assert found["cancelled_on"] == date(2026, 3, 1)


def test_a_sold_line_is_promised_once_all_of_it_is_confirmed(fake):
    fake.write("A_SalesOrder", [{**SALE, "SalesOrder": "7"}])
    fake.write("A_SalesOrderItem", [{**SALE_ITEM, "SalesOrder": "7", "SalesOrderItem": "10"}])
    line = {"SalesOrder": "7", "SalesOrderItem": "10", "ScheduleLineOrderQuantity": "4",
            "RequestedDeliveryDate": midnight(date(2026, 2, 3))}  # fmt: skip
    fake.write("A_SalesOrderScheduleLine", [
        {**line, "ScheduleLine": "1", "ConfirmedDeliveryDate": midnight(date(2026, 2, 5)),
         "ConfdOrderQtyByMatlAvailCheck": "3"},
    ])  # fmt: skip
    found = row(fake, "sale_lines", "salesline")
    assert (found["requested_on"], found["promised_on"]) == (date(2026, 2, 3), None)
    fake.write("A_SalesOrderScheduleLine", [
        {**line, "ScheduleLine": "2", "ScheduleLineOrderQuantity": "0",
         "ConfirmedDeliveryDate": midnight(date(2026, 2, 20)),
         "ConfdOrderQtyByMatlAvailCheck": "1"},
    ])  # fmt: skip
    found = row(fake, "sale_lines", "salesline")
    assert (found["promised_on"], found["unit_price"]) == (date(2026, 2, 20), Decimal(25))


def test_a_rejected_line_is_cancelled_and_without_schedule_it_has_the_date_of_its_order(fake):
    fake.write("A_SalesOrder", [SALE])
    fake.write("A_SalesOrderItem", [{**SALE_ITEM, "SalesDocumentRjcnReason": "02"}])
    found = row(fake, "sale_lines", "salesline")
    assert (found["status"], found["cancelled_at"]) == ("cancelled", CHANGED)
    assert (found["order_ref"], found["requested_on"]) == ("7", date(2026, 2, 1))
