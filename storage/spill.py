"""A mapping that goes to disk when it grows large, for what a source may name very many of."""

import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Generic, TypeVar

MOST = 5_000

T = TypeVar("T")


class Spill(Generic[T]):
    """Values by text, in the order in which the texts were first put; the last `most` in memory.

    The others lie in a temporary database that SQLite makes when it is needed, gives no name, and
    removes with us. A key that was put stays.
    """

    def __init__(self, most: int = MOST) -> None:
        self._disk: sqlite3.Connection | None = None
        self._most = most
        self._recent: dict[str, T] = {}

    def get(self, key: str) -> T | None:
        if key in self._recent:
            return self._recent[key]
        if self._disk is None:
            return None
        found = self._disk.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return pickle.loads(found[0]) if found else None  # noqa: S301 - what we wrote ourselves

    def put(self, key: str, value: T) -> None:
        if len(self._recent) >= self._most and key not in self._recent:
            self._spill()
        self._recent[key] = value

    def __contains__(self, key: object) -> bool:
        if key in self._recent:
            return True
        if self._disk is None:
            return False
        found = self._disk.execute("SELECT 1 FROM kept WHERE key = ?", (key,)).fetchone()
        return found is not None

    def __iter__(self) -> Iterator[str]:
        """The texts; nothing may be put meanwhile."""
        if self._disk is None:
            yield from self._recent
            return
        self._spill()
        with closing(self._disk.execute("SELECT key FROM kept ORDER BY number")) as rows:
            for (key,) in rows:
                yield key

    def __del__(self) -> None:
        if self._disk is not None:
            self._disk.close()

    def _spill(self) -> None:
        if self._disk is None:
            self._disk = sqlite3.connect("", isolation_level=None)
            self._disk.execute("PRAGMA journal_mode=OFF")
            self._disk.execute("PRAGMA cache_size=-256")
            self._disk.execute(
                "CREATE TABLE kept (number INTEGER PRIMARY KEY, key TEXT UNIQUE, value BLOB)"
            )
        self._disk.execute("BEGIN")
        self._disk.executemany(
            "INSERT INTO kept (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            ((key, pickle.dumps(value)) for key, value in self._recent.items()),
        )
        self._disk.execute("COMMIT")
        self._recent.clear()
