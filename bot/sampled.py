"""The first rows of a source as they would be stored, for a person to look at."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from bot.terminal import CONTROL, WIDTH, printed
from storage.sources import Rejected, Row, Source, StreamSpec

MOST_ROWS = 5
MOST_COLUMNS = 7
STREAMS_SHOWN = 2
STREAMS_TRIED = 4
MOST_PAGES = 5


def sampled(source: Source, zone: ZoneInfo) -> Iterator[str]:
    """The first rows of the first streams that have any, and why rows were refused."""
    shown = 0
    for stream in source.streams[:STREAMS_TRIED]:
        if shown == STREAMS_SHOWN:
            break
        rows, rejected = _first(source, stream)
        shown += bool(rows)
        for table, found in rows.items():
            of = f" ({table})" if len(rows) > 1 else ""
            yield f"{stream.name}{of}:\n{as_table(found, zone)}"
        if rejected:
            why = CONTROL.sub("", f"{rejected[0].source_id}: {rejected[0].reason}")
            yield f"{stream.name}: {len(rejected)} can't be believed, the first is {why}"
    if not shown:
        yield "It has nothing yet that could be shown."


def as_table(rows: Sequence[Row], zone: ZoneInfo) -> str:
    """Rows with the columns that are filled in any of them, the id first."""
    filled = [name for name in dict.fromkeys(name for row in rows for name in row)
              if any(row.get(name) not in (None, "", {}) for row in rows)]  # fmt: skip
    names = [name for name in filled if name != "source_updated_at" and not _is_twin(name, filled)]
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for name in names[:MOST_COLUMNS]:
        grid.add_column(name, max_width=24, overflow="ellipsis", no_wrap=True)
    for row in rows:
        grid.add_row(*(Text(_shown(row.get(name), zone)) for name in names[:MOST_COLUMNS]))
    console = Console(file=io.StringIO(), width=WIDTH)
    console.print(grid)
    return printed(console)


def _first(source: Source, stream: StreamSpec) -> tuple[dict[str, list[Row]], list[Rejected]]:
    """The first rows by table, and what was refused on the way; nothing of it is kept.

    A stream of several tables may give some of them on later pages.
    """
    rows: dict[str, list[Row]] = {}
    rejected: list[Rejected] = []
    for page in islice(source.pull(stream, None), MOST_PAGES):
        rejected += page.rejected
        for table, found in page.rows.items():
            rows[table] = [*rows.get(table, ()), *found][:MOST_ROWS]
        if all(rows.get(table) for table in stream.tables):
            break
    return {table: rows[table] for table in stream.tables if rows.get(table)}, rejected


def _is_twin(name: str, filled: Sequence[str]) -> bool:
    """An instant whose day is shown."""
    return name.endswith("_at") and f"{name[:-3]}_on" in filled


def _shown(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return CONTROL.sub("", str(value)).replace("\n", " ")
