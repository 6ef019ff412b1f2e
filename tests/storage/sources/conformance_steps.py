"""The steps of the suite for sources: a harness, a store in memory, and pulls of every sort."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import text

from storage import sync
from storage.bulk import Checked, check, shape
from storage.models import FACTS
from storage.sources import Page, Source, SourceError, StreamSpec
from storage.store import Store

LATER = timedelta(days=8).total_seconds()  # longer than any pass that a source makes by the week
TRIES = 4


class Harness(Protocol):
    """One fake server (or folder) with records of one stream.

    `stream` and `table`: what is pulled and where its rows go. `page_rows`: the most records that
    one page of the source holds (the suite makes two pages and a half). `faults`: the kinds that
    `fail_next` knows, of "429", "429_retry_after", "429_absurd" (to wait a year), "500", "html"
    (with status 200), "drop", "401" (the token ran out in mid-run), "quota" (of the day).
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


def pulled(source: Source, stream: str, memory: Memory | None = None) -> Memory:
    """One pull of a source's stream to its end, without a harness."""
    memory = memory or Memory()
    for page in source.pull(spec_of(source, stream), memory.state):
        memory.apply(page)
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
    results = sync.run(
        "fake:one", harness.open(), store, now, owner="test", clock=lambda: now,
        only=[harness.stream],
    )  # fmt: skip
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
