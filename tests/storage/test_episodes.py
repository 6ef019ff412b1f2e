"""Evaluations written down, by one process or two."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel, select

from storage.episodes import Sight, advance, is_due
from storage.models import Episode
from storage.store import Store
from storage.watch import Seen, read_watch

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVERY = timedelta(minutes=10)
STEEL = read_watch("above 40", "below 34")


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'x.db'}")
    SQLModel.metadata.create_all(made.engine)
    yield made
    made.close()


def run(store, values):
    """Evaluations every ten minutes; what was told."""
    told = []
    for number, one in enumerate(values):
        with store.writer() as session:
            sight = Sight(one.data, {"": one.value} if one.data == "ok" else {})
            done = advance(session, "steel", STEEL, sight, EVERY, NOON + number * EVERY)
            told += [done.data] if done.data else []
            told += [news for change in done.changes for news in change.news]
    return told


def test_an_episode_is_written_down_from_firing_to_its_end(store):
    run(store, [Seen("ok", 30.0), Seen("ok", 45.0), Seen("ok", 36.0), Seen("ok", 33.0)])
    with store.reader() as session:
        (ended,) = session.exec(select(Episode).order_by(Episode.number)).all()
    assert (ended.fired_value, ended.value, ended.phase) == (45.0, 33.0, "normal")
    assert (ended.fired_at, ended.ended_at) == (NOON + EVERY, NOON + 3 * EVERY)


def test_bad_data_is_told_once_each_time(store):
    fires, clears = Seen("ok", 45.0), Seen("ok", 30.0)
    blind = [Seen("stale"), Seen("error"), fires, Seen("error"), fires]
    told = run(store, [fires, *blind, clears, fires, *blind, clears])
    assert told == ["fired", *["blind", "sighted"] * 2, "resolved"] * 2


def test_a_second_process_at_the_same_time_changes_nothing(store):
    run(store, [Seen("ok", 45.0)])
    with store.writer() as session:
        assert advance(session, "steel", STEEL, Sight("ok", {"": 30.0}), EVERY, NOON) is None
    with store.reader() as session:
        assert session.exec(select(Episode)).one().phase == "firing"


def test_a_rule_is_due_at_first_after_its_interval_and_when_the_clock_went_back(store):
    def due(at):
        with store.reader() as session:
            return is_due(session, "steel", EVERY, at)

    assert due(NOON)
    run(store, [Seen("ok", 45.0)])
    assert not due(NOON)
    assert not due(NOON + EVERY - timedelta(seconds=1))
    assert due(NOON + EVERY)
    assert due(NOON - timedelta(days=365))
