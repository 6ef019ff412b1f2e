"""A dry run on history finds the days on which the rule itself would have fired."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.replay import BUDGET, replay
from commands import Grant
from storage.watch import Seen, State, read_watch, step
from tests.bot.alerts.board import BERLIN, EACH, TOTAL, Board, days_ago, office
from tests.bot.clockwork import NOON

TODAY = date(2026, 11, 24)
KEYS = {name: f"supplier:odoo:erp/{name}" for name in ("Borealis", "Cobalt", "Delta")}


class Watchmaker:
    """A clock that a question moves on by what it takes."""

    def __init__(self, takes=0.0):
        self.now, self.takes = NOON, timedelta(seconds=takes)

    def __call__(self):
        return self.now

    def tick(self):
        self.now += self.takes


@pytest.fixture(scope="module")
def ever(tmp_path_factory):
    """A board that every example of a property sets anew, and its desk."""
    board = Board()
    made = office(tmp_path_factory.mktemp("ever"), board)
    yield board, made.desk
    made.store.close()


def run(tmp_path, board, rule, *, takes=0.0, grant=None, **more):
    made, clock = office(tmp_path, board), Watchmaker(takes)
    board.takes = clock.tick
    found = replay(made.desk, rule, grant or Grant.everything(), NOON, BERLIN, clock=clock, **more)
    made.store.close()
    return found


def test_it_says_on_which_days_it_would_have_fired(tmp_path):
    high = {3, 4, 20, 21, 22, 50}
    board = Board(total_at=lambda now: 43.0 if round(days_ago(now)) in high else 30.0)
    found = run(tmp_path, board, TOTAL)
    assert [one.date for one in found.fired] == [
        TODAY - timedelta(days=50), TODAY - timedelta(days=22), TODAY - timedelta(days=4),
    ]  # fmt: skip
    assert {one.value for one in found.fired} == {43.0}
    assert (len(found.days), found.step, found.reach_from, found.is_cut) == (90, 1, None, False)
    assert found.days[-1].date == TODAY
    assert [day.phase for day in found.days[-6:]] == [
        "normal", "firing", "firing", "normal", "normal", "normal",
    ]  # fmt: skip


def test_each_day_is_asked_as_it_was_known_at_this_time_of_day(tmp_path):
    board = Board()
    run(tmp_path, board, TOTAL, days=40)
    local = sorted(at.astimezone(BERLIN) for at in board.asked)
    # 13:00 in Berlin in winter and in summer
    assert {at.hour for at in local} == {13}
    assert [at.date() for at in local] == [TODAY - timedelta(days=back) for back in range(40)][::-1]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats(0, 80)), min_size=12, max_size=12),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_it_fires_when_the_table_of_phases_says_so(ever, values, pending, recovering):
    board, desk = ever
    board.total_at = lambda now: values[11 - round(days_ago(now))]
    rule = msgspec.structs.replace(
        TOTAL, pending=pending, recovering=recovering, every=timedelta(days=1)
    )
    found = replay(
        desk, rule, Grant.everything(), NOON, BERLIN, clock=Watchmaker(), days=12
    )  # fmt: skip
    state, fired = State(), []
    for at, value in enumerate(values):
        seen = Seen("no-data") if value is None else Seen("ok", value)
        state, news = step(state, seen, read_watch("above 40", "below 34", pending, recovering))
        fired += [TODAY - timedelta(days=11 - at)] if "fired" in news else []
    assert [one.date for one in found.fired] == fired


def test_many_evaluations_within_a_day_are_over_by_the_next(tmp_path):
    board = Board(total_at=lambda now: 43.0 if round(days_ago(now)) == 9 else 30.0)
    often = msgspec.structs.replace(TOTAL, pending=3, every=timedelta(minutes=10))
    seldom = msgspec.structs.replace(TOTAL, pending=3, every=timedelta(days=1))
    assert len(run(tmp_path, board, often).fired) == 1
    assert run(tmp_path, board, seldom).fired == ()


def rows_at(now):
    back = round(days_ago(now))
    rows = [("Borealis", 43.0 if 5 <= back < 8 else 30.0), ("Cobalt", 50.0 if back < 6 else 20.0)]
    rows += [("Delta", 60.0)] if back < 20 else []
    return [(KEYS[name], name, days, None) for name, days in rows]


def test_of_rows_each_fires_by_itself_and_the_days_count_them(tmp_path):
    found = run(tmp_path, Board(rows_at), EACH)
    assert [(one.label, (TODAY - one.date).days) for one in found.fired] == [
        ("Delta", 19), ("Borealis", 7), ("Cobalt", 5),
    ]  # fmt: skip
    assert found.entities == 3
    assert [day.value for day in found.days[-9:]] == [1, 2, 2, 3, 2, 2, 2, 2, 2]


def test_a_new_row_fires_when_it_comes_and_not_those_of_the_beginning(tmp_path):
    rule = msgspec.structs.replace(EACH, kind="new", when="", clear="")
    found = run(tmp_path, Board(rows_at), rule)
    assert [(one.label, (TODAY - one.date).days) for one in found.fired] == [("Delta", 19)]
    assert sum(day.value for day in found.days) == 1


def test_a_row_that_is_over_when_it_is_gone_fires_again_when_it_comes_back(tmp_path):
    def rows(now):
        back = round(days_ago(now))
        return [(KEYS["Delta"], "Delta", 60.0, None)] if back in (20, 19, 10) else []

    board = Board(rows)
    board.is_fleeting = True
    found = run(tmp_path, board, EACH)
    assert [(TODAY - one.date).days for one in found.fired] == [20, 10]


def test_where_history_does_not_reach_it_says_from_when_on_it_can_be_replayed(tmp_path):
    board = Board(total_at=lambda now: None if days_ago(now) > 30 else 43.0)
    found = run(tmp_path, board, TOTAL)
    assert found.reach_from == TODAY - timedelta(days=30)
    assert found.days[0].date == found.reach_from
    assert [one.date for one in found.fired] == [found.reach_from]


def test_what_the_figure_itself_says_of_its_history_is_believed(tmp_path):
    board = Board(total_at=lambda now: 43.0)
    board.history_from = datetime(2026, 11, 4, 8, tzinfo=UTC)
    assert run(tmp_path, board, TOTAL).reach_from == date(2026, 11, 4)


def test_a_figure_without_any_history_can_not_be_replayed(tmp_path):
    found = run(tmp_path, Board(total_at=lambda now: None), TOTAL)
    assert (found.days, found.fired, found.reach_from) == ((), (), None)
    assert found.why == "there is no figure"


def test_days_that_can_not_be_judged_change_nothing(tmp_path):
    gap = {9, 10, 11}
    board = Board(total_at=lambda now: None if round(days_ago(now)) in gap else 43.0)
    found = run(tmp_path, board, TOTAL, days=30)
    assert len(found.fired) == 1
    assert [day.why for day in found.days if day.value is None] == ["there is no figure"] * 3
    assert {day.phase for day in found.days} == {"firing"}


def test_a_slow_question_is_asked_of_fewer_days_the_newest_first(tmp_path):
    told = []
    board = Board(total_at=lambda now: 43.0)
    found = run(tmp_path, board, TOTAL, takes=1.0, progress=lambda *one: told.append(one))
    assert found.step == 5
    assert [(TODAY - day.date).days for day in found.days[-3:]] == [10, 5, 0]
    assert not found.is_cut
    assert told[-1] == (17, 18)
    assert board.asked == sorted(board.asked, reverse=True)
    assert len(board.asked) * timedelta(seconds=1) <= BUDGET


def test_what_time_did_not_allow_is_left_out_and_said(tmp_path):
    board = Board(total_at=lambda now: 43.0)
    made, clock = office(tmp_path, board), Watchmaker()
    takes = iter([0.2, *[2.0] * 90])

    def tick():
        clock.now += timedelta(seconds=next(takes))

    board.takes = tick
    found = replay(made.desk, TOTAL, Grant.everything(), NOON, BERLIN, clock=clock)
    made.store.close()
    assert found.is_cut
    assert found.reach_from is None
    assert len(board.asked) == 11


def test_what_one_may_not_see_is_not_replayed(tmp_path):
    found = run(tmp_path, Board(total_at=lambda now: 43.0), TOTAL, grant=Grant({"revenue": "full"}))
    assert (found.days, found.fired, found.reading) == ((), (), None)
    assert "may not see" in found.why


@pytest.mark.parametrize("kind", ["value", "change"])
def test_a_change_is_replayed_against_what_was_known_before_each_day(tmp_path, kind):
    board = Board(total_at=lambda now: 30.0 if days_ago(now) > 20.5 else 45.0)
    rule = msgspec.structs.replace(TOTAL, kind=kind, when="above 40", clear="")
    found = run(tmp_path, board, rule)
    assert [(TODAY - one.date).days for one in found.fired] == [20]


def test_what_flaps_near_its_threshold_fires_once_in_the_time_that_it_is_kept(tmp_path):
    """As the test of suppliers does, whose p goes to and fro."""
    board = Board(total_at=lambda now: 43.0 if round(days_ago(now)) % 3 == 0 else 30.0)
    (tmp_path / "kept").mkdir()
    kept = msgspec.structs.replace(TOTAL, keep=timedelta(days=14))
    assert len(run(tmp_path, board, TOTAL).fired) == 30
    found = run(tmp_path / "kept", board, kept)
    assert len(found.fired) <= 90 // 14 + 1
    assert found.watch.keep == timedelta(days=14)
