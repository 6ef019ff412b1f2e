from datetime import UTC, datetime

import pytest

from tests.storage.sources.conformance import Conformance
from tests.storage.sources.erpnext_harness import LedgerHarness, PurchaseHarness
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


class TestPurchasesWhileClocksGoBack(Conformance):
    """An hour of stamps comes twice, a few minutes after the site opens."""

    @pytest.fixture
    def harness(self, opened):
        return PurchaseHarness(FakeFrappe(datetime(2026, 10, 24, 22, 55, tzinfo=UTC)), opened)


class TestPurchasesWithoutTombstones(Conformance):
    """The user may not read what was deleted: the sweep finds it."""

    @pytest.fixture
    def harness(self, fake, opened):
        fake.refused.add("Deleted Document")
        return PurchaseHarness(fake, opened)


class TestStockMoves(Conformance):
    @pytest.fixture
    def harness(self, fake, opened):
        return LedgerHarness(fake, opened)
