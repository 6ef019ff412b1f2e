import pytest

from tests.storage.sources.business_central_harness import Ledger, Lines, Orders
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_life import FEW
from tests.storage.sources.conformance_steps import Memory, drain, drain_later, several_pages


@pytest.mark.slow
class TestOrders(Conformance):
    """In windows of their stamp, by links."""

    @pytest.fixture
    def harness(self):
        return Orders()

    def test_deleted_records_go(self, harness):
        """Here they stay: an order that left the list was posted, for all that one can tell."""
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.delete([ids[0], ids[7], ids[-1]])
        drain_later(harness, memory)
        assert set(memory.living(harness.table)) == set(ids)

    def test_a_sweep_names_exactly_the_living(self, harness):
        """Here it names none, so that nothing is compared with them."""
        several_pages(harness)
        source = harness.open()
        spec = next(one for one in source.streams if one.name == harness.stream)
        assert spec.keeps_absent
        assert list(source.ids(spec)) == []


@pytest.mark.slow
class TestLines(TestOrders):
    """Read whole each time, with their orders."""

    changes = FEW

    @pytest.fixture
    def harness(self):
        return Lines()

    test_deleted_records_go = Conformance.test_deleted_records_go


class TestLedger(Conformance):
    """In windows of its stamp, by numbers."""

    @pytest.fixture
    def harness(self):
        return Ledger()
