"""Any delimited export: a column map in leadline.toml, every row believed or quarantined."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from storage.sources import (
    BadRow,
    Health,
    Kind,
    Page,
    Rejected,
    Row,
    SourceError,
    SourceSettings,
    State,
    StreamSpec,
)
from storage.sources._csv_asks import ASKS, block
from storage.sources._csv_heads import Heads
from storage.sources._csv_map import LINES, RowMap, mapping, near
from storage.sources._csv_parse import StreamSettings
from storage.sources._csv_read import Record, fingerprint, header, records

PAGE = 300
VERSION = 2

T = TypeVar("T")
# A record, the facts that are its own, and why it can't be believed.
Read = tuple[Record, Sequence[tuple[str, Row]], BadRow | None]


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder` is what file names are relative to: the folder of leadline.toml."""

    streams: dict[str, StreamSettings]
    folder: str = "."


@dataclass(frozen=True)
class CsvSource:
    """Files as snapshot streams. A file that has not changed since its last pull gives no page.

    A pull gives the rows of the file first, then what several of them say of one thing (`Heads`).
    A fact table belongs to one stream: to that of its name where there is one, and then rows of
    orders do not write it (the suppliers of `purchase_lines` are not those of a `party` file).
    """

    settings: Settings

    @property
    def streams(self) -> Sequence[StreamSpec]:
        return [
            StreamSpec(name, self._mapping(name).tables, "snapshot", keeps_absent=file.keeps_absent)
            for name, file in self.settings.streams.items()
        ]

    def check(self) -> Health:
        """Every file is there and has the columns that the map names; else the nearest it has."""
        missing = []
        for name, file in self.settings.streams.items():
            self._mapping(name)
            there = header(self._path(name), file)
            missing += [
                f"{name}: no column {column!r}; near: {near(column, there)}"
                for column in file.read
                if column not in there
            ]
        return Health("csv", self.settings.zone, missing=tuple(sorted(missing)))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        digest, count = fingerprint(self._path(stream.name), self._how(stream.name))
        is_new = not state or state.get("digest") != digest
        stored = _Stored(digest) if is_new else msgspec.convert(state, _Stored)
        if stored.done:
            return
        for number, page in enumerate(self._pages(stream.name, stored, count)):
            yield replace(page, begins=is_new and number == 0)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        made, heads = self._mapping(stream.name), Heads()
        for table in made.swept:
            yield table, []
        for batch in _batches(self._read(stream.name, heads)):
            for table in made.swept:
                yield table, [ref for read in batch for ref in _named(table, read, made)]
        for table, source_id in heads.rows:
            if table in made.swept:
                yield table, [source_id]

    def _pages(self, name: str, stored: "_Stored", count: int) -> Iterator[Page]:
        """The pages that are not stored yet; the last is empty and says that this is all."""
        high = datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC)
        heads, total = Heads(), max(0, count - stored.rows)
        fresh = (read for read in self._read(name, heads) if read[0].line > stored.line)
        for batch in _batches(fresh):
            stored = replace(stored, line=batch[-1][0].line, rows=stored.rows + len(batch))
            yield _page(batch, stored, total)
        told = islice(heads.facts(self._others(name, heads)), stored.heads, None)
        for facts in _batches(told):
            stored = replace(stored, heads=stored.heads + len(facts))
            yield Page(_by_table(facts), stored.state(), total=total)
        yield Page({}, replace(stored, done=True).state(), high=high, total=total)

    def _read(self, name: str, heads: Heads) -> Iterator[Read]:
        """Each record; what it says of things that others name too goes into `heads`."""
        made = self._mapping(name)
        for record in records(self._path(name), self.settings.streams[name], made.fields):
            try:
                facts = _facts(record, made)
            except BadRow as fault:
                heads.doubt(record.order)
                yield record, (), fault
                continue
            for table, fact in facts:
                if table in made.heads:
                    heads.add(table, fact)
            yield record, [one for one in facts if one[0] not in made.heads], None

    def _others(self, name: str, heads: Heads) -> Sequence[Heads]:
        """What both files of orders say of the things that this one names, purchases first."""
        found = []
        for other in LINES if name in LINES else ():
            if other == name:
                found.append(heads)
            elif other in self.settings.streams:
                found.append(Heads(among=heads.rows.keys()))
                with suppress(SourceError):  # which its own pull will tell
                    deque(self._read(other, found[-1]), maxlen=0)
        return found

    def _mapping(self, name: str) -> RowMap:
        settings, others = self.settings, self.settings.streams.keys() - {name}
        return mapping(name, settings.streams[name], ZoneInfo(settings.zone), others)

    def _how(self, name: str) -> bytes:
        """The way in which a file is read."""
        made = self._mapping(name)
        how = [VERSION, self.settings.streams[name], self.settings.zone, made.tables]
        return msgspec.json.encode(how)

    def _path(self, name: str) -> Path:
        path = Path(self.settings.folder) / self.settings.streams[name].file
        if not path.is_file():
            raise SourceError(f"there is no file {path}", permanent=True)
        return path


@dataclass(frozen=True)
class _Stored:
    """What of a file is stored: records up to a line, and so many of the heads."""

    digest: str
    line: int = 0
    rows: int = 0
    heads: int = 0
    done: bool = False

    def state(self) -> State:
        return asdict(self)


def _facts(record: Record, made: RowMap) -> list[tuple[str, Row]]:
    """What a record says, as far as this stream writes it; `BadRow` if it can't be believed."""
    if isinstance(record.row, BadRow):
        raise record.row
    facts = made.facts(record.source_id or "", record.row)
    return [(table, fact) for table, fact in facts if table in made.tables]


def _named(table: str, read: Read, made: RowMap) -> list[str]:
    """The ids of a table that a record names. What is refused now is still there: it stays."""
    record, facts, fault = read
    if fault is None:
        return [fact["source_id"] for one, fact in facts if one == table]
    if record.source_id is None:
        return []
    return [record.order if table in made.heads else record.source_id]


def _page(batch: Sequence[Read], stored: _Stored, total: int) -> Page:
    rejected = [
        Rejected(record.name, f"line {record.line}: {fault}", record.line)
        for record, _, fault in batch
        if fault
    ]
    rows = _by_table(one for _, facts, _ in batch for one in facts)
    return Page(rows, stored.state(), rejected=rejected, received=len(batch), total=total)


def _by_table(facts: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for table, fact in facts:
        rows.setdefault(table, []).append(fact)
    return rows


def _batches(every: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(every, PAGE)):
        yield batch


def open_csv(settings: Settings, http: object) -> CsvSource:
    """A source of files; it needs no HTTP."""
    return CsvSource(settings)


SOURCE = Kind("csv", Settings, open_csv, ASKS, block)
