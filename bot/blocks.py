"""An Answer or a Notice as Block Kit, within Slack's limits; nothing else knows Block Kit.

Blocks are dicts, not classes of the SDK: it does not know the newest ones. Texts from outside go
through `escape`, and every text object is verbatim, so that no name can become a mention.
"""

import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from bot.text import basis_line, shown
from commands import Answer, Chart, Column, FollowUp, Notice, Table, Value

Block = dict[str, Any]

TEXT = 3_000
CONTEXT = 2_000
BUTTON = 75
BUTTON_VALUE = 2_000
TITLE = 50
LABEL = 20
SERIES = 6
POINTS = 20
CELL = 200
ROWS = 10
COLUMNS = 8
MOST_QUESTIONS = 3
MOST_CHOICES = 5
ASK, SHARE = "ask", "share"
PERCENT = re.compile(r"(\d) %")
EMPHASIS = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def blocks(said: Answer | Notice, zone: ZoneInfo, *, is_shared: bool = False) -> list[Block]:
    """`said` as a message: the answer first, then a chart, a table, its basis and next questions.

    One that `is_shared` is for everybody in a channel, and is not offered to be shared again.
    """
    if isinstance(said, Notice):
        return [_section(_notice_text(said)), *_choices(said)]
    made = [_section(_lead(said))]
    if said.chart and (chart := _chart(said.chart)):
        made.append(chart)
    if said.table and said.table.rows:
        made.append(_table(said.table))
    made.append(_context(said, zone))
    made.append(_questions(said, is_shared))
    return made


def without_pictures(
    said: Answer | Notice, zone: ZoneInfo, *, is_shared: bool = False
) -> list[Block]:
    """The same for a Slack that does not know charts and tables yet: the table as text."""
    made: list[Block] = []
    for block in blocks(said, zone, is_shared=is_shared):
        if block["type"] == "table":
            made.append(_section(f"```{_as_text(block)[: TEXT - 6]}```"))
        elif block["type"] != "data_visualization":
            made.append(block)
    return made


def fallback(said: Answer | Notice) -> str:
    """What a notification and a screen reader say: the answer in a sentence or two."""
    if isinstance(said, Notice):
        return _cut(_mrkdwn(f"{said.title}. {said.text}"), TEXT)
    sentences = (said.summary, *said.detail)
    return _cut(escape(" ".join(one.text for one in sentences).replace("**", "")), TEXT)


def escape(text: str) -> str:
    """Text from outside, so that Slack shows it as it is: no mention, no link, no command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mrkdwn(text: str) -> str:
    """Our own text with **bold** as Slack's mrkdwn; a star within it is only a star."""
    kept = PERCENT.sub("\\1\u00a0%", escape(text))  # a number and its sign stay on one line
    return EMPHASIS.sub(lambda found: f"*{found[1].replace('*', '∗')}*", kept)


def _lead(answer: Answer) -> str:
    echo = [f"I read that as `{answer.echo}`"] if answer.echo else []
    sentences = [one.text for one in (answer.summary, *answer.detail)]
    return "\n".join([*map(escape, echo), *map(_mrkdwn, sentences)])


def _notice_text(notice: Notice) -> str:
    return "\n".join(filter(None, [f"*{_mrkdwn(notice.title)}*", _mrkdwn(notice.text)]))


def _section(text: str) -> Block:
    return {"type": "section", "text": _text(_cut(text or " ", TEXT))}


