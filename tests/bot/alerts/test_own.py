from datetime import timedelta

import msgspec
import pytest
from sqlmodel import select

from bot.alerts.own import (
    active,
    all_rules,
    change,
    end,
    end_silence,
    keep,
    read,
    row_of,
    rules_of,
    silence,
    silences,
    take_back,
)
from bot.alerts.rule import Rule
from storage.episodes import NEVER, is_due
from storage.models import Audit, Episode, RuleState
from tests.bot.clockwork import NOON
from tests.storage.world import World

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def store(tmp_path):
    made = World(tmp_path).store
    with made.writer() as session:
        for owner, channel in (("U1", "U1"), ("U1", "C1"), ("U2", "U2")):
            rule = Rule("", "lead-time", channel, "above 40", title="Lead time", unit="days")
            keep(session, rule, owner, NOON)
    yield made
    made.close()


def test_all_are_evaluated_as_rules_of_the_file_are(store):
    with store.reader() as session:
        found = all_rules(session)
    assert [(one.id, one.channel) for one in found] == [
        ("own:1", "U1"), ("own:2", "C1"), ("own:3", "U2")
    ]  # fmt: skip
    assert {(one.ask, one.when, one.unit, one.title) for one in found} == {
        ("lead-time", "above 40", "days", "Lead time")
    }


def test_a_person_has_their_own_the_newest_first(store):
    with store.reader() as session:
        assert [one.id for one in rules_of(session, "U1")] == [2, 1]
        assert rules_of(session, "U9") == []


def test_a_rule_is_given_up_once_and_taken_back_once(store):
    for deed, done in ((end, [True, False]), (take_back, [True, False])):
        for expected in done:
            with store.writer() as session:
                assert deed(session, row_of(session, "own:1"), "U9", NOON) is expected
        with store.reader() as session:
            assert ("own:1" in [one.id for one in all_rules(session)]) is (deed is take_back)
    assert [(one.action, one.who) for one in audits(store)] == [
        ("made", "U1"), ("given up", "U9"), ("taken back", "U9")
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["99", "own:99", "", "own:", "²", "steel", "-1"])
def test_there_is_no_row_for_what_is_no_number_of_one(store, number):
    with store.reader() as session:
        assert row_of(session, number) is None


@pytest.fixture
def running(store):
    """A rule of which something fires, and more was held back, and whose data were bad before."""
    with store.writer() as session:
        session.add(Episode(rule="own:1", number=1, evaluated_at=NOON, begun_at=NOON, held="worse"))
        session.add(RuleState(rule="own:1", evaluated_at=NOON, n=40, blinded=3, is_holding=True))
    return store


def changed(store, **more):
    """The episode and the state of a rule after something of it was changed."""
    with store.writer() as session:
        row = row_of(session, "1")
        change(session, row, msgspec.structs.replace(read(row), **more), "U1", LATER)
    with store.reader() as session:
        return session.exec(select(Episode)).one(), session.get(RuleState, "own:1")


def test_a_rule_that_watches_the_same_goes_on(running):
    episode, state = changed(running, when="above 50", title="Steel", severity="critical")
    assert (episode.ended_at, episode.held) == (None, "worse")
    assert (state.evaluated_at, state.n) == (NOON, 40)


@pytest.mark.parametrize("more", [{"figure": "9 in 10"}, {"when": "below 50"}])
def test_another_begins_anew_and_goes_on_counting_what_it_could_not_judge(running, more):
    episode, state = changed(running, **more)
    assert (episode.ended_at, episode.held) == (LATER, None)
    assert (state.evaluated_at, state.n, state.blinded) == (NEVER, None, 3)
    assert not state.is_holding


def test_one_that_is_told_elsewhere_ends_there_and_knows_its_data_still(running):
    episode, state = changed(running, channel="C2")
    assert (episode.ended_at, episode.held) == (LATER, None)
    assert (state.evaluated_at, state.n) == (NOON, 40)


def test_a_change_is_written_down(running):
    changed(running, figure="9 in 10")
    *_, last = audits(running)
    assert (last.action, last.before["figure"], last.after["figure"]) == ("changed", "", "9 in 10")


def test_what_runs_of_a_rule_ends_when_that_is_given_up_and_it_is_due_when_taken_back(store):
    with store.writer() as session:
        session.add(Episode(rule="own:1", number=1, phase="firing", held="worse",
                            evaluated_at=NOON, begun_at=NOON))  # fmt: skip
        session.add(Episode(rule="own:2", number=1, evaluated_at=NOON, begun_at=NOON))
        session.add(RuleState(rule="own:1", evaluated_at=NOON, is_holding=True, data="stale"))
    with store.writer() as session:
        end(session, row_of(session, "1"), "U1", LATER)
        take_back(session, row_of(session, "1"), "U1", LATER)
    with store.reader() as session:
        mine, other = session.exec(select(Episode).order_by(Episode.id))
        assert (mine.ended_at, mine.phase, mine.held) == (LATER, "firing", None)
        assert other.ended_at is None
        state = session.get(RuleState, "own:1")
        assert (state.data, state.is_holding) == ("ok", False)
        assert is_due(session, "own:1", timedelta(days=9), LATER)
        assert active(session) == {"own:1", "own:2", "own:3"}


def test_a_second_silence_takes_the_place_of_the_first_and_ends_by_itself(store):
    with store.writer() as session:
        silence(session, "own:1", "U1", timedelta(hours=1), NOON)
        silence(session, "own:1", "U1", timedelta(days=1), NOON)
    for at, rule, count in (
        (NOON, "own:1", 1), (NOON + timedelta(hours=23), "own:1", 1), (NOON, "own:2", 0),
        (NOON + timedelta(days=1), "own:1", 0),
    ):  # fmt: skip
        with store.reader() as session:
            assert len(silences(session, rule, at)) == count
    with store.writer() as session:
        assert end_silence(session, "own:1", "U1", NOON)
        assert not end_silence(session, "own:1", "U1", NOON)
        silence(session, "own:1", "U1", None, NOON)
        assert silences(session, "own:1", NOON + timedelta(days=900))


def audits(store):
    with store.reader() as session:
        query = select(Audit).where(Audit.what == "rule own:1").order_by(Audit.id)
        return session.exec(query).all()


def test_a_rule_is_kept_as_it_was_made(store):
    made = Rule(
        "", "stock at risk", "C1", kind="new", each=True, every=timedelta(hours=1),
        repeat=timedelta(days=1), quiet="20:00-07:00", zone="Europe/Berlin", severity="critical",
    )  # fmt: skip
    with store.writer() as session:
        row = keep(session, made, "U3", NOON)
        assert read(row) == msgspec.structs.replace(made, id="own:4")
