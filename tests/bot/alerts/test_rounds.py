"""A round of all rules: each question asked once, each rule by itself, nothing lost or doubled."""

from datetime import timedelta

import msgspec
import pytest
from sqlmodel import select

from bot.alerts import own, rounds
from bot.alerts.rounds import Rounds
from commands import Grant
from storage.models import Episode, Outbox, RuleState
from tests.bot.alerts.board import BERLIN, EACH, TOTAL, Board, office
from tests.bot.clockwork import NOON

KEYS = [f"supplier:odoo:erp/{at}" for at in range(5)]
EVERY = EACH.every


def rows(now):
    return [(key, f"Supplier {at}", 38.0 + at, None) for at, key in enumerate(KEYS)]


def rules(count, **more):
    return [msgspec.structs.replace(EACH, id=f"r{at:03}", **more) for at in range(count)]


@pytest.fixture
def board():
    return Board(rows)


@pytest.fixture
def shop(tmp_path, board):
    made = office(tmp_path, board)
    yield made
    made.store.close()


def fired(shop):
    """(rule, label) of every episode that fires."""
    return sorted((one.rule, one.label) for one in shop.rows(Episode) if one.phase == "firing")


def states(shop):
    with shop.store.reader() as session:
        return list(session.exec(select(RuleState).order_by(RuleState.rule)))


HIGH = ["Supplier 3", "Supplier 4"]


def test_every_rule_is_evaluated_and_the_question_is_asked_once(shop, board):
    Rounds(shop.desk).sweep(rules(7), NOON, BERLIN)
    assert fired(shop) == [(f"r{at:03}", name) for at in range(7) for name in HIGH]
    assert len(board.asked) == 1
    assert shop.faults == []


def test_a_rule_waits_for_its_own_time(shop, board):
    often, seldom = rules(2)
    both = [often, msgspec.structs.replace(seldom, every=timedelta(hours=3))]
    round_ = Rounds(shop.desk)
    for minutes in (0, 5, 10, 20):
        round_.sweep(both, NOON + timedelta(minutes=minutes), BERLIN)
    stamps = {one.rule: one.evaluated_at for one in states(shop)}
    assert stamps == {"r000": NOON + timedelta(minutes=20), "r001": NOON}


def test_what_fires_and_ends_is_told_as_by_a_rule_alone(shop, board):
    one = Rounds(shop.desk)
    one.sweep([TOTAL], NOON, BERLIN)
    assert shop.texts() == []
    board.total_at = lambda now: 43.0
    one.answers._said.clear()
    one.answers._looks.clear()
    one.sweep([TOTAL], NOON + EVERY, BERLIN)
    assert len(shop.texts()) == 1
    assert "43" in shop.texts()[0]


def test_a_rule_that_breaks_leaves_the_others_alone_and_is_due_again(shop, monkeypatch):
    good, bad, also = rules(3)
    bad = msgspec.structs.replace(bad, quiet="when it is dark")
    Rounds(shop.desk).sweep([good, bad, also], NOON, BERLIN)
    assert {rule for rule, _ in fired(shop)} == {"r000", "r002"}
    assert [name for name, _ in shop.faults] == ["rule r001"]
    assert [one.rule for one in states(shop)] == ["r000", "r002"]


def test_a_channel_that_can_not_be_asked_about_leaves_its_rules_as_they_are(shop):
    shop.grants["C2"] = TimeoutError()
    here, there = rules(1), rules(1, channel="C2", severity="info")
    there = [msgspec.structs.replace(one, id="there") for one in there]
    Rounds(shop.desk).sweep([*here, *there], NOON, BERLIN)
    assert [one.rule for one in states(shop)] == ["r000"]
    shop.grants["C2"] = Grant.everything()
    Rounds(shop.desk).sweep([*here, *there], NOON + timedelta(seconds=1), BERLIN)
    assert [one.rule for one in states(shop)] == ["r000", "there"]


def test_what_can_not_be_told_of_one_rule_holds_back_no_other(shop, monkeypatch):
    real = rounds.write

    def broken(session, desk, rule, *rest):
        if rule.id == "r001":
            raise ZeroDivisionError
        return real(session, desk, rule, *rest)

    monkeypatch.setattr("bot.alerts.rounds.write", broken)
    monkeypatch.setattr("bot.alerts.sweep.write", broken)
    Rounds(shop.desk).sweep(rules(3), NOON, BERLIN)
    assert {rule for rule, _ in fired(shop)} == {"r000", "r002"}
    assert [name for name, _ in shop.faults] == ["rules", "rule r001"]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("dies_at", range(1, 8))
def test_a_round_that_is_interrupted_loses_nothing_and_doubles_nothing(shop, monkeypatch, dies_at):
    real, calls = rounds.write, []

    def dying(*args):
        calls.append(args)
        if len(calls) == dies_at:
            raise Killed
        return real(*args)

    monkeypatch.setattr("bot.alerts.rounds.AT_ONCE", 2)
    monkeypatch.setattr("bot.alerts.rounds.write", dying)
    with pytest.raises(Killed):
        Rounds(shop.desk).sweep(rules(7), NOON, BERLIN)
    done = {one.rule for one in states(shop)}
    assert len(done) == (dies_at - 1) // 2 * 2
    Rounds(shop.desk).sweep(rules(7), NOON + timedelta(seconds=15), BERLIN)
    assert fired(shop) == [(f"r{at:03}", name) for at in range(7) for name in HIGH]
    keys = [row.key for row in shop.rows()]
    assert len(keys) == len(set(keys))
    assert {key.split(":")[1] for key in keys} == {f"r{at:03}" for at in range(7)}


def test_two_that_go_round_at_the_same_time_tell_it_once(shop):
    ours, theirs = Rounds(shop.desk), Rounds(shop.desk)
    ready = [list(one._found(rules(3), NOON, BERLIN)) for one in (ours, theirs)]
    ours._record(ready[0], NOON, BERLIN)
    told = [row.key for row in shop.rows()]
    theirs._record(ready[1], NOON, BERLIN)
    assert [row.key for row in shop.rows()] == told
    assert shop.faults == []


@pytest.mark.parametrize("deed", ["changed", "given up"])
def test_what_was_looked_at_for_a_rule_that_is_another_now_is_forgotten(shop, board, deed):
    with shop.store.writer() as session:
        old = own.read(own.keep(session, EACH, "U1", NOON))
    new = msgspec.structs.replace(old, when="above 41")

    def meanwhile():
        with shop.store.writer() as session:
            row = own.row_of(session, old.id)
            if deed == "changed":
                own.change(session, row, new, "U1", NOON)
            else:
                own.end(session, row, "U1", NOON)

    board.takes = meanwhile
    Rounds(shop.desk).sweep([old, *rules(1)], NOON, BERLIN)
    board.takes = lambda: None
    assert fired(shop) == [("r000", name) for name in HIGH]
    assert [one.rule for one in states(shop)] == ["r000"]
    assert len(shop.rows(Outbox)) == 1
    if deed == "changed":
        Rounds(shop.desk).sweep([new], NOON, BERLIN)
        assert ("own:1", "Supplier 4") in fired(shop)
