from datetime import UTC, datetime
from decimal import Decimal

import pytest

from storage.sources import SourceError, load
from storage.sources.netsuite import SOURCE, Settings
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory, spec_of
from tests.storage.sources.fake_netsuite import FakeNetSuite
from tests.storage.sources.netsuite_harness import NetSuiteHarness, netsuite
from tests.storage.sources.netsuite_world import fill

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class TestLines(Conformance):
    """Lines with a stamp of their own, in an account whose clocks go back within the hour."""

    @pytest.fixture
    def harness(self):
        return NetSuiteHarness()


@pytest.mark.slow
class TestLinesWithoutStamp(Conformance):
    """Lines that only their order has a stamp for: those that wait are read again."""

    @pytest.fixture
    def harness(self):
        return NetSuiteHarness(has_stamp=False)


def everything(source):
    memory = Memory()
    for spec in source.streams:
        memory.state = None
        for page in source.pull(spec, None):
            memory.apply(page)
    return memory


def test_it_is_a_kind_of_source_at_the_address_of_its_account():
    assert load()["netsuite"] is SOURCE
    made = Settings(key="netsuite:main", kind="netsuite", account="1234567_SB1", client="c")
    assert made.base == "https://1234567-sb1.suitetalk.api.netsuite.com"


def test_a_check_names_the_zone_and_misses_nothing():
    health = netsuite(FakeNetSuite(NOW)).check()
    assert (health.zone, health.missing) == ("America/Los_Angeles", ())


def test_a_company_is_read_with_everything_linked():
    fake = FakeNetSuite(NOW)
    fill(fake)
    fake.advance(60)
    memory = everything(netsuite(fake))
    assert memory.rejected == set()
    found = {table: memory.living(table) for table, _ in memory.values}
    assert {one: row["kind"] for one, row in found["party"].items()} == {
        "12": "supplier", "13": "customer",
    }  # fmt: skip
    assert found["purchaseorder"]["20"]["buyer"] == "Kim Buyer"
    receipt, shipment = found["receipt"]["21/1"], found["shipment"]["23/1"]
    assert (receipt["line_ref"], receipt["qty"]) == ("20/1", 4)
    assert receipt["line_ref"] in found["purchaseline"]
    assert (shipment["line_ref"], shipment["qty"]) == ("22/1", 3)
    assert shipment["line_ref"] in found["salesline"]
    assert found["salesorder"]["22"]["amount"] == Decimal(50)
    sent, bill = found["invoice"]["24"], found["invoice"]["25"]
    assert (sent["direction"], sent["amount"], sent["currency"]) == ("out", 50, "USD")
    assert (bill["direction"], bill["amount"], str(bill["paid_on"])) == ("in", 8, "2026-02-01")
    assert (found["makeorder"]["26"]["qty"], found["makeorder"]["26"]["item_ref"]) == (100, "7")
    assert found["stocklevel"]["7/2"]["on_hand"] == 6
    assert set(found["item"]) == {"7"}
    assert found["location"]["2"]["tz"] == "America/Los_Angeles"


def test_a_sweep_of_every_stream_names_what_was_read():
    fake = FakeNetSuite(NOW)
    fill(fake)
    fake.advance(60)
    source = netsuite(fake)
    memory = everything(source)
    for spec in source.streams:
        named = {(table, one) for table, ids in source.ids(spec) for one in ids}
        assert {key for key in memory.values if key[0] in spec.tables} <= named, spec.name


def test_a_table_that_was_never_there_gives_nothing_and_one_taken_away_fails():
    fake = FakeNetSuite(NOW, without=("aggregateitemlocation",))
    source = netsuite(fake)
    spec = spec_of(source, "stock_levels")
    assert list(source.pull(spec, None)) == []
    assert "stock_levels" in source.check().missing[0]
    with pytest.raises(SourceError, match="was not found"):
        list(netsuite(fake).pull(spec, {"v": 1, "high": NOW.isoformat()}))


def test_unknown_settings_are_refused():
    fake = FakeNetSuite(NOW)
    with pytest.raises(SourceError, match="no stream 'orders' to skip"):
        netsuite(fake, skip=("orders",))
    with pytest.raises(SourceError, match="no column 'promise'; near: promised_first"):
        netsuite(fake, fields={"purchaseline": {"promise": "custcol_x"}})
    assert "sales" not in [one.name for one in netsuite(fake, skip=("sales",)).streams]
