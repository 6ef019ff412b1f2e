"""A source that gives the pages which a test writes down, and the parts to pull it with."""

from datetime import UTC, datetime

from sqlalchemy import text

from storage import sync
from storage.sources import Health, Page, SourceError, StreamSpec

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


class Scripted:
    """Pages by number: the state is how many were taken. A page may be an error to raise.

    `alive` are the ids that are named, or an error to raise; `meanwhile` runs after each batch.
    """

    def __init__(self, *pages, mode="incremental", alive=None, meanwhile=None, **spec):
        self.pages, self.alive, self.meanwhile = list(pages), alive, meanwhile
        self.streams = [StreamSpec("orders", ("purchaseorder",), mode, **spec)]
        self.asked = []

    def check(self):
        return Health("scripted")

    def pull(self, stream, state):
        self.asked.append(state)
        for number in range((state or {"taken": 0})["taken"], len(self.pages)):
            page = self.pages[number]
            if isinstance(page, Exception):
                raise page
            yield Page(
                page.rows, {"v": 1, "taken": number + 1}, page.deletes, page.rejected,
                page.received, page.high, page.total, page.begins, page.asks_sweep,
            )  # fmt: skip

    def ids(self, stream):
        if isinstance(self.alive, Exception):
            raise self.alive
        for one in self.alive or ():
            yield "purchaseorder", [one]
            if self.meanwhile:
                self.meanwhile()
        if self.alive is not None:
            yield "purchaseorder", []


def page(*rows, deletes=(), rejected=(), **more):
    return Page(
        {"purchaseorder": list(rows)}, {}, {"purchaseorder": list(deletes)} if deletes else {},
        rejected, len(rows), **more,
    )  # fmt: skip


def order(source_id, *, at=None, **more):
    return {"source_id": source_id, "number": source_id, "source_updated_at": at, **more}


def pull(store, source, *, now=NOW, owner="me", clock=None, **more):
    """`clock` is at `now` throughout if absent."""
    clock = clock or (lambda: now)
    [result] = sync.run("test:a", source, store, now, owner=owner, clock=clock, **more)
    return result


def rows(store, columns="source_id", table="purchaseorder", where="deleted_at IS NULL"):
    query = text(f"SELECT {columns} FROM {table} WHERE {where}")
    with store.reader() as session:
        found = sorted((tuple(row) for row in session.execute(query)), key=str)
    return [row[0] for row in found] if "," not in columns else found


def broken(message="down", *, permanent=False):
    return SourceError(message, permanent=permanent)
