"""An Answer or a Notice for a terminal: sentences, a table, a line of blocks for a chart."""

import io
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from bot.text import basis_line, heading, shown
from commands import Answer, Chart, Notice, Series, Table

WIDTH = 100
MOST_ROWS = 50
BARS = "▁▂▃▅▇"
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
# what a name must not do to the terminal that shows it
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
SIGNS = {"▲": "red", "●": "yellow", "▼": "green", "⚠": "red"}


def as_text(
    said: Answer | Notice, zone: ZoneInfo, width: int = WIDTH, *, is_colored: bool = False
) -> str:
    """`said` as a person reads it, with colours where they can be shown."""
    console = Console(
        file=io.StringIO(),
        width=width,
        # the 16 colours that every terminal has; rich leaves them out where NO_COLOR is set
        color_system="standard" if is_colored else None,
        force_terminal=is_colored,
    )
    if isinstance(said, Notice):
        _print_notice(console, said)
    else:
        _print_answer(console, said, zone)
    return printed(console)


def printed(console: Console) -> str:
    """What went to a console that writes into memory, without the blanks that end its lines."""
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def sparkline(values: Sequence[float | None]) -> str:
    """Values as blocks of five heights, the least lowest; a space where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    top = len(BARS) - 1
    return "".join(
        " " if value is None else BARS[round((value - low) / span * top) if span else top // 2]
        for value in values
    )


def _print_answer(console: Console, answer: Answer, zone: ZoneInfo) -> None:
    if answer.echo:
        console.print(_plain(f"I read that as {answer.echo}"))
    for one in (answer.summary, *answer.detail):
        console.print(_sentence(one.text))
    if answer.chart:
        console.print(_chart(answer.chart))
    if answer.table:
        _print_table(console, answer.table)
    elif answer.readings:
        console.print(_figures(answer))
    for note in answer.notes:
        console.print(_plain(note.text, "dim"))
    for basis in answer.basis:
        console.print(_plain(f"Basis: {basis_line(basis, zone)}", "dim"))
    for up in answer.follow_ups:
        console.print(_plain(f"→ {up.line}", "cyan"))


def _print_notice(console: Console, notice: Notice) -> None:
    for text, style in ((notice.title, "bold"), (notice.text, "")):
        if text:
            console.print(_plain(text.replace("`", "").replace("**", ""), style))
    for one in notice.choices:
        console.print(_plain(f"→ {one.line}", "cyan"))


def _plain(text: str, style: str = "") -> Text:
    return Text(CONTROL.sub("", text), style)


def _sentence(text: str) -> Text:
    """A sentence with its bold words, and its signs in a colour of their own."""
    made = Text()
    for at, part in enumerate(BOLD.split(text)):
        made.append_text(_plain(part, "bold" if at % 2 else ""))
    for sign, color in SIGNS.items():
        made.highlight_words([sign], color)
    return made


def _chart(chart: Chart) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_header=False)
    for one in chart.series:
        grid.add_row(_plain(one.name), Text(sparkline(one.values)), _plain(_ends(one, chart)))
    return grid


def _ends(series: Series, chart: Chart) -> str:
    """The first and the last value that there are, each with where it stands."""
    known = [(x, value) for x, value in zip(chart.x, series.values, strict=True)
             if value is not None]  # fmt: skip
    if not known:
        return "n/a"
    (first, begin), (last, end) = known[0], known[-1]
    return f"{shown(begin, chart.unit)} ({first}) → {shown(end, chart.unit)} ({last})"


def _print_table(console: Console, table: Table) -> None:
    console.print(_grid(table))
    every, drawn = table.total or len(table.rows), min(len(table.rows), MOST_ROWS)
    if every > drawn:
        console.print(f"{drawn} of {every} rows; --format csv prints all")


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for column in table.columns:
        grid.add_column(
            _plain(heading(column.name, column.unit)), justify="right" if column.metric else "left"
        )
    for number, row in enumerate(table.rows[:MOST_ROWS]):
        cells = [
            _plain(shown(value, "share" if column.unit == "share" else ""))
            for value, column in zip(row, table.columns, strict=True)
        ]
        if number in table.bold:
            cells[0].append(" ◀")
            cells[0].stylize("bold")
        grid.add_row(*cells)
    return grid


def _figures(answer: Answer) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_header=False)
    for one in answer.readings:
        bounds = ""
        if one.low is not None and one.high is not None:
            bounds = f"({shown(one.low, one.unit)} – {shown(one.high, one.unit)})"
        grid.add_row(_plain(one.name), Text(shown(one.value, one.unit)), Text(bounds))
    return grid
