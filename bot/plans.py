"""What is sent in place of blocks that a Slack does not know yet: simpler ones of like content."""

from collections.abc import Callable
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from bot.mrkdwn import TEXT, cut, escape, section, text_object

ROWS = 10
REFUSED = "invalid_blocks"
# how it is said of a message, and of a view
REFUSALS = (REFUSED, "invalid_arguments")
# Kinds of blocks that came late, or come to one workspace after the other.
NEWEST = frozenset({"data_table", "data_visualization", "table"})

Block = dict[str, Any]
T = TypeVar("T")


def forms(blocks: list[Block]) -> list[list[Block]]:
    """The blocks, then simpler forms of them: first tables without pages, then text alone."""
    made = [blocks]
    for simpler in (_with_tables, _with_text):
        if (next_form := simpler(made[-1])) != made[-1]:
            made.append(next_form)
    return made


def has_newest(blocks: list[Block]) -> bool:
    """Whether there are blocks in it that Slack may refuse."""
    return any(block["type"] in NEWEST for block in blocks)


def taken(send: Callable[[list[Block]], T], blocks: list[Block]) -> T:
    """What Slack answers to the richest form that it takes; other refusals are raised."""
    *richer, plainest = forms(blocks)
    for form in richer:
        try:
            return send(form)
        except SlackApiError as error:
            if error.response.get("error") not in REFUSALS:
                raise
    return send(plainest)


def _with_tables(blocks: list[Block]) -> list[Block]:
    made = []
    for block in blocks:
        made += _table(block) if block["type"] == "data_table" else [block]
    return made


def _table(block: Block) -> list[Block]:
    """The first rows of a table that has pages, and how many there are."""
    rows = block["rows"][: ROWS + 1]
    is_figure = [
        any(row[at]["type"] == "raw_number" for row in rows[1:]) for at in range(len(rows[0]))
    ]
    settings = [
        {"align": "right" if figure else "left", "is_wrapped": at == len(is_figure) - 1}
        for at, figure in enumerate(is_figure)
    ]
    drawn = [[_cell(cell) for cell in row] for row in rows]
    count = f"{len(rows) - 1} of {len(block['rows']) - 1} rows shown"
    return [
        {"type": "table", "column_settings": settings, "rows": drawn},
        {"type": "context", "elements": [text_object(count)]},
    ]


def _cell(cell: Block) -> Block:
    if cell["type"] == "raw_number":
        return {"type": "raw_text", "text": cell["text"]}
    return cell


def _with_text(blocks: list[Block]) -> list[Block]:
    made = []
    for block in blocks:
        if block["type"] == "table":
            text = f"```{cut(_columns(block), TEXT - 6)}```"
            made.append(section(text))
        elif block["type"] != "data_visualization":
            made.append(block)
    return made


def _columns(table: Block) -> str:
    rows = [[_plain(cell) for cell in row] for row in table["rows"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return escape("\n".join(lines)).replace("`", "ˋ")


def _plain(cell: Block) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"])
    return str(cell["elements"][0]["elements"][0]["text"])
