"""What is snoozed, silenced or held back by quiet hours is told when that ends."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from storage.episodes import Sight, advance, running
from storage.hush import read_quiet
from storage.models import Episode, RuleState, Silence
from tests.storage.evaluated import EVERY, NOON, STEEL, change, look, told

NIGHT = read_quiet("20:00-07:00", ZoneInfo("UTC"))


def test_a_snooze_ends_with_a_reminder_if_it_still_fires(store):
    told(store, {"a": 45.0}, NOON)
    change(store, snoozed_until=NOON + 3 * EVERY)
    assert not any(told(store, {"a": 90.0}, NOON + step * EVERY) for step in (1, 2))
    with store.reader() as session:
        (episode,) = running(session, "steel")
    assert (episode.value, episode.told_value) == (90.0, 45.0)
    change(store, told_value=90.0)  # or it would be told as worse
    assert told(store, {"a": 90.0}, NOON + 3 * EVERY) == {("a", ("again",))}
    assert told(store, {"a": 90.0}, NOON + 4 * EVERY) == set()


def test_what_is_snoozed_until_it_is_over_is_told_when_it_is(store):
    told(store, {"a": 45.0}, NOON)
    change(store, is_snoozed_out=True)
    assert told(store, {"a": 90.0}, NOON + EVERY) == set()
    assert told(store, {"a": 30.0}, NOON + 2 * EVERY) == {("a", ("resolved",))}
    assert told(store, {"a": 45.0}, NOON + 3 * EVERY) == {("a", ("fired",))}


@pytest.mark.parametrize(("rule", "entity"), [("steel", ""), ("", "a"), ("steel", "a"), ("", "")])
def test_what_still_fires_when_a_silence_ends_is_told_then(store, rule, entity):
    silence(store, NOON, NOON + 3 * EVERY, rule, entity)
    assert told(store, {"a": 45.0}, NOON) == set()
    assert told(store, {"a": 30.0}, NOON + EVERY) == set()
    assert told(store, {"a": 46.0}, NOON + 2 * EVERY) == set()
    assert told(store, {"a": 47.0}, NOON + 3 * EVERY) == {("a", ("fired",))}
    with store.reader() as session:
        first, second = session.exec(select(Episode).order_by(Episode.number))
    assert (first.ended_at, first.told_at, first.tellings) == (NOON + EVERY, None, 0)
    assert (second.fired_at, second.fired_value) == (NOON + 2 * EVERY, 46.0)
    assert (second.told_at, second.told_value) == (NOON + 3 * EVERY, 47.0)


@pytest.mark.parametrize(("rule", "entity"), [("copper", ""), ("", "b"), ("copper", "a")])
def test_a_silence_of_something_else_silences_nothing(store, rule, entity):
    silence(store, NOON, None, rule, entity)
    assert told(store, {"a": 45.0}, NOON) == {("a", ("fired",))}


def test_what_quiet_hours_held_back_is_told_at_once_when_they_end(store):
    hours = {hour: NOON + timedelta(hours=hour) for hour in range(24)}
    assert look(store, {"a": 45.0, "b": 30.0}, hours[7], quiet=NIGHT)[0] == {("a", ("fired",))}
    values = {"a": 60.0, "b": 50.0, "c": 45.0}
    assert look(store, values, hours[9], quiet=NIGHT) == (
        set(), {("a", ("worse",)), ("b", ("fired",)), ("c", ("fired",))}, set()
    )  # fmt: skip
    values |= {"c": 30.0}
    assert look(store, values, hours[10], quiet=NIGHT) == (set(), set(), set())
    assert look(store, {"a": 30.0, "b": 51.0}, hours[18], quiet=NIGHT) == (set(), set(), set())
    assert look(store, {"a": 30.0, "b": 52.0}, hours[19], quiet=NIGHT) == (
        set(), set(),
        {("a", ("worse", "resolved")), ("b", ("fired",)), ("c", ("fired", "resolved"))},
    )  # fmt: skip
    assert look(store, {"b": 52.0}, hours[20], quiet=NIGHT) == (set(), set(), set())
    with store.reader() as session:
        assert not session.get_one(RuleState, "steel").is_holding
        assert not any(one.held for one in session.exec(select(Episode)))


def test_quiet_hours_hold_back_nothing_of_a_critical_rule(store):
    assert told(store, {"a": 45.0}, NOON + timedelta(hours=9), quiet=None) == {("a", ("fired",))}


def test_data_that_went_bad_in_the_night_is_told_in_the_morning_if_it_still_is(store):
    hour = timedelta(hours=1)
    tell = [(9, "stale", None), (10, "ok", None), (11, "stale", None), (19, "error", "blind"),
            (20, "ok", "sighted")]  # fmt: skip
    look(store, {"a": 30.0}, NOON)
    for hours, data, news in tell:
        sight = Sight(data, {"a": 30.0} if data == "ok" else {})
        with store.writer() as session:
            done = advance(session, "steel", STEEL, sight, EVERY, NOON + hours * hour, quiet=NIGHT)
            assert done.data == news
    with store.reader() as session:
        assert session.get_one(RuleState, "steel").blinded == 1


def silence(store, begun_at, until, rule, entity):
    with store.writer() as session:
        session.add(Silence(rule=rule, entity=entity, owner="U1", begun_at=begun_at, until=until))
