"""The suite that every source must pass, run against a fake of its server.

A source's own test module takes part with a harness:

    class TestOdoo(Conformance):
        @pytest.fixture
        def harness(self):
            return OdooHarness()

A harness owns one stateful fake (HTTP by `httpx.MockTransport` or on loopback; files for csv) and
its clock. It starts empty, at an instant that is not ours, so that a source which reads our clock
fails. `Harness` below says what each part must do; a source that has nothing of the kind (a file
has no rows that show up late, no HTTP errors) does the nearest thing and still runs every test.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Protocol

import pytest
from sqlalchemy import text

from storage import sync
from storage.bulk import Checked, check, shape
from storage.models import FACTS
from storage.schema import upgrade
from storage.sources import Page, Source, SourceError, StreamSpec
from storage.store import Store

LATER = timedelta(days=8).total_seconds()  # longer than any pass that a source makes by the week
TRIES = 4


class Harness(Protocol):
    """One fake server (or folder) with records of one stream.

    `stream` and `table`: what is pulled and where its rows go. `page_rows`: the most records that
    one page of the source holds (the suite makes two pages and a half). `faults`: the kinds that
    `fail_next` knows, of "429", "429_retry_after", "500", "html", "drop".
    """

    stream: str
    table: str
    page_rows: int
    faults: Collection[str]

    def open(self) -> Source:
        """A newly opened source on the same server; waiting must not take time."""

    def now(self) -> datetime:
        """The server's clock, which its Date header shows; an aware instant."""

    def advance(self, seconds: float) -> None:
        """Moves the server's clock on."""

    def create(self, n: int) -> list[str]:
        """`n` good records, all stamped with the same instant: now. Their source ids."""

    def change(self, ids: Sequence[str], visible_after: float = 0.0) -> None:
        """Changes a field in each, all stamped now; shown by the server so many seconds later.

        Where a server shows all at once, `visible_after` counts for nothing.
        """

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes them in the way the server's people would."""

    def spoil(self) -> list[str]:
        """Adds a few records that can't be believed; their ids as they are to be rejected."""

    def truth(self) -> dict[str, dict[str, Any]]:
        """The good living records by source id: some columns (not all) with their values."""

    def fail_next(self, kind: str) -> None:
        """The next request meets this fault, once."""


@dataclass
class Memory:
    """A store in memory with the rules of the real one: guarded upserts, tombstones, a cursor."""

    state: dict[str, Any] | None = None
    rows: dict[tuple[str, str], Checked] = field(default_factory=dict)
    values: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    written: int = 0

    def apply(self, page: Page) -> None:
        """Stores a page; a row that is no row of its table fails the test with its reason."""
        for table, rows in page.rows.items():
            for row in rows:
                self._upsert(table, check(row, shape(table)), row)
        for table, ids in page.deletes.items():
            for source_id in ids:
                self._delete((table, source_id))
        self.rejected |= {row.source_id for row in page.rejected}
        self.state = json.loads(json.dumps(page.state))

    def sweep(self, source: Source, spec: StreamSpec) -> None:
        """Deletes what the source no longer names."""
        alive: dict[str, set[str]] = {}
        for table, ids in source.ids(spec):
            alive.setdefault(table, set()).update(ids)
        for key in list(self.rows):
            if key[0] in alive and key[1] not in alive[key[0]]:
                self._delete(key)

    def living(self, table: str) -> dict[str, dict[str, Any]]:
        return {key[1]: row for key, row in self.values.items()
                if key[0] == table and key not in self.gone}  # fmt: skip

    def _upsert(self, table: str, row: Checked, values: dict[str, Any]) -> None:
        key = (table, row.source_id)
        stored = self.rows.get(key)
        if stored and stored.row_hash == row.row_hash and key not in self.gone:
            return
        if stored and stored.updated and row.updated and row.updated < stored.updated:
            return
        self.rows[key], self.values[key] = row, values
        self.gone.discard(key)
        self.written += 1

    def _delete(self, key: tuple[str, str]) -> None:
        if key in self.rows and key not in self.gone:
            self.gone.add(key)
            self.written += 1


