import pytest

from bot.progress import bars, told
from storage.lease import Result


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
    assert capsys.readouterr().err == ""