def _text(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _context(answer: Answer, zone: ZoneInfo) -> Block:
    """What it rests on, small and grey; then what else must be known."""
    left_out = []
    if answer.table and answer.table.total and answer.table.total > min(
        ROWS, len(answer.table.rows)
    ):  # fmt: skip
        left_out = [f"{min(ROWS, len(answer.table.rows))} of {answer.table.total} rows shown"]
    notes = [one.text for one in answer.notes]
    lines = [*(basis_line(one, zone) for one in answer.basis), *notes, *left_out]
    return {"type": "context", "elements": [_text(_cut(escape("\n".join(lines)), CONTEXT))]}


def _questions(answer: Answer, is_shared: bool) -> Block:
    """Next questions, how this was computed, and sharing, which is never the first thing to do."""
    computed = FollowUp("How is this computed?", f"define {answer.basis[0].metric}")
    ups = [one for one in answer.follow_ups if one.line != computed.line][:MOST_QUESTIONS]
    ups.append(computed)
    buttons = [_button(up, at, answer.title) for at, up in enumerate(ups)]
    if answer.line and not is_shared:
        share = FollowUp("Share to channel…", answer.line)
        buttons.append(_button(share, len(ups), answer.title, SHARE))
    return {"type": "actions", "elements": buttons}


def _choices(notice: Notice) -> list[Block]:
    if not notice.choices:
        return []
    buttons = [_button(up, at, notice.title) for at, up in enumerate(notice.choices[:MOST_CHOICES])]
    return [{"type": "actions", "elements": buttons}]


def _button(up: FollowUp, at: int, of: str, kind: str = ASK) -> Block:
    """A button that carries a command line; its id is its own within any message."""
    # several answers may share a message, so the id is made of the answer's title too
    unique = crc32(f"{of}\0{up.line}".encode())
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": _cut(up.label or "…", BUTTON)},
        "action_id": f"{kind}:{at}:{unique}",
        "value": up.line[:BUTTON_VALUE],
    }


def _table(table: Table) -> Block:
    columns = table.columns[:COLUMNS]
    head = [_cell(column.name) for column in columns]
    rows = [
        [
            _cell(_figure(value, column), is_bold=number in table.bold and at == 0)
            for at, (value, column) in enumerate(zip(row, columns, strict=False))
        ]
        for number, row in enumerate(table.rows[:ROWS])
    ]
    return {
        "type": "table",
        "column_settings": _settings(columns),
        "rows": [head, *rows],
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


def _figure(value: Value, column: Column) -> str:
    return shown(value, column.unit) if not isinstance(value, str) else value


def _cell(text: str, *, is_bold: bool = False) -> Block:
    # a table shows text as it is: nothing in it is parsed, so nothing is escaped
    plain = _cut(text or "–", CELL)
    if not is_bold:
        return {"type": "raw_text", "text": plain}
    bold = {"type": "text", "text": plain, "style": {"bold": True}}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [bold]}],
    }


def _as_text(table: Block) -> str:
    rows = [[_plain(cell) for cell in row] for row in table["rows"]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return escape(
        "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )
    )


def _plain(cell: Block) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"])
    return str(cell["elements"][0]["elements"][0]["text"])


def _chart(chart: Chart) -> Block | None:
    """A native chart; none where fewer than two points have a value in every line."""
    full = [
        at
        for at in range(len(chart.x))
        if all(one.values[at] is not None for one in chart.series[:SERIES])
    ][-POINTS:]
    if len(full) < 2 or not chart.series:
        return None
    labels = [_cut(chart.x[at], LABEL) for at in full]
    drawn: Block = {"type": chart.kind}
    if chart.kind == "pie":
        values = [
            (label, chart.series[0].values[at]) for label, at in zip(labels, full, strict=True)
        ]
        drawn["segments"] = [{"label": label, "value": v} for label, v in values if v and v > 0]
    else:
        drawn["series"] = [
            {
                "name": _cut(one.name, LABEL),
                "data": [
                    {"label": label, "value": one.values[at]}
                    for label, at in zip(labels, full, strict=True)
                ],
            }
            for one in chart.series[:SERIES]
        ]
        drawn["axis_config"] = {"categories": labels, "y_label": _cut(_unit(chart.unit), TITLE)}
    return {"type": "data_visualization", "title": _cut(chart.title, TITLE), "chart": drawn}


def _unit(unit: str) -> str:
    return {"d": "days", "": "count", "share": "share"}.get(unit, unit)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return re.sub(r"&[a-z]{0,3}$", "", text[: limit - 1]) + "…"
