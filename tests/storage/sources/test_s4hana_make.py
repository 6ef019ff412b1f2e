from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_odata2 import FakeOData2
from tests.storage.sources.fake_s4hana import SERVICES, midnight
from tests.storage.sources.s4hana_harness import s4hana

ORDER = {
    "ManufacturingOrder": "000001000001", "Material": "42", "TotalQuantity": "2",
    "ProductionUnit": "CAR", "ProductionPlant": "1010", "LastChangeDateTime": "20260301120000",
    "OrderIsReleased": "X", "OrderIsTechnicallyCompleted": "", "OrderIsClosed": "",
    "OrderIsDeleted": "", "MfgOrderActualReleaseDate": midnight(date(2026, 2, 1)),
    "MfgOrderPlannedStartDate": midnight(date(2026, 2, 2)),
    "MfgOrderPlannedEndDate": midnight(date(2026, 2, 9)),
}  # fmt: skip


@pytest.fixture
def fake():
    made = FakeOData2(SERVICES)
    made.write("A_ProductUnitsOfMeasure", [{
        "Product": "42", "AlternativeUnit": "CAR", "QuantityNumerator": "12",
        "QuantityDenominator": "1", "BaseUnit": "PC",
    }])  # fmt: skip
    return made


def row(fake, stream, table, memory=None):
    source, memory = s4hana(fake), memory or Memory()
    for page in source.pull(spec_of(source, stream), memory.state):
        memory.apply(page)
    assert memory.rejected == set()
    (found,) = memory.living(table).values()
    return found


def delivered(fake, qty, on=date(2026, 2, 12)):
    fake.write("A_ProductionOrderItem_2", [{
        "ManufacturingOrder": "000001000001", "ManufacturingOrderItem": "1",
        "MfgOrderItemGoodsReceiptQty": qty, "MfgOrderItemActualDeliveryDate": midnight(on),
    }])  # fmt: skip


def test_an_order_is_planned_released_and_told_in_the_items_own_unit(fake):
    fake.write("A_ProductionOrder_2", [ORDER])
    fake.write("A_ProductionOrderOperation_2", [
        {"OrderInternalBillOfOperations": "1", "OrderIntBillOfOperationsItem": str(day),
         "ManufacturingOrder": "000001000001",
         "OpActualExecutionStartDate": midnight(date(2026, 2, day))} for day in (5, 3)
    ])  # fmt: skip
    found = row(fake, "make_orders", "makeorder")
    assert (found["source_id"], found["number"]) == ("1000001", "000001000001")
    assert (found["qty"], found["status"]) == (Decimal(24), "released")
    assert (found["released_on"], found["started_on"]) == (date(2026, 2, 1), date(2026, 2, 3))
    assert found["planned_start_on"] == date(2026, 2, 2)
    assert found["planned_finish_on"] == date(2026, 2, 9)
    assert (found["finished_on"], found["cancelled_on"]) == (None, None)
    # noon on the clock of Berlin
    assert found["source_updated_at"] == datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("flags", "done", "finished", "cancelled"),
    [({"OrderIsDelivered": "X"}, "2", date(2026, 2, 12), None),
     ({"OrderIsPartiallyDelivered": "X"}, "1", None, None),
     ({"OrderIsTechnicallyCompleted": "X"}, "1", date(2026, 2, 12), None),
     ({"OrderIsTechnicallyCompleted": "X"}, "0", None, date(2026, 3, 1)),
     ({"OrderIsDeleted": "X"}, "0", None, date(2026, 3, 1))],
)  # fmt: skip
def test_an_order_is_finished_when_the_last_of_it_came_in(fake, flags, done, finished, cancelled):
    fake.write("A_ProductionOrder_2", [{**ORDER, **flags}])
    delivered(fake, done)
    found = row(fake, "make_orders", "makeorder")
    assert (found["finished_on"], found["cancelled_on"]) == (finished, cancelled)
    assert found["done_qty"] == 12 * Decimal(done)


def test_what_comes_in_is_seen_though_the_order_stays_as_it_was(fake):
    fake.write("A_ProductionOrder_2", [ORDER])
    memory = Memory()
    assert row(fake, "make_orders", "makeorder", memory)["done_qty"] == 0
    delivered(fake, "1")
    fake.advance(3700)
    assert row(fake, "make_orders", "makeorder", memory)["done_qty"] == 12


def test_an_order_without_a_readable_stamp_is_held_back(fake):
    fake.write("A_ProductionOrder_2", [{**ORDER, "LastChangeDateTime": "soon"}])
    source, memory = s4hana(fake), Memory()
    for page in source.pull(spec_of(source, "make_orders"), None):
        memory.apply(page)
    assert memory.rejected == {"1000001"}


@pytest.mark.parametrize(
    ("category", "amount"),
    [("M", "100.50"), ("P", "100.50"), ("O", "-100.50"), ("N", "-100.50"), ("S", "100.50")],
)
def test_a_bill_is_negative_where_it_takes_back(fake, category, amount):
    fake.write("A_BillingDocument", [{
        "BillingDocument": "0090000001", "SDDocumentCategory": category, "SoldToParty": "2000",
        "TotalNetAmount": "100.50", "TransactionCurrency": "EUR",
        "BillingDocumentDate": midnight(date(2026, 2, 1)),
    }])  # fmt: skip
    found = row(fake, "invoices", "invoice")
    assert (found["amount"], found["party_ref"]) == (Decimal(amount), "customer/2000")
    assert (found["issued_on"], found["direction"]) == (date(2026, 2, 1), "out")


def test_a_pro_forma_bill_is_none(fake):
    fake.write("A_BillingDocument", [{
        "BillingDocument": "1", "SDDocumentCategory": "U", "TotalNetAmount": "1",
        "BillingDocumentDate": midnight(date(2026, 2, 1)),
    }])  # fmt: skip
    source = s4hana(fake)
    (page,) = source.pull(spec_of(source, "invoices"), None)
    assert (page.rows, page.rejected) == ({}, [])
