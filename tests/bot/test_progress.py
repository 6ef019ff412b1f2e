import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.progress import bars, told
from storage.lease import Result

ROOT = Path(__file__).parents[2]
DRAW = """
from bot.progress import bars
with bars() as show:
    show("orders", 50, 100)
print("printed")
"""


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (Result("a", 1200, 30), "a: 1,200 read, 30 changed"),
        (Result("a", 9, 3, 1, 2), "a: 9 read, 3 changed, 1 gone, 2 held back"),
        (Result("a", error="the key is old"), "a: failed: the key is old"),
        (Result("a", skipped=True), "a: another process pulls it"),
    ],
)
def test_a_pull_is_told_in_a_line(result, line):
    assert told(result) == line


def test_where_there_is_no_terminal_there_are_no_bars(capsys):
    with bars() as show:
        show("orders", 10, 100)
        show("orders", 100, 100)
    seen = capsys.readouterr()
    assert (seen.out, seen.err) == ("", "")


def test_bars_are_drawn_beside_what_is_printed():
    """Standard error is a terminal here, standard output a file: only the first has bars."""
    terminal, there = os.openpty()
    done = subprocess.run(
        [sys.executable, "-c", DRAW], stdout=subprocess.PIPE, stderr=there, check=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(there)
    drawn = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    assert done.stdout == b"printed\n"
    assert "orders" in drawn
    assert "50/100" in drawn


def test_a_bar_tells_the_rate_and_how_long_it_will_take():
    console, seconds = Console(file=StringIO(), force_terminal=True, width=100), [0.0]
    with bars(console, clock=lambda: seconds[0]) as show:
        for received in (0, 100, 200, 300):
            show("orders", received, 1000)
            seconds[0] += 10
    drawn = console.file.getvalue()
    assert "300/1000" in drawn
    assert "10/s" in drawn
    assert "0:01:10" in drawn
