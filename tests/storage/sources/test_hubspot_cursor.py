from datetime import UTC, datetime, timedelta

import pytest

from storage.sources._hubspot_cursor import Cursor, Pass
from storage.sources._window import Window

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("made", "is_due"),
    [(Pass(), True), (Pass(NOW), False), (Pass(NOW - HOUR), True), (Pass(NOW, "17"), True)],
)
def test_a_pass_is_due_once_an_hour_and_while_it_is_not_at_its_end(made, is_due):
    assert made.is_due(NOW, HOUR) is is_due


@pytest.mark.parametrize("made", [Pass(), Pass(NOW), Pass(NOW, "17")])
def test_a_pass_is_read_back_as_it_was_kept(made):
    assert Pass.of({"archived": made.state()}, "archived") == made


def test_a_cursor_keeps_its_passes_inside_a_window_and_behind_it():
    cursor = Cursor(Window(None, NOW), reread=Pass(NOW))
    for state in (cursor.within("5"), cursor.behind()):
        assert Pass.of(state, "reread") == Pass(NOW)
