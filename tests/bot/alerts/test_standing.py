"""How a rule stands in words: never fine where it can't be told."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.own import silence
from bot.alerts.standing import standing, words
from storage.episodes import begin_anew
from storage.models import Episode, RuleState
from tests.bot.clockwork import NOON
from tests.storage.world import World

BERLIN, EVERY = ZoneInfo("Europe/Berlin"), timedelta(minutes=10)


@pytest.fixture
def store(tmp_path):
    made = World(tmp_path).store
    yield made
    made.close()


def told(store, now=NOON, **more):
    with store.reader() as session:
        return words(standing(session, "own:1", now), EVERY, now, BERLIN, may_name=True, **more)


def put(store, *made):
    with store.writer() as session:
        session.add_all(made)


def state(data="ok"):
    return RuleState(rule="own:1", evaluated_at=NOON - timedelta(minutes=5), data=data)


def episode(entity, phase="firing", **more):
    fired = NOON - timedelta(hours=2) if phase != "pending" else None
    return Episode(rule="own:1", entity=entity, label=entity.title(), number=1, phase=phase,
                   evaluated_at=NOON, begun_at=NOON - timedelta(hours=3), fired_at=fired,
                   **more)  # fmt: skip


def test_one_that_was_never_looked_at_is_not_fine(store):
    assert told(store) == "⚪ not looked at yet"


def test_one_that_watches_something_else_now_was_never_looked_at(store):
    put(store, state())
    with store.writer() as session:
        begin_anew(session, "own:1")
    assert told(store) == "⚪ not looked at yet"


def test_one_that_is_fine_says_when_it_was_looked_at(store):
    put(store, state())
    assert told(store) == "🟢 fine · looked 5 min ago"


def test_one_that_nobody_looks_at_any_more_is_not_fine(store):
    put(store, state())
    assert told(store, NOON + timedelta(minutes=40)).startswith("🟢 fine")
    late = told(store, NOON + timedelta(hours=1))
    assert late.startswith("⚪ can't tell: nobody looks any more")
    assert late.endswith("looked 65 min ago")
    assert "fine" not in late


@pytest.mark.parametrize("data", ["stale", "no-data", "error"])
def test_data_that_can_not_be_judged_is_told_beside_what_fires(store, data):
    put(store, state(data))
    assert told(store).startswith("⚪ can't tell: ")
    assert "fine" not in told(store)
    put(store, episode("borealis"))
    assert told(store).startswith("🔴 firing since 24 Nov 11:00 CET (Borealis) · ⚪ can't tell: ")


def test_many_that_fire_are_named_up_to_three(store):
    put(store, state(), *(episode(one) for one in "abcde"))
    assert "(A, B, C and 2 more)" in told(store)
    with store.reader() as session:
        blank = words(standing(session, "own:1", NOON), EVERY, NOON, BERLIN, may_name=False)
    assert "(A" not in blank


def test_what_recovers_still_fires_and_what_is_over_does_not(store):
    put(store, state(), episode("a", "recovering"))
    assert told(store).startswith("🔴 firing since")
    put(store, episode("b", "pending"))
    with store.writer() as session:
        found = standing(session, "own:1", NOON)
        found.firing[0].ended_at = NOON
        session.add(found.firing[0])
    assert told(store).startswith("🟡 over its threshold, not yet for long enough")


def test_a_silence_of_everything_is_told_too_and_ends(store):
    put(store, state())
    with store.writer() as session:
        silence(session, "", "U1", timedelta(hours=1), NOON)
    assert "🔕 silent until 24 Nov 14:00 CET" in told(store)
    assert "🔕" not in told(store, NOON + timedelta(hours=1))
    with store.writer() as session:
        silence(session, "own:1", "U1", None, NOON)
    assert "🔕 silent until someone ends that" in told(store)
