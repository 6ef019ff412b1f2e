"""The suite that every source must pass, run against a fake of its server.

A source's own test module takes part with a harness:

    class TestOdoo(Conformance):
        @pytest.fixture
        def harness(self):
            return OdooHarness()

A harness owns one stateful fake (HTTP by `httpx.MockTransport` or on loopback; files for csv) and
its clock. It starts empty, at an instant that is not ours, so that a source which reads our clock
fails. `Harness` says what each part must do; a source that has nothing of the kind (a file
has no rows that show up late, no HTTP errors) does the nearest thing and still runs every test.
"""

import random
from itertools import islice

import pytest

from storage.models import FACTS
from tests.storage.conftest import fresh
from tests.storage.sources.conformance_life import CHANGES, Life
from tests.storage.sources.conformance_steps import (
    LATER,
    Harness,
    Memory,
    assert_true,
    changes_on_the_way,
    count_pages,
    drain,
    drain_later,
    drain_next,
    drain_through,
    page_by_page,
    pull,
    run,
    several_pages,
    spec_of,
    stored,
)


def slowly(*values):
    """Parameters that only the whole run goes through."""
    return [pytest.param(one, marks=pytest.mark.slow) for one in values]


class Conformance:
    """Every test of a source that does not depend on whose it is.

    `changes`: how long its long life is. One stream of each way to page lives it whole; others
    that are read in the same way live `FEW`.
    """

    changes = CHANGES

    @pytest.fixture
    def harness(self) -> Harness:
        raise NotImplementedError("give the suite a harness")

    def test_the_stream_and_its_tables_exist(self, harness):
        spec = spec_of(harness.open(), harness.stream)
        assert harness.table in spec.tables
        assert set(spec.tables) <= set(FACTS)

    def test_a_check_of_a_good_server_misses_nothing(self, harness):
        assert harness.open().check().missing == ()

    def test_an_empty_server_gives_nothing(self, harness):
        assert drain(harness, Memory()).living(harness.table) == {}

    def test_a_full_load_holds_every_record(self, harness):
        several_pages(harness)
        memory = drain(harness, Memory())
        assert_true(memory, harness)

    def test_records_created_later_arrive(self, harness):
        several_pages(harness)
        memory = drain(harness, Memory())
        harness.create(3)
        assert_true(drain_next(harness, memory), harness)

    def test_a_batch_of_one_timestamp_crosses_pages_without_loss(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.change(ids)
        assert_true(drain_next(harness, memory), harness)

    def test_changes_during_the_full_load_are_not_lost(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory(), between=changes_on_the_way(harness, ids))
        assert_true(drain_next(harness, memory), harness)

    @pytest.mark.slow
    def test_changes_while_changes_are_paged_are_not_lost(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.change(ids)
        harness.advance(600)
        drain(harness, memory, between=changes_on_the_way(harness, ids))
        assert_true(drain_next(harness, memory), harness)

    @pytest.mark.parametrize("late", [*slowly(1, 59, 120), 300])
    def test_records_that_show_up_late_are_not_lost(self, harness, late):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        for batch in (ids[:5], ids[5:9], ids[-3:]):
            harness.advance(240)
            harness.change(batch, visible_after=late)
            harness.change(ids[20:22])  # seen at once: the source moves its cursor past the others
            harness.advance(61)
            drain(harness, memory)
        assert_true(drain_next(harness, memory), harness)

    @pytest.mark.slow
    def test_a_full_load_stopped_after_every_page_still_ends(self, harness):
        several_pages(harness)
        pages = count_pages(harness, None)
        memory = page_by_page(harness, Memory(), pages)
        assert_true(memory, harness)

    @pytest.mark.slow
    def test_an_update_stopped_after_every_page_still_ends(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.change(ids)
        harness.advance(3600)
        memory = page_by_page(harness, memory, count_pages(harness, memory.state))
        assert_true(memory, harness)

    @pytest.mark.slow
    def test_a_page_that_was_not_stored_comes_again(self, harness):
        several_pages(harness)
        memory = Memory()
        for kept in range(count_pages(harness, None)):
            for page in islice(pull(harness, memory), kept, kept + 1):
                assert page.state is not None  # received, and lost with its process
            for page in islice(pull(harness, memory), 1):
                memory.apply(page)
        assert_true(drain_next(harness, memory), harness)

    @pytest.mark.slow
    def test_what_did_not_change_is_not_written_again(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(600)
        harness.change(ids[:3])
        harness.advance(600)
        drain(harness, memory)
        written = memory.written
        for seconds in (1, 60, 600, 3600, LATER):
            harness.advance(seconds)
            drain(harness, memory)
        assert memory.written == written

    def test_deleted_records_go(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.delete([ids[0], ids[7], ids[-1]])
        memory = drain_later(harness, memory)
        assert_true(memory, harness)
        assert not {ids[0], ids[7], ids[-1]} & set(memory.living(harness.table))

    def test_a_sweep_names_exactly_the_living(self, harness):
        ids = several_pages(harness)
        harness.delete(ids[:2])
        source = harness.open()
        named = {found for table, batch in source.ids(spec_of(source, harness.stream))
                 for found in batch if table == harness.table}  # fmt: skip
        assert named == set(harness.truth())

    def test_bad_records_are_rejected_and_the_others_arrive(self, harness):
        harness.create(5)
        bad = harness.spoil()
        harness.create(5)
        memory = drain(harness, Memory())
        assert bad
        assert memory.rejected == set(bad)
        assert_true(memory, harness)

    @pytest.mark.slow
    def test_no_page_is_complete_beyond_the_clock_of_the_server(self, harness):
        ids = several_pages(harness)
        memory, seen = Memory(), []
        for _ in range(3):
            for page in pull(harness, memory):
                memory.apply(page)
                if page.high:
                    assert page.high <= harness.now()
                    seen.append(page.high)
            harness.advance(900)
            harness.change(ids[:2])
        assert seen == sorted(seen)
        assert seen, "no page says up to when the stream is complete"

    @pytest.mark.slow
    @pytest.mark.parametrize("at_page", [0, 1, 2])
    def test_no_fault_of_the_server_loses_a_record(self, harness, at_page):
        several_pages(harness)
        for kind in harness.faults:
            memory = drain_through(harness, Memory(), kind, at_page)
            assert_true(drain_next(harness, memory), harness)

    @pytest.mark.slow
    def test_a_long_life_of_many_changes_loses_and_doubles_nothing(self, harness):
        life = Life(harness, random.Random(5))
        life.live(self.changes)
        assert life.changes >= self.changes

    @pytest.mark.slow
    def test_the_store_holds_the_truth_and_a_second_run_writes_nothing(self, harness, tmp_path):
        ids = several_pages(harness)
        store = fresh(tmp_path / "leadline.db")
        assert run(harness, store) > 0
        assert stored(store, harness) == harness.truth()
        harness.advance(3600)
        assert run(harness, store) == 0
        harness.change(ids[:4])
        harness.advance(3600)
        assert run(harness, store) > 0
        assert stored(store, harness) == harness.truth()
        store.close()
