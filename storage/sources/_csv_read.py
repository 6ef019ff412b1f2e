"""Reads a file: each record with its place and its key, or why it can't be believed."""

import csv
import hashlib
import io
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from storage.sources import BadRow, Row, SourceError
from storage.sources import _csv_xlsx as xlsx
from storage.sources._csv_cell import plain
from storage.sources._csv_files import File
from storage.sources._csv_parse import RowSettings, StreamSettings, parse
from storage.spill import Spill

CHUNK = 1 << 20

Raw = dict[Any, Any]


@dataclass(frozen=True)
class Record:
    """A record: its number among all that are read, its place in words, its key (null where that
    is missing or taken), the order it speaks of as far as that can be told, and what it says or
    what is wrong with it.
    """

    number: int
    place: str
    source_id: str | None
    order: str
    row: Row | BadRow

    @property
    def name(self) -> str:
        return self.source_id or self.place


def records(
    files: Sequence[File], how: StreamSettings, fields: Mapping[str, str]
) -> Iterator[Record]:
    """All records, file by file; one that can't be read as it is described is a `SourceError`.

    Of a key that several files have the first of them counts; twice in one file is a mistake.
    """
    seen: Spill[tuple[int, str]] = Spill()
    before = 0
    for which, file in enumerate(files):
        last = 0
        for last, raw in _rows(file, how):
            place = f"line {last}" if len(files) == 1 else f"{file.name} line {last}"
            made = record(raw, before + last, place, how, fields)
            taken = seen.get(made.source_id) if made.source_id else None
            if taken is None and made.source_id:
                seen.put(made.source_id, (which, place))
            if taken and taken[0] != which:
                continue
            if taken:
                fault = BadRow(f"the same key as {taken[1]}: {made.source_id}")
                made = Record(made.number, place, None, made.order, fault)
            yield made
        before += last


def header(file: File, how: StreamSettings) -> Sequence[str]:
    """The names of the columns."""
    with closing(_lines(file, how)) as lines:
        return [plain(name) for name in next(lines, (0, ()))[1]]


def fingerprint(files: Sequence[File], how: StreamSettings, also: bytes) -> tuple[str, int]:
    """What changes when the files do, or `also`; and about how many records they have."""
    digest, count = hashlib.blake2b(also, digest_size=16), 0
    for file in files:
        lines, last = 0, b""
        with file.opened() as opened:
            while chunk := opened.read(CHUNK):
                digest.update(chunk)
                lines += chunk.count(b"\n")
                last = chunk[-1:]
        if file.suffix in xlsx.SUFFIXES:
            count += xlsx.count(file, how.sheet)
        else:
            count += max(0, lines + (last not in (b"", b"\n")) - 1)
    return digest.hexdigest(), count


def record(
    raw: Raw, number: int, place: str, how: RowSettings, fields: Mapping[str, str]
) -> Record:
    """One row of cells by column name as a record; under null what is beyond the columns."""
    parts = [plain(raw.get(column)) for column in how.key]
    source_id = "|".join(parts)
    order = plain(raw.get(how.columns.get("order", ""))) or parts[0]
    if not all(parts):
        fault = BadRow(f"no value in the key {', '.join(how.key)}")
        return Record(number, place, None, order, fault)
    if None in raw:
        return Record(number, place, source_id, order, BadRow("more cells than the header has"))
    try:
        row = parse(raw, how, fields)
    except BadRow as error:
        return Record(number, place, source_id, order, error.with_traceback(None))
    if "order" in fields:
        row["order"] = row.get("order") or order
    return Record(number, place, source_id, order, row)


def _rows(file: File, how: StreamSettings) -> Iterator[tuple[int, Raw]]:
    """The rows below the header by line, each as cells by name."""
    with closing(_lines(file, how)) as lines:
        names = [plain(name) for name in next(lines, (0, ()))[1]]
        _require_columns(file, how, names)
        for line, cells in lines:
            raw: Raw = dict(zip_longest(names, cells[: len(names)]))
            if len(cells) > len(names):
                raw[None] = cells[len(names) :]
            yield line, raw


def _lines(file: File, how: StreamSettings) -> Generator[tuple[int, Sequence[Any]], None, None]:
    """The cells of each row that is not empty, the header's first, by their (last) line."""
    if file.suffix in xlsx.SUFFIXES:
        yield from xlsx.cells(file, how.sheet)
        return
    delimiter = how.delimiter or ("\t" if file.suffix == ".tsv" else ",")
    try:
        with io.TextIOWrapper(file.opened(), how.encoding, newline="") as text:
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            for cells in reader:
                if cells:
                    yield reader.line_num, cells
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{file.name}: {error}; is it {how.encoding}?", permanent=True) from error


def _require_columns(file: File, how: StreamSettings, there: Sequence[str]) -> None:
    missing = sorted(set(how.read) - set(there))
    if missing:
        raise SourceError(
            f"{file.name} has no column {', '.join(missing)}; it has {', '.join(there)}:"
            " mend its [sources.….streams.…]",
            permanent=True,
        )
