"""Any SQL database: a query a stream, in windows of its stamps or whole, and never written to."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any

import msgspec

from storage.models import FACTS
from storage.sources import (
    Health,
    Kind,
    Page,
    Row,
    SourceError,
    SourceSettings,
    State,
    StreamSpec,
)
from storage.sources import _csv_rows as rows
from storage.sources._csv_heads import Heads
from storage.sources._csv_map import RowMap, mapping
from storage.sources._csv_rows import Read
from storage.sources._sql_asks import ASKS, block
from storage.sources._sql_connect import Database, Record
from storage.sources._sql_query import kept, read
from storage.sources._sql_reader import PAGE, Reader, SqlStream
from storage.sources._sql_rows import last_key, named, records
from storage.sources._window import open_window

VERSION = 1
SWEEP = timedelta(days=7)


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` as SQLAlchemy has it; `secret` is the password, or the whole URL where there is none.

    `clock` is a query for the time up to which rows are there, where that is not the database's
    own time (a copy that is behind). Times without a zone are in `zone`. `folder` is what the name
    of a SQLite file is relative to.
    """

    streams: dict[str, SqlStream]
    folder: str = "."
    clock: str = ""


@dataclass(frozen=True)
class _Stored:
    """What of a whole query is stored: rows up to a key, and so many of the heads."""

    how: str
    at: str
    after: list[Any] | None = None
    rows: int = 0
    heads: int = 0
    done: bool = False

    def state(self) -> State:
        return asdict(self)


