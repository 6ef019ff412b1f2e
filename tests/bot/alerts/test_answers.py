"""A question of rules is asked once, and again only when its answer may be another."""

from datetime import timedelta

import msgspec
import pytest

from bot.alerts.answers import Answers
from commands import Grant
from storage.models import SyncRun, SyncState
from tests.bot.alerts.board import BERLIN, EACH, TOTAL, Board, office
from tests.bot.clockwork import NOON

KEY = "supplier:odoo:erp/1"
ALL = Grant.everything()


@pytest.fixture
def board():
    return Board(lambda now: [(KEY, "Borealis", 43.0, None)])


@pytest.fixture
def shop(tmp_path, board):
    made = office(tmp_path, board)
    yield made
    made.store.close()


@pytest.fixture
def answers(shop):
    return Answers(shop.desk, ())


def put(shop, *rows):
    with shop.store.writer() as session:
        for row in rows:
            session.merge(row)


def see(answers, rule=EACH, after=timedelta(0), grant=ALL):
    answers.begin(NOON + after, BERLIN)
    return answers.look(rule, grant, NOON + after, BERLIN)


def test_the_same_question_is_asked_once_however_many_rules_ask_it(answers, board):
    others = [
        msgspec.structs.replace(EACH, id=f"r{at}", when=f"above {at}", channel=f"C{at}")
        for at in range(20)
    ]
    sights = {id(see(answers, rule).sight) for rule in (EACH, *others)}
    assert (len(sights), len(board.asked)) == (1, 1)


def test_other_figures_of_one_answer_are_seen_without_asking_it_again(answers, board):
    assert see(answers, TOTAL).sight.values == {"": 30.0}
    assert see(answers, EACH).sight.values == {KEY: 43.0}
    assert len(board.asked) == 1


def test_it_is_not_asked_again_while_the_data_and_the_day_are_the_same(answers, board):
    for hours in range(11):
        see(answers, after=timedelta(hours=hours))
    assert len(board.asked) == 1
    see(answers, after=timedelta(hours=12))
    assert len(board.asked) == 2


def test_it_is_asked_again_when_a_pull_changed_something(answers, board, shop):
    see(answers)
    put(shop, SyncRun(source="odoo:erp", stream="s", started_at=NOON, outcome="ok", written=0))
    see(answers)
    assert len(board.asked) == 1
    put(shop, SyncRun(source="odoo:erp", stream="s", started_at=NOON, outcome="ok", written=1))
    see(answers)
    assert len(board.asked) == 2


def test_it_is_asked_again_each_time_while_something_is_pulled(answers, board, shop):
    put(shop, SyncState(source="odoo:erp", stream="s", lease_until=NOON))
    for _ in range(3):
        see(answers)
    assert len(board.asked) == 3


def test_data_that_grew_too_old_is_seen_to_be(answers, board, shop):
    put(shop, SyncState(source="odoo:erp", stream="s", last_success_at=NOON))
    assert see(answers).sight.data == "ok"
    board.is_stale = True  # as the answer itself says from then on
    assert see(answers, after=timedelta(hours=1)).sight.data == "ok"
    assert see(answers, after=timedelta(hours=3)).sight.data == "stale"


def test_what_is_counted_in_hours_is_asked_every_hour(answers, board):
    board.unit = "h"
    see(answers)
    see(answers, after=timedelta(minutes=50))
    assert len(board.asked) == 1
    see(answers, after=timedelta(minutes=70))
    assert len(board.asked) == 2


def test_what_broke_is_asked_again_the_next_time(tmp_path, board):
    def breaks():
        raise ZeroDivisionError

    shop = office(tmp_path, board)
    answers = Answers(shop.desk, ())
    board.takes = breaks
    assert see(answers).sight.data == "error"
    board.takes = lambda: None
    assert see(answers).sight.data == "ok"
    shop.store.close()


def test_one_grant_does_not_see_what_another_may(answers):
    rule = msgspec.structs.replace(EACH, figure="Value")
    assert see(answers, rule).sight.data == "ok"
    assert see(answers, rule, grant=Grant({"supply": "full"})).sight.data == "error"


def test_a_look_that_was_kept_says_how_old_its_data_is_now(answers, shop):
    state = SyncState(
        source="odoo:erp", stream="s", tables="purchaseline", last_success_at=NOON
    )  # fmt: skip
    put(shop, state)
    found = see(answers)
    later = NOON + timedelta(minutes=30)
    with shop.store.reader() as session:
        aged = answers.aged(session, found, later, BERLIN)
    assert [one.age for one in aged.answer.basis[0].sources] == [timedelta(minutes=30)]
    assert aged.sight is found.sight


def test_so_many_questions_are_kept_and_no_more(answers, board, monkeypatch):
    monkeypatch.setattr("bot.alerts.answers.MOST", 3)
    for at in range(10):
        see(answers, msgspec.structs.replace(EACH, ask=f"board {at}"))
    assert (len(answers._said), len(answers._looks)) == (3, 3)
