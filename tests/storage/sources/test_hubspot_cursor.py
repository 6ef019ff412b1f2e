from datetime import UTC, datetime, timedelta

import pytest

from storage.sources._hubspot_cursor import Cursor, Pass, Turns
from storage.sources._window import Window

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ["calls", "emails", "notes"]


def ended(at=NOW):
    return Cursor(Window(None, at)).behind()


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


def test_every_type_has_its_turn_from_the_one_that_was_under_way():
    assert list(Turns.of(None, NAMES).order()) == NAMES
    assert list(Turns.of({"v": 1, "turn": "notes", "types": {}}, NAMES).order()) == [
        "notes", "calls", "emails",
    ]  # fmt: skip


def test_the_turn_goes_on_when_a_type_is_at_its_end_and_not_before():
    turns = Turns.of(None, NAMES)
    within = Cursor(Window(None, NOW)).within("5")
    assert turns.after("calls", within)["turn"] == "calls"
    assert turns.after("calls", ended())["turn"] == "emails"
    passing = Cursor(Window(None, NOW), archived=Pass(NOW, "9")).behind()
    assert turns.after("notes", passing)["turn"] == "notes"
    assert turns.after("notes", ended())["turn"] == "calls"


def test_a_state_is_read_back_as_it_was_kept():
    kept = Turns.of(None, NAMES).after("emails", ended())
    assert Turns.of(kept, NAMES) == Turns(NAMES, {"emails": ended()}, "notes")


def test_a_type_that_is_no_longer_wanted_is_forgotten():
    kept = {"v": 1, "turn": "emails", "types": {"emails": ended()}}
    assert Turns.of(kept, ["calls"]) == Turns(["calls"], {}, "calls")


def test_the_stream_is_complete_up_to_where_its_slowest_type_is():
    turns = Turns.of(None, NAMES)
    turns.after("calls", ended())
    assert turns.high(["calls", "emails"]) is None
    turns.after("emails", ended(NOW - HOUR))
    assert turns.high(["calls", "emails"]) == NOW - HOUR
    assert turns.high(["emails"]) == NOW - HOUR
    assert turns.high(NAMES) is None