@dataclass(frozen=True)
class SqlSource:
    """Queries as streams. Those of order lines are read whole: an order is told by all of them."""

    settings: Settings
    database: Database

    @property
    def streams(self) -> Sequence[StreamSpec]:
        return [self._spec(name, how) for name, how in self.settings.streams.items()]

    def check(self) -> Health:
        """Every query runs and has the columns that the map names; else the nearest it has."""
        missing: list[str] = []
        for name in self.settings.streams:
            self._mapping(name)
            missing += self._reader(name).missing()
        if not missing:
            self._try_stamps()
        skew = self.database.now() - datetime.now(UTC)
        return Health(self.database.version(), self.settings.zone, skew, tuple(sorted(missing)))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        reader, how = self._reader(stream.name), self._how(stream)
        if missing := reader.missing():
            raise SourceError("; ".join(missing), permanent=True)
        # a query or a map that is another now is read from the start
        known = state if state and state.get("how") == how else None
        if stream.mode == "incremental":
            yield from self._changed(stream, reader, known, how)
        else:
            yield from self._whole(stream.name, reader, known, how)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        reader, made, heads = self._reader(stream.name), self._mapping(stream.name), Heads()
        if made.heads:
            yield from rows.ids(self._told(stream.name, heads), made, heads)
            return
        yield stream.name, []
        everything = reader.everything(self.database.now(self.settings.clock))
        for batch in reader.batches(everything, None, reader.how.key):
            yield stream.name, named(batch, reader.how.key)

    def _changed(
        self, stream: StreamSpec, reader: Reader, state: State | None, how: str
    ) -> Iterator[Page]:
        """The rows whose stamp is in the window, in the order of their keys."""
        made, is_as = self._mapping(stream.name), {"how": how}
        now = self.database.now(self.settings.clock)
        window = open_window(state, now, stream.lookback)
        values, after = reader.window(window), read(window.after)
        total = reader.count(values, after) if window.start is None else None
        for batch in reader.batches(values, after):
            every = records(batch, 0, after, reader.how, made.fields)
            after = last_key(batch, reader.how.key, after)
            page = rows.page(list(rows.told(every, made, Heads())), {}, total)
            _stamp(page.rows.get(stream.name, ()), batch, reader)
            yield replace(page, state=window.at(kept(after)) | is_as)
        yield Page({}, window.finished() | is_as, high=window.end, total=total)

    def _whole(self, name: str, reader: Reader, state: State | None, how: str) -> Iterator[Page]:
        """All rows, or those that an unfinished pass has not stored yet; then the heads."""
        made, heads = self._mapping(name), Heads()
        before = msgspec.convert(state, _Stored) if state else None
        is_new = before is None or before.done
        now = self.database.now(self.settings.clock)
        stored = _Stored(how, now.isoformat()) if before is None or is_new else before
        after = read(stored.after)
        is_in_one_go = after is None
        total = before.rows if before and before.done else reader.count({}, after)
        for batch in reader.batches({}, after):
            every = records(batch, stored.rows, after, reader.how, made.fields)
            after = last_key(batch, reader.how.key, after)
            stored = replace(stored, after=kept(after), rows=stored.rows + len(batch))
            page = rows.page(list(rows.told(every, made, heads)), stored.state(), total)
            yield replace(page, begins=is_new)
            is_new = False
        if made.heads and not is_in_one_go:
            heads = Heads()
            deque(self._told(name, heads), maxlen=0)
        others = rows.others(name, heads, self.settings.streams, self._told)
        for facts in rows.batches(islice(heads.facts(others), stored.heads, None), PAGE):
            stored = replace(stored, heads=stored.heads + len(facts))
            yield Page(rows.by_table(facts), stored.state(), total=total)
        high = datetime.fromisoformat(stored.at)
        yield Page({}, replace(stored, done=True).state(), high=high, total=total, begins=is_new)

    def _told(self, name: str, heads: Heads) -> Iterator[Read]:
        """Every row of a stream that is read whole."""
        reader, made, before = self._reader(name), self._mapping(name), 0
        after = None
        for batch in reader.batches({}, None):
            every = records(batch, before, after, reader.how, made.fields)
            yield from rows.told(every, made, heads)
            after, before = last_key(batch, reader.how.key, after), before + len(batch)

    def _spec(self, name: str, how: SqlStream) -> StreamSpec:
        tables, query = self._mapping(name).tables, self._reader(name).query
        if not query.is_windowed:
            return StreamSpec(name, tables, "snapshot", keeps_absent=how.keeps_absent)
        if name not in FACTS or not how.stamp:
            raise SourceError(
                f"{name}: a query with :since needs its stamp column, and a stream that is one"
                " table: an order is told by all of its lines",
                permanent=True,
            )
        return StreamSpec(
            name, tables, lookback=timedelta(minutes=how.lookback),
            sweep_every=None if how.keeps_absent else SWEEP,
        )  # fmt: skip

    def _mapping(self, name: str) -> RowMap:
        settings, others = self.settings, self.settings.streams.keys() - {name}
        return mapping(name, settings.streams[name], settings.tz, others)

    def _reader(self, name: str) -> Reader:
        return Reader(name, self.settings.streams[name], self.database, self.settings.tz)

    def _how(self, stream: StreamSpec) -> str:
        """The way in which a stream is read."""
        how = [VERSION, self.settings.streams[stream.name], self.settings.zone, stream.tables]
        return blake2b(msgspec.json.encode(how), digest_size=16).hexdigest()

    def _try_stamps(self) -> None:
        """A first row of each stream in windows, whose stamp must be one."""
        for name, how in self.settings.streams.items():
            reader = self._reader(name)
            everything = reader.everything(self.database.now(self.settings.clock))
            for batch in islice(reader.batches(everything, None) if how.stamp else (), 1):
                reader.stamps.read(batch[0][how.stamp])


def _stamp(found: Sequence[Row], batch: Sequence[Record], reader: Reader) -> None:
    """Gives each row the stamp of its record, which tells older news from newer."""
    stamps = {
        source_id: reader.stamps.read(one[reader.how.stamp])
        for one in batch
        for source_id in named([one], reader.how.key)
    }
    for row in found:
        row["source_updated_at"] = stamps[row["source_id"]]


def open_sql(settings: Settings, http: object) -> SqlSource:
    """A source of queries; it needs no HTTP."""
    url, secret, folder = settings.url, settings.secret, settings.folder
    return SqlSource(settings, Database(url, secret, settings.tz, folder))


SOURCE = Kind("sql", Settings, open_sql, ASKS, block)
