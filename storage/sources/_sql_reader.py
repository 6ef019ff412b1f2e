"""One query of leadline.toml on its database: its columns, and its rows in batches, by key."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import SourceError
from storage.sources._csv_parse import RowSettings
from storage.sources._entity import nearest
from storage.sources._sql_connect import Database, Record
from storage.sources._sql_query import Query
from storage.sources._sql_rows import last_key
from storage.sources._sql_stamp import Stamps
from storage.sources._window import Window

PAGE = 500
# so many rows are taken from a file at once, which is not locked while they are stored
CHUNK = 5_000
SWEEP_AHEAD = timedelta(days=366)


class SqlStream(RowSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query. It is read whole at every pull, in the order of its key, and what it no longer
    gives is deleted; unless it asks for a window of what changed:

        SELECT * FROM lines WHERE changed >= :since AND changed < :until

    `stamp` is then the column that is compared, never null, and `stamp_as` how it is written if
    not as a time: a strptime format, "day", or "epoch" for seconds. Windows overlap by `lookback`
    minutes: as long as a transaction may take to be seen. A query that names :after goes on behind
    that key by itself, ordered by it; before the first row :after is `first`.
    """

    query: str
    stamp: str = ""
    stamp_as: str = ""
    lookback: int = 10
    first: int | str = ""


@dataclass(frozen=True)
class Reader:
    """The rows of one stream. Those of a server stay there until they are fetched."""

    name: str
    how: SqlStream
    database: Database
    zone: ZoneInfo

    @property
    def query(self) -> Query:
        return Query(self.name, self.how.query, self.how.key)

    @property
    def stamps(self) -> Stamps:
        return Stamps(self.how.stamp, self.how.stamp_as, self.database.kind, self.zone)

    @cached_property
    def columns(self) -> Sequence[str]:
        now = self.database.now()
        values = self.window(Window(now, now)) | self._behind(None)
        found = self.database.columns(self.query.described(), values)
        for column in found:
            if found.count(column) > 1:
                raise SourceError(
                    f"{self.name}: the query gives two columns {column!r}: name one otherwise",
                    permanent=True,
                )
        return found

    def missing(self) -> list[str]:
        """The columns that the map names and the query does not give, with the nearest."""
        wanted = dict.fromkeys([*self.how.read, *([self.how.stamp] if self.how.stamp else [])])
        return [
            f"{self.name}: no column {column!r}; near: {nearest(column, self.columns)}"
            for column in wanted
            if column not in self.columns
        ]

    def window(self, window: Window) -> dict[str, Any]:
        """What :since and :until are; nothing where the query is read whole."""
        if not self.query.is_windowed:
            return {}
        return dict(zip(("since", "until"), self.stamps.bounds(window), strict=True))

    def everything(self, now: datetime) -> dict[str, Any]:
        return self.window(Window(None, now + SWEEP_AHEAD))

    def count(self, values: Record, after: list[Any] | None) -> int | None:
        """How many rows there are behind a key; null where only the query itself could tell."""
        if self.query.goes_on_itself:
            return None
        return self.database.count(self.query.counted(self.columns, after), values)

    def batches(
        self, values: Record, after: list[Any] | None, columns: Sequence[str] = ()
    ) -> Iterator[Sequence[Record]]:
        """The rows behind a key, in the order of keys; all columns if none are named."""
        most = CHUNK if self.database.is_file else None
        while True:
            statement = self.query.rows(columns or self.columns, after, most)
            begun, count = after, 0
            for batch in self._batches(statement, {**values, **self._behind(after)}):
                self._require_order(batch, after)
                after, count = last_key(batch, self.how.key, after), count + len(batch)
                yield batch
            if most is None or count < most:
                return
            if after == begun:
                raise SourceError(
                    f"{self.name}: {count} rows have no value in the key"
                    f" {', '.join(self.how.key)}: leave them out in the query",
                    permanent=True,
                )

    def _batches(self, statement: Any, values: Record) -> Iterator[Sequence[Record]]:
        found = self.database.batches(statement, values, PAGE)
        if not self.database.is_file:
            return found
        with closing(found):
            return iter(list(islice(found, CHUNK // PAGE)))

    def _behind(self, after: list[Any] | None) -> dict[str, Any]:
        if not self.query.goes_on_itself:
            return {}
        return {"after": self.how.first if after is None else after[0]}

    def _require_order(self, batch: Sequence[Record], after: list[Any] | None) -> None:
        """Whether a query that goes on by itself is in the order of its key, where one can tell:
        texts have an order that only the database knows."""
        if not self.query.goes_on_itself:
            return
        keys = [after[0]] if after else []
        keys += [row[self.how.key[0]] for row in batch]
        numbers = [key for key in keys if isinstance(key, int | float | Decimal)]
        if numbers != sorted(numbers):
            raise SourceError(
                f"{self.name}: a query with :after must be in the order of"
                f" {self.how.key[0]}: ORDER BY it",
                permanent=True,
            )
