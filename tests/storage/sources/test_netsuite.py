import pytest

from tests.storage.sources.conformance import Conformance
from tests.storage.sources.netsuite_harness import NetSuiteHarness


class TestLines(Conformance):
    """Lines with a stamp of their own, in an account whose clocks go back within the hour."""

    @pytest.fixture
    def harness(self):
        return NetSuiteHarness()


class TestLinesWithoutStamp(Conformance):
    """Lines that only their order has a stamp for: those that wait are read again."""

    @pytest.fixture
    def harness(self):
        return NetSuiteHarness(has_stamp=False)
