import pytest

from storage.sources import load
from storage.sources.s4hana import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import (
    Memory,
    assert_true,
    drain,
    drain_later,
    several_pages,
)
from tests.storage.sources.s4hana_harness import (
    MakeOrders,
    PurchaseLines,
    Receipts,
    Shipments,
    StockLevels,
)


class TestPurchaseLines(Conformance):
    @pytest.fixture
    def harness(self):
        return PurchaseLines()


@pytest.mark.slow
class TestReceipts(Conformance):
    """Material documents: nothing is ever deleted, and what is wrong is reversed."""

    @pytest.fixture
    def harness(self):
        return Receipts()

    def test_deleted_records_go(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.delete([ids[0], ids[7], ids[-1]])
        memory = drain_later(harness, memory)
        assert_true(memory, harness)
        rows = memory.living("receipt").values()
        reversals = {row["reversal_of"]: row["qty"] for row in rows if row["reversal_of"]}
        assert set(reversals) == {ids[0], ids[7], ids[-1]}
        assert all(qty < 0 for qty in reversals.values())

    def test_archived_documents_stay(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.fake.erase("A_MaterialDocumentHeader", tuple(ids[0].split("/")[:2]))
        assert_true(drain_later(harness, memory), harness)


@pytest.mark.slow
class TestShipments(Conformance):
    @pytest.fixture
    def harness(self):
        return Shipments()


@pytest.mark.slow
class TestMakeOrders(Conformance):
    @pytest.fixture
    def harness(self):
        return MakeOrders()


@pytest.mark.slow
class TestStockLevels(Conformance):
    @pytest.fixture
    def harness(self):
        return StockLevels()


def test_the_source_is_found_by_its_name():
    assert load()["s4hana"] is SOURCE
