"""A Table as a block of Slack: a plain one of a few rows, or one with pages that can be sorted."""

import math
from collections.abc import Sequence
from typing import Any

from bot.mrkdwn import cut
from bot.plans import ROWS, Block
from bot.text import shown
from commands import Column, Table, Value

CELL = 200
COLUMNS, MOST_COLUMNS = 8, 20
MOST_ROWS, MOST_TEXT = 100, 20_000
NO_TEXT = "–"


def table_block(table: Table, caption: str) -> Block:
    """The table with all of its rows, or as many as Slack takes."""
    if len(table.rows) > ROWS:
        return _with_pages(table, caption)
    columns = table.columns[:COLUMNS]
    head = [_text(column.name) for column in columns]
    rows = [_row(table, number, columns, _shown) for number in range(len(table.rows))]
    return {"type": "table", "column_settings": _settings(columns), "rows": [head, *rows]}


def _with_pages(table: Table, caption: str) -> Block:
    columns = table.columns[:MOST_COLUMNS]
    made = [[_text(column.name) for column in columns]]
    left = MOST_TEXT - _length(made[0])
    for number in range(min(len(table.rows), MOST_ROWS)):
        row = _row(table, number, columns, _sortable)
        left -= _length(row)
        if left < 0:
            break
        made.append(row)
    return {"type": "data_table", "caption": caption, "page_size": ROWS, "rows": made}


def _row(table: Table, number: int, columns: Sequence[Column], cell: Any) -> list[Block]:
    row = table.rows[number]
    made = [cell(value, column) for value, column in zip(row, columns, strict=False)]
    if number in table.bold:
        made[0] = _bold(_shown(row[0], columns[0])["text"])
    return made


def _shown(value: Value, column: Column) -> Block:
    return _text(value if isinstance(value, str) else shown(value, column.unit))


def _sortable(value: Value, column: Column) -> Block:
    text = _shown(value, column)
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return text
    number = float(value)
    return {
        "type": "raw_number",
        "value": int(number) if number.is_integer() else number,
        "text": text["text"],
    }


def _text(text: str) -> Block:
    # a table shows text as it is: nothing in it is parsed, so nothing is escaped
    return {"type": "raw_text", "text": cut(text or NO_TEXT, CELL)}


def _bold(text: str) -> Block:
    bold = {"type": "text", "text": text, "style": {"bold": True}}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [bold]}],
    }


def _settings(columns: Sequence[Column]) -> list[Block]:
    """Figures stand to the right; only the last column may wrap."""
    return [
        {
            "align": "right" if column.unit or column.metric else "left",
            "is_wrapped": at == len(columns) - 1,
        }
        for at, column in enumerate(columns)
    ]


def _length(row: Sequence[Block]) -> int:
    return sum(len(cell.get("text") or CELL * "x") for cell in row)