class Conformance:
    """Every test of a source that does not depend on whose it is."""

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

    def test_changes_while_changes_are_paged_are_not_lost(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.change(ids)
        harness.advance(600)
        drain(harness, memory, between=changes_on_the_way(harness, ids))
        assert_true(drain_next(harness, memory), harness)

    @pytest.mark.parametrize("late", [1, 59, 120, 300])
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

    def test_a_full_load_stopped_after_every_page_still_ends(self, harness):
        several_pages(harness)
        pages = count_pages(harness, None)
        memory = page_by_page(harness, Memory(), pages)
        assert_true(memory, harness)

    def test_an_update_stopped_after_every_page_still_ends(self, harness):
        ids = several_pages(harness)
        memory = drain(harness, Memory())
        harness.advance(3600)
        harness.change(ids)
        harness.advance(3600)
        memory = page_by_page(harness, memory, count_pages(harness, memory.state))
        assert_true(memory, harness)

    def test_a_page_that_was_not_stored_comes_again(self, harness):
        several_pages(harness)
        memory = Memory()
        for kept in range(count_pages(harness, None)):
            for page in islice(pull(harness, memory), kept, kept + 1):
                assert page.state is not None  # received, and lost with its process
            for page in islice(pull(harness, memory), 1):
                memory.apply(page)
        assert_true(drain_next(harness, memory), harness)

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

    @pytest.mark.parametrize("at_page", [0, 1, 2])
    def test_no_fault_of_the_server_loses_a_record(self, harness, at_page):
        several_pages(harness)
        for kind in harness.faults:
            memory = drain_through(harness, Memory(), kind, at_page)
            assert_true(drain_next(harness, memory), harness)

    def test_the_store_holds_the_truth_and_a_second_run_writes_nothing(self, harness, tmp_path):
        ids = several_pages(harness)
        store = Store(f"sqlite:///{tmp_path}/leadline.db")
        upgrade(store)
        assert run(harness, store) > 0
        assert stored(store, harness) == harness.truth()
        harness.advance(3600)
        assert run(harness, store) == 0
        harness.change(ids[:4])
        harness.advance(3600)
        assert run(harness, store) > 0
        assert stored(store, harness) == harness.truth()
        store.close()


def spec_of(source: Source, stream: str) -> StreamSpec:
    return next(spec for spec in source.streams if spec.name == stream)


def several_pages(harness: Harness) -> list[str]:
    """Two and a half pages of records, an hour old."""
    ids = harness.create(2 * harness.page_rows + harness.page_rows // 2)
    harness.advance(3600)
    return ids


def pull(harness: Harness, memory: Memory) -> Iterable[Page]:
    source = harness.open()
    return source.pull(spec_of(source, harness.stream), memory.state)


def drain(harness: Harness, memory: Memory, between: Any = lambda: None) -> Memory:
    """One pull to its end, and the sweep that follows a snapshot; `between` runs after a page."""
    source = harness.open()
    spec = spec_of(source, harness.stream)
    pages = 0
    for page in source.pull(spec, memory.state):
        memory.apply(page)
        pages += 1
        between()
    if pages and spec.mode == "snapshot" and not spec.keeps_absent:
        memory.sweep(source, spec)
    return memory


def drain_next(harness: Harness, memory: Memory) -> Memory:
    """Pulls at the next poll, ten minutes on: too early for a periodic pass to make good a loss."""
    harness.advance(600)
    return drain(harness, memory)


def drain_later(harness: Harness, memory: Memory) -> Memory:
    """Pulls when all periodic passes and the sweep are due: the time that deletions may take."""
    harness.advance(LATER)
    drain(harness, memory)
    source = harness.open()
    spec = spec_of(source, harness.stream)
    if spec.sweep_every is not None:
        memory.sweep(source, spec)
    return memory


def changes_on_the_way(harness: Harness, ids: list[str]) -> Any:
    """After each page: the clock goes on, records change before and behind the cursor."""
    turns = iter(range(1_000))

    def go_on() -> None:
        turn = next(turns)
        if turn > 5:
            return
        harness.advance(1)
        harness.change([ids[turn], ids[-1 - turn], ids[len(ids) // 2 + turn]])
        harness.create(1)
        harness.advance(1)

    return go_on


def count_pages(harness: Harness, state: dict[str, Any] | None) -> int:
    return sum(1 for _ in pull(harness, Memory(state)))


def page_by_page(harness: Harness, memory: Memory, pages: int) -> Memory:
    """As many pages as one pull has, each by a process that dies behind it."""
    for _ in range(pages):
        for page in islice(pull(harness, memory), 1):
            memory.apply(page)
    return memory


def drain_through(harness: Harness, memory: Memory, kind: str, at_page: int) -> Memory:
    """A pull that meets a fault behind page `at_page`, and is begun anew if that ends it."""
    pages = iter(range(1_000))

    def strike() -> None:
        if next(pages) == at_page:
            harness.fail_next(kind)

    strike()
    for _ in range(TRIES):
        try:
            return drain(harness, memory, strike)
        except SourceError as error:
            assert not error.permanent, error
    raise AssertionError(f"{kind} once, and {TRIES} pulls failed")


def assert_true(memory: Memory, harness: Harness) -> None:
    assert trimmed(memory.living(harness.table), harness.truth()) == harness.truth()


def trimmed(rows: dict[str, dict[str, Any]], truth: dict[str, dict[str, Any]]) -> Any:
    """The rows with the columns that the truth speaks of."""
    columns = next(iter(truth.values()), {})
    return {key: {name: row.get(name) for name in columns} for key, row in rows.items()}


def run(harness: Harness, store: Store) -> int:
    """One run of the real engine; how many rows it wrote or deleted."""
    now = datetime.now(UTC)  # bookkeeping only: no window may depend on it
    results = sync.run("fake:one", harness.open(), store, now, owner="test", only=[harness.stream])
    assert [result.error for result in results] == [None]
    return sum(result.written + result.deleted for result in results)


def stored(store: Store, harness: Harness) -> dict[str, dict[str, Any]]:
    """The living rows of the table, read back through the model."""
    truth = harness.truth()
    columns = next(iter(truth.values()), {})
    table = FACTS[harness.table].__table__
    with store.reader() as session:
        found = session.execute(table.select().where(text("deleted_at IS NULL"))).mappings().all()
    return {row["source_id"]: {name: row[name] for name in columns} for row in found}
