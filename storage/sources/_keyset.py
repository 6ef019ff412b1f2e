"""Pages through a table of a server that speaks a kind of SQL, in order of a stamp and an id."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.sources import SourceError

Record = Mapping[str, Any]
# A stamp and an id as they were read, in a form that sorts as the server sorts them.
Key = tuple[str, str]


class PlaceLost(Exception):
    """The server forgot the place at which a result was to go on."""


@dataclass(frozen=True)
class Keyset:
    """What is read of a table: `columns` are selected, `where` always holds.

    `stamp` and `id` are the expressions that order it; without a stamp the id does alone.
    `literals` writes a key as the dialect does. `tail` stands behind the order.
    """

    table: str
    columns: tuple[str, ...]
    id: str
    literals: Callable[[Key], tuple[str, str]]
    stamp: str = ""
    where: tuple[str, ...] = ()
    tail: str = ""

    def statement(
        self, since: str | None = None, before: str | None = None, after: Key | None = None
    ) -> str:
        """The query of what is stamped in [since, before) and lies behind the key `after`.

        The bounds are literals of the dialect.
        """
        conditions = [*self.where]
        if after is not None:
            conditions += self._behind(after)
        elif since is not None:
            conditions.append(f"{self.stamp} >= {since}")
        if before is not None:
            conditions.append(f"{self.stamp} < {before}")
        parts = [f"SELECT {', '.join(self.columns)} FROM {self.table}"]
        if conditions:
            parts.append(f"WHERE {' AND '.join(conditions)}")
        parts.append(f"ORDER BY {f'{self.stamp}, ' if self.stamp else ''}{self.id}")
        return " ".join([*parts, self.tail]).rstrip()

    def _behind(self, after: Key) -> list[str]:
        """(stamp, id) > after, so that an index of the stamp alone helps."""
        stamp, id_ = self.literals(after)
        if not self.stamp:
            return [f"{self.id} > {id_}"]
        return [
            f"{self.stamp} >= {stamp}",
            f"({self.stamp} > {stamp} OR ({self.stamp} = {stamp} AND {self.id} > {id_}))",
        ]


@dataclass(frozen=True)
class Chunk:
    """A part of a result. `more` is the server's own mark of where it goes on, if it gives one."""

    records: Sequence[Record]
    is_last: bool
    more: Any = None


def pages(
    ask: Callable[[Key | None], Chunk],
    key_of: Callable[[Record], Key],
    after: Key | None = None,
    go_on: Callable[[Any], Chunk] | None = None,
) -> Iterator[tuple[Chunk, Key | None]]:
    """Each part of a result with the key behind it, from the key `after`.

    `ask` makes a new query behind a key. `go_on` follows a mark, where marks are given, and where
    the server lost one (`PlaceLost`) the query is made again: a mark is a hint, a key is sure.
    """
    chunk = ask(after)
    while True:
        after = _moved(chunk, key_of, after)
        yield chunk, after
        if chunk.is_last:
            return
        try:
            chunk = go_on(chunk.more) if go_on and chunk.more is not None else ask(after)
        except PlaceLost:
            chunk = ask(after)


def _moved(chunk: Chunk, key_of: Callable[[Record], Key], after: Key | None) -> Key | None:
    """The key of the last record, which must lie behind all others: else rows would be lost."""
    if not chunk.records:
        if not chunk.is_last:
            raise SourceError("a page is empty and said not to be the last")
        return after
    keys = [key_of(record) for record in chunk.records]
    stamps = [stamp for stamp, _ in keys]
    if after is not None:
        stamps.insert(0, after[0])
    if stamps != sorted(stamps) or keys[-1] == after:
        raise SourceError("rows do not come in order of their stamps")
    return keys[-1]
