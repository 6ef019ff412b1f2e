"""The rows of a query as records: each with its key, or why it can't be believed."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from storage.sources import BadRow
from storage.sources._csv_cell import plain
from storage.sources._csv_parse import RowSettings
from storage.sources._csv_read import Record, record

Raw = Mapping[str, Any]


def records(
    batch: Sequence[Raw],
    before: int,
    last: Sequence[Any] | None,
    how: RowSettings,
    fields: Mapping[str, str],
) -> Iterator[Record]:
    """The rows of a batch, `before` of them earlier, of which `last` is the key of the last one.

    They come in the order of their keys: of rows with one key the first counts. A row without a
    key is named by what it holds, as it has no place to be named by.
    """
    taken = "|".join(plain(value) for value in last or ())
    for number, raw in enumerate(batch, before + 1):
        made = record(dict(raw), number, f"row {number}", how, fields)
        if made.source_id is None:
            digest = blake2b(repr(sorted(raw.items())).encode(), digest_size=6).hexdigest()
            made = Record(number, f"row {digest}", None, made.order, made.row)
        elif made.source_id == taken:
            fault = BadRow(f"the same key as the row before: {taken}")
            made = Record(number, f"row {number}", None, made.order, fault)
        taken = made.source_id or taken
        yield made


def named(batch: Sequence[Raw], key: Sequence[str]) -> list[str]:
    """The ids that rows have."""
    every = ([plain(row[name]) for name in key] for row in batch)
    return ["|".join(parts) for parts in every if all(parts)]


def last_key(
    batch: Sequence[Raw], key: Sequence[str], before: list[Any] | None
) -> list[Any] | None:
    """The key of the last row that has one; that of the batch before where none has."""
    for row in reversed(batch):
        found = [row[name] for name in key]
        if all(value is not None for value in found):
            return found
    return before
