from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.alerts.change import changed, earlier
from bot.alerts.figures import figures
from bot.alerts.look import look
from commands import Ask, Grant, Notice, Reading
from tests.bot.alerts.board import BERLIN, EACH, TOTAL, Board, days_ago, office
from tests.bot.clockwork import NOON

CHANGE = msgspec.structs.replace(TOTAL, kind="change", when="above 20 %", clear="")
KEY = "supplier:odoo:erp/1"


def seen(tmp_path, board, rule, now=NOON):
    made = office(tmp_path, board)
    found = look(made.desk, rule, Grant.everything(), now, BERLIN)
    made.store.close()
    return found


def test_a_change_is_against_the_same_question_as_it_stood_a_window_before(tmp_path):
    board = Board(total_at=lambda now: 30.0 if days_ago(now) > 60 else 39.0)
    found = seen(tmp_path, board, CHANGE)
    assert found.sight.values == {"": pytest.approx(0.3)}
    assert found.reading.unit == "share"
    assert found.words[""] == "39 d, 30 d on 26 Aug 2026 (+30%)"
    assert found.watch.when.holds(0.3)
    # no window is named, so it is the one that the figure rests on: 90 days
    assert board.asked == [NOON, datetime(2026, 8, 25, 22, tzinfo=UTC)]


def test_each_row_is_compared_with_itself(tmp_path):
    def rows(now):
        old = [(KEY, "Borealis", 20.0, None), ("supplier:odoo:erp/2", "Cobalt", 10.0, None)]
        new = [(KEY, "Borealis", 30.0, None), ("supplier:odoo:erp/3", "Delta", 9.0, None)]
        return old if days_ago(now) > 60 else new

    rule = msgspec.structs.replace(EACH, kind="change", when="above 4", clear="")
    found = seen(tmp_path, Board(rows), rule)
    assert found.sight.values == {KEY: pytest.approx(0.5), "supplier:odoo:erp/3": None}
    assert found.sight.labels[KEY] == "Borealis"


@pytest.mark.parametrize(
    ("line", "versus", "at"),
    [
        ("board last 30 days", "prior", "2026-10-24T22:00"),
        ("board last month", "prior", "2026-09-30T22:00"),
        # 1 Oct 00:00 to 24 Nov 13:00, so as much of the quarter before
        ("board this quarter", "prior", "2026-08-24T12:00"),
        ("board last 30 days", "year", "2025-11-24T12:00"),
        ("board", "prior", "2026-08-25T22:00"),
    ],
)
def test_what_was_before_is_asked_as_of_the_end_of_the_window_before(line, versus, at):
    rule = msgspec.structs.replace(CHANGE, ask=line, versus=versus)
    said = Board().answer(None, Ask(line, NOON, BERLIN, Grant.everything()), ())
    found = earlier(rule, said, figures(said, rule).reading, NOON, BERLIN)
    wanted = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert abs(found - wanted) <= timedelta(hours=1)


def test_a_leap_day_is_compared_with_the_day_before_the_one_that_is_missing():
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    rule = msgspec.structs.replace(CHANGE, versus="year")
    said = Board().answer(None, Ask("board", leap, BERLIN, Grant.everything()), ())
    assert earlier(rule, said, figures(said, rule).reading, leap, BERLIN).day == 28


def test_where_history_does_not_reach_it_says_from_when_on_it_can_be_told(tmp_path):
    board = Board()
    board.history_from = datetime(2026, 11, 1, tzinfo=UTC)
    found = seen(tmp_path, board, CHANGE)
    assert found.sight.data == "no-data"
    assert found.why == "a change can't be told before 1 Nov 2026"


@pytest.mark.parametrize("before", [None, 0.0])
def test_a_figure_that_was_not_there_or_nothing_has_no_change(tmp_path, before):
    board = Board(total_at=lambda now: before if days_ago(now) > 60 else 39.0)
    found = seen(tmp_path, board, CHANGE)
    assert found.sight.data == "no-data"
    assert found.why == "there was no figure to compare with on 26 Aug 2026"


def test_a_figure_that_was_in_another_unit_is_not_compared(tmp_path):
    board = Board()
    units = iter(["EUR", "USD"])
    board.takes = lambda: setattr(board, "unit", next(units))
    found = seen(tmp_path, board, CHANGE)
    assert (found.sight.data, found.why) == ("error", "its figure was in USD then")


def test_a_window_that_lies_ahead_of_the_time_before_can_not_be_asked_then(tmp_path):
    made = office(tmp_path, Board())
    desk = made.desk
    asks = lambda line, at: (  # noqa: E731 - the second question can't be read
        desk.ask(line, "C1", at, BERLIN, Grant.everything()) if at == NOON
        else Notice("I can't read that time", "2026 is still to come.", error=True)
    )  # fmt: skip
    found = look(desk, CHANGE, Grant.everything(), NOON, BERLIN, asks)
    assert found.sight.data == "error"
    assert "as of" in found.why
    made.store.close()


def survey(metric, value, low, high):
    """An answer whose first figure has a margin."""
    reading = Reading(metric, value, "points", "customers", metric, low=low, high=high)
    said = Board().answer(None, Ask("board", NOON, BERLIN, Grant.everything()), ())
    return replace(said, readings=(reading,))


@pytest.mark.parametrize(("metric", "before", "moved", "words"), [
    ("nps", (30, 10, 50), 0, "no change beyond chance"),
    ("nps", (30, None, None), 0, "no change beyond chance"),
    ("nps", (-20, -40, 0), 3, "+300%"),
    ("lead-time", (30, 10, 50), 1 / 3, "+33%"),
])  # fmt: skip
def test_a_figure_of_answers_moves_beyond_its_margin_only(metric, before, moved, words):
    now_seen = figures(survey(metric, 40, 20, 60), CHANGE)
    found = changed(CHANGE, survey(metric, 40, 20, 60), now_seen, NOON, BERLIN,
                    lambda line, at: survey(metric, *before))  # fmt: skip
    assert found.values[""] == pytest.approx(moved)
    assert words in found.words[""]
