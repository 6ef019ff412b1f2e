"""Any delimited export: a column map in leadline.toml, every row believed or quarantined."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
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
from storage.sources._csv_map import RowMap, mapping, near
from storage.sources._csv_parse import StreamSettings, parse

PAGE = 300
VERSION = 1


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder` is what file names are relative to: the folder of leadline.toml."""

    streams: dict[str, StreamSettings]
    folder: str = "."


@dataclass(frozen=True)
class CsvSource:
    """Files as snapshot streams. A file that has not changed since its last pull gives no page."""

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
            with self._path(name).open(encoding=file.encoding, newline="") as lines:
                there = csv.DictReader(lines, delimiter=file.delimiter).fieldnames or ()
            missing += [
                f"{name}: no column {column!r}; near: {near(column, there)}"
                for column in file.read
                if column not in there
            ]
        return Health("csv", self.settings.zone, missing=tuple(sorted(missing)))

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        digest = self._digest(stream.name)
        begun = state if state and state.get("digest") == digest else None
        if begun and begun["done"]:
            return
        done_to = begun["line"] if begun else 0
        high = datetime.fromtimestamp(self._path(stream.name).stat().st_mtime, UTC)
        batch: list[tuple[int, str | None, Row | BadRow]] = []
        for found in self._read(stream.name):
            if found[0] <= done_to:
                continue
            batch.append(found)
            if len(batch) == PAGE:
                yield self._page(stream.name, batch, digest, done=False)
                batch = []
        yield self._page(stream.name, batch, digest, done=True, high=high)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        made = self._mapping(stream.name)
        for table in made.swept:
            yield table, []
        for _, source_id, row in self._read(stream.name):
            if source_id is None:
                continue
            try:
                if isinstance(row, BadRow):
                    raise row
                named = [(table, fact["source_id"]) for table, fact in made.facts(source_id, row)]
            except BadRow:
                # refused now, but still there: what we knew of it stays
                order = source_id.split("|")[0]
                named = [(table, ref) for table in made.swept for ref in (source_id, order)]
            for table, ref in named:
                if table in made.swept:
                    yield table, [ref]

    def _page(
        self,
        name: str,
        batch: list[tuple[int, str | None, Row | BadRow]],
        digest: str,
        *,
        done: bool,
        high: datetime | None = None,
    ) -> Page:
        made = self._mapping(name)
        rows: dict[str, list[Row]] = {}
        rejected = []
        for line, source_id, row in batch:
            try:
                if isinstance(row, BadRow):
                    raise row
                for table, fact in made.facts(source_id or "", row):
                    rows.setdefault(table, []).append(fact)
            except BadRow as error:
                rejected.append(
                    Rejected(source_id or f"line {line}", f"line {line}: {error}", line)
                )
        last = batch[-1][0] if batch else 0
        state = {"v": VERSION, "digest": digest, "line": last, "done": done}
        return Page(rows, state, rejected=rejected, received=len(batch), high=high)

    def _read(self, name: str) -> Iterator[tuple[int, str | None, Row | BadRow]]:
        """Line number, key (null where it is missing or taken) and the parsed row or its fault."""
        file, made = self.settings.streams[name], self._mapping(name)
        seen: dict[str, int] = {}
        try:
            with self._path(name).open(encoding=file.encoding, newline="") as lines:
                reader = csv.DictReader(lines, delimiter=file.delimiter, strict=True)
                self._require_columns(name, file, reader.fieldnames or ())
                for raw in reader:
                    yield self._one(raw, reader.line_num, file, made, seen)
        except (UnicodeDecodeError, csv.Error) as error:
            raise SourceError(
                f"{file.file}: {error}; is it {file.encoding}?", permanent=True
            ) from error

    def _one(
        self,
        raw: dict[str | Any, Any],
        line: int,
        file: StreamSettings,
        made: RowMap,
        seen: dict[str, int],
    ) -> tuple[int, str | None, Row | BadRow]:
        parts = [(raw.get(column) or "").strip() for column in file.key]
        source_id = "|".join(parts)
        if not all(parts):
            return line, None, BadRow(f"no value in the key {', '.join(file.key)}")
        if None in raw:
            return line, source_id, BadRow("more cells than the header has")
        if first := seen.get(source_id):
            return line, None, BadRow(f"the same key as line {first}: {source_id}")
        seen[source_id] = line
        try:
            return line, source_id, parse(raw, file, made.fields)
        except BadRow as error:
            return line, source_id, error

    def _require_columns(self, name: str, file: StreamSettings, there: Sequence[str]) -> None:
        missing = sorted(set(file.read) - set(there))
        if missing:
            raise SourceError(
                f"{file.file} has no column {', '.join(missing)}: mend"
                f" [sources.….streams.{name}]; it has {', '.join(there)}",
                permanent=True,
            )

    def _mapping(self, name: str) -> RowMap:
        return mapping(name, self.settings.streams[name], ZoneInfo(self.settings.zone))

    def _path(self, name: str) -> Path:
        path = Path(self.settings.folder) / self.settings.streams[name].file
        if not path.is_file():
            raise SourceError(f"there is no file {path}", permanent=True)
        return path

    def _digest(self, name: str) -> str:
        """Changes when the file or the way it is read does."""
        how = msgspec.json.encode([self.settings.streams[name], self.settings.zone])
        digest = hashlib.blake2b(how, digest_size=16)
        with self._path(name).open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


def open_csv(settings: Settings, http: object) -> CsvSource:
    """A source of files; it needs no HTTP."""
    return CsvSource(settings)


SOURCE = Kind("csv", Settings, open_csv)
