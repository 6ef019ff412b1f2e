"""The budget of a method: how it rises, what a refusal does to it, and who shares it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.pace import LEAST, POST, SLACK, UNPACED, UPDATE, Pace, free_at, paused
from storage.models import MethodPace
from tests.bot.sending import NOON
from tests.storage.conftest import fresh

SECOND = timedelta(seconds=1)
PACE = Pace()


def row(**more):
    return MethodPace(**{"name": POST, "rate": 1.0, "changed_at": NOON, "next_at": NOON, **more})


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    yield made
    made.close()


def calls(one, begin, seconds):
    """How many calls are made in a while, each as soon as it may be."""
    at, count = begin, 0
    while (at := max(at, free_at(one, at))) < begin + seconds * SECOND:
        PACE.take(one, at)
        count += 1
    return count


def test_it_begins_with_one_a_second_and_comes_to_four_in_half_a_minute():
    one = row()
    assert calls(one, NOON, 2) == 3  # at 0, 1 and a little before 2
    assert PACE.rate(one, NOON + 30 * SECOND) == 4.0
    assert calls(one, NOON + 60 * SECOND, 10) == 40


def test_a_thousand_calls_take_less_than_five_minutes():
    assert calls(row(), NOON, 300) > 1_000


def test_a_refusal_halves_it_once_however_many_calls_were_under_way():
    one, at = row(rate=4.0), NOON + SECOND
    for begun in (at, at - SECOND, at - 2 * SECOND):
        PACE.pause(one, at + 3 * SECOND, begun, at)
    assert PACE.rate(one, at) == 2.0
    assert free_at(one, at) == at + 3 * SECOND
    PACE.pause(one, at + 9 * SECOND, at + 3 * SECOND, at + 4 * SECOND)
    assert PACE.rate(one, at + 9 * SECOND) == pytest.approx(1.05)  # half of what it had risen to


def test_a_shorter_pause_does_not_end_a_longer_one():
    one = row()
    PACE.pause(one, NOON + 30 * SECOND, NOON, NOON)
    PACE.pause(one, NOON + 1 * SECOND, NOON, NOON)
    assert free_at(one, NOON) == NOON + 30 * SECOND


def test_a_clock_that_was_ahead_holds_nothing_for_long():
    one = row(next_at=NOON + timedelta(hours=1), paused_until=NOON + timedelta(days=300))
    assert free_at(one, NOON) == NOON
    assert paused(one, NOON) is None
    assert PACE.rate(row(changed_at=NOON + timedelta(days=300)), NOON) == 1.0


@given(st.lists(st.tuples(st.integers(0, 60_000), st.booleans()), max_size=60))
def test_no_call_is_before_its_turn_or_in_a_pause_and_the_rate_stays_in_its_bounds(steps):
    one, at, last = row(), NOON, NOON - timedelta(days=1)
    for wait, is_refused in steps:
        at = max(at + timedelta(milliseconds=wait), free_at(one, at))
        assert free_at(one, at) <= at
        assert at - last >= SECOND / 4
        last = at
        PACE.take(one, at)
        if is_refused:
            PACE.pause(one, at + 5 * SECOND, at, at)
            assert free_at(one, at) >= at + 5 * SECOND
        assert LEAST <= PACE.rate(one, at) <= SLACK[POST].most


def test_the_budgets_are_kept_in_the_store_and_made_once(store):
    for seconds in (0, 60):
        with store.writer() as session:
            kept = PACE.kept(session, NOON + seconds * SECOND)
            assert kept.keys() == SLACK.keys()
            PACE.take(kept[POST], NOON + seconds * SECOND)
    with store.reader() as session:
        found = {one.name: one for one in session.exec(select(MethodPace))}
    assert found[POST].next_at == NOON + 60.25 * SECOND
    assert found[UPDATE].next_at == found[UPDATE].changed_at == NOON


def test_without_a_pace_only_what_slack_asks_for_is_kept(store):
    with store.writer() as session:
        one = UNPACED.kept(session, NOON)[POST]
        for _ in range(9):
            UNPACED.take(one, NOON)
        assert free_at(one, NOON) == NOON
        UNPACED.pause(one, NOON + SECOND, NOON, NOON)
        assert free_at(one, NOON) == NOON + SECOND
        # a store that was used without one is not faster with one later
        assert PACE.rate(one, NOON) == 4.0
