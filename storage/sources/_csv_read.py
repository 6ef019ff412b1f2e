"""Reads a delimited file: each record with its line and its key, or why it can't be believed."""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.sources import BadRow, Row, SourceError
from storage.sources._csv_parse import StreamSettings, parse

CHUNK = 1 << 20


@dataclass(frozen=True)
class Record:
    """A record of a file: its last line, its key (null where that is missing or taken), the order
    it speaks of as far as that can be told, and what it says or what is wrong with it."""

    line: int
    source_id: str | None
    order: str
    row: Row | BadRow

    @property
    def name(self) -> str:
        return self.source_id or f"line {self.line}"


def records(path: Path, file: StreamSettings, fields: Mapping[str, str]) -> Iterator[Record]:
    """All records in order; a file that can't be read as it is described is a `SourceError`."""
    seen: dict[str, int] = {}
    try:
        with path.open(encoding=file.encoding, newline="") as lines:
            reader = csv.DictReader(lines, delimiter=file.delimiter, strict=True)
            _require_columns(file, reader.fieldnames or ())
            for raw in reader:
                yield _record(raw, reader.line_num, file, fields, seen)
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"{file.file}: {error}; is it {file.encoding}?", permanent=True
        ) from error


def header(path: Path, file: StreamSettings) -> Sequence[str]:
    """The names of the columns."""
    with path.open(encoding=file.encoding, newline="") as lines:
        return csv.DictReader(lines, delimiter=file.delimiter).fieldnames or ()


def fingerprint(path: Path, how: bytes) -> tuple[str, int]:
    """What changes when the file does, or `how` it is read; and about how many records it has."""
    digest, lines = hashlib.blake2b(how, digest_size=16), 0
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    lines += last not in (b"", b"\n")
    return digest.hexdigest(), max(0, lines - 1)


def _record(
    raw: dict[str | Any, Any],
    line: int,
    file: StreamSettings,
    fields: Mapping[str, str],
    seen: dict[str, int],
) -> Record:
    parts = [(raw.get(column) or "").strip() for column in file.key]
    source_id = "|".join(parts)
    order = (raw.get(file.columns.get("order", "")) or "").strip() or parts[0]
    if not all(parts):
        return Record(line, None, order, BadRow(f"no value in the key {', '.join(file.key)}"))
    if None in raw:
        return Record(line, source_id, order, BadRow("more cells than the header has"))
    if first := seen.get(source_id):
        fault = BadRow(f"the same key as line {first}: {source_id}")
        return Record(line, None, order, fault)
    seen[source_id] = line
    try:
        row = parse(raw, file, fields)
    except BadRow as error:
        return Record(line, source_id, order, error)
    if "order" in fields:
        row["order"] = row.get("order") or order
    return Record(line, source_id, order, row)


def _require_columns(file: StreamSettings, there: Sequence[str]) -> None:
    missing = sorted(set(file.read) - set(there))
    if missing:
        raise SourceError(
            f"{file.file} has no column {', '.join(missing)}; it has {', '.join(there)}:"
            " mend its [sources.….streams.…]",
            permanent=True,
        )
