from datetime import UTC, datetime, timedelta

import pytest

from storage.sources import SourceError
from storage.sources._netsuite_reader import LOG_EVERY
from tests.storage.sources.conformance_steps import Memory, drain, spec_of
from tests.storage.sources.fake_netsuite import FakeNetSuite
from tests.storage.sources.fake_suiteql import MARK
from tests.storage.sources.netsuite_harness import NEAR_FOLD, PAGE, NetSuiteHarness, netsuite

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = LOG_EVERY.total_seconds()


def order(fake, id_, **values):
    at = MARK + fake.local
    fake.put("transaction", {"id": id_}, type="PurchOrd", tranid=f"PO{id_}", status="B",
             trandate=at, lastmodifieddate=at, **values)  # fmt: skip


def pulled(source, stream, memory):
    pages = []
    for page in source.pull(spec_of(source, stream), memory.state):
        memory.apply(page)
        pages.append(page)
    return pages


@pytest.fixture
def fake():
    return FakeNetSuite(NOW)


def test_a_later_change_that_shows_an_earlier_time_is_kept():
    harness = NetSuiteHarness(now=NEAR_FOLD + timedelta(minutes=50))  # 1:50, for the first time
    ids = harness.create(3)
    memory = drain(harness, Memory())
    harness.advance(1200)  # 1:10, for the second
    harness.change(ids)
    harness.advance(60)
    drain(harness, memory)
    rows = memory.living("purchaseline")
    assert {one: rows[one]["unit_price"] for one in ids} == {
        one: truth["unit_price"] for one, truth in harness.truth().items()
    }


def test_what_an_account_has_not_switched_on_is_left_out():
    fake = FakeNetSuite(NOW, without=("transaction.currency", "transaction.employee", "currency"))
    order(fake, 5)
    memory = Memory()
    source = netsuite(fake)
    assert source.check().missing == ()
    pulled(source, "purchases", memory)
    assert memory.living("purchaseorder")["5"]["currency"] is None


def test_a_needed_field_that_is_missing_fails_the_stream_by_name():
    fake = FakeNetSuite(NOW, without=("transaction.tranid",))
    order(fake, 5, entity=12)
    with pytest.raises(SourceError, match=r"purchase order: no field 'tranid'; near: .*trandate"):
        pulled(netsuite(fake), "purchases", Memory())


def test_a_field_of_ones_own_is_read_and_a_misspelt_one_fails_by_name(fake):
    order(fake, 5, custbody_promise=f"{MARK}2026-04-01 00:00:00")
    fake.put("transactionline", {"uniquekey": 1}, transaction=5, id=1, item=7, quantity=1,
             mainline="F", taxline="F", isclosed="F", custcol_promise="2026-04-01",
             linelastmodifieddate=MARK + fake.local)  # fmt: skip
    memory = Memory()
    own = {"purchaseline": {"promised_on": "custcol_promise"}}
    pulled(netsuite(fake, fields=own), "purchase_lines", memory)
    assert str(memory.living("purchaseline")["5/1"]["promised_on"]) == "2026-04-01"
    wrong = netsuite(fake, fields={"purchaseline": {"promised_on": "custcol_promis"}})
    missing = "purchase line: no field 'custcol_promis'; near: custcol_promise"
    assert [one[: len(missing)] for one in wrong.check().missing] == [missing]
    with pytest.raises(SourceError, match="no field 'custcol_promis'"):
        pulled(wrong, "purchase_lines", Memory())


def test_a_deleted_record_is_known_within_the_hour_and_no_other_is_taken_for_it(fake):
    for id_ in (5, 6):
        order(fake, id_)
        fake.put("item", {"id": id_}, itemid=f"I{id_}", lastmodifieddate=MARK + fake.local)
    orders, items = Memory(), Memory()
    pulled(netsuite(fake), "purchases", orders)
    pulled(netsuite(fake), "items", items)
    fake.delete("transaction", 5)
    fake.advance(HOUR)
    pulled(netsuite(fake), "purchases", orders)
    pulled(netsuite(fake), "items", items)
    assert set(orders.living("purchaseorder")) == {"6"}
    assert set(items.living("item")) == {"5", "6"}


def test_a_deleted_order_asks_to_sweep_its_lines():
    harness = NetSuiteHarness()
    harness.create(3)
    memory = drain(harness, Memory())
    harness.fake.delete("transaction", 10)
    harness.advance(HOUR)
    pages = pulled(harness.open(), "purchase_lines", memory)
    assert [page.asks_sweep for page in pages] == [False, True]


def test_a_role_that_may_not_read_deletions_is_told_and_reads_the_rest():
    fake = FakeNetSuite(NOW, without=("deletedrecord",))
    order(fake, 5)
    memory = Memory()
    pulled(netsuite(fake), "purchases", memory)
    fake.advance(HOUR)
    pulled(netsuite(fake), "purchases", memory)
    assert set(memory.living("purchaseorder")) == {"5"}
    (missing,) = netsuite(fake).check().missing
    assert "only found by comparing all ids" in missing


def test_a_line_without_a_stamp_is_in_the_window_of_its_order():
    harness = NetSuiteHarness(now=NOW)
    (line,) = harness.create(1)
    harness.fake.put(
        "transactionline", {"uniquekey": harness.lines[line]}, linelastmodifieddate=None
    )
    assert set(drain(harness, Memory()).living("purchaseline")) == {line}


def test_levels_are_a_snapshot_in_order_of_item_and_place(fake):
    for number in range(PAGE + 20):
        key = {"item": 8 + number // 3, "location": 9 + number % 3}
        fake.put("aggregateitemlocation", key, quantityonhand=number, quantityonorder=0)
    source, memory = netsuite(fake), Memory()
    pages = pulled(source, "stock_levels", memory)
    assert [page.begins for page in pages] == [True, False]
    living = set(memory.living("stocklevel"))
    assert len(living) == PAGE + 19  # of one there is none
    named = {one for _, ids in source.ids(spec_of(source, "stock_levels")) for one in ids}
    assert named == living


def test_lines_that_wait_are_read_again_from_where_that_was_stopped():
    harness = NetSuiteHarness(has_stamp=False, now=NOW)
    ids = harness.create(3 * PAGE)
    harness.advance(3600)
    memory = drain(harness, Memory())
    harness.advance(600)
    harness.change(ids)
    harness.advance(600)
    source = harness.open()
    pages = source.pull(spec_of(source, "purchase_lines"), memory.state)
    for _ in range(3):
        page = next(pages)
        memory.apply(page)
    assert memory.state["open"]
    assert page.high is None
    before = len(harness.fake.queries)
    pages = list(harness.open().pull(spec_of(source, "purchase_lines"), memory.state))
    for page in pages:
        memory.apply(page)
    assert "tl.uniquekey > " in harness.fake.queries[before + 1 :][1]
    assert "open" not in memory.state
    changed = {one: row["unit_price"] for one, row in memory.living("purchaseline").items()}
    assert changed == {one: row["unit_price"] for one, row in harness.truth().items()}
