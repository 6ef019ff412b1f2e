"""The tables of what is to be said: one row a message, a period, an episode."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage.models import Episode, Heartbeat, Outbox, ScheduledRun
from tests.storage.conftest import fresh

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    yield made
    made.close()


def message(key="k"):
    return Outbox(
        key=key, token="t", channel="C1", text="ü", blocks=[{"type": "divider"}],
        topics=["supply"], created_at=NOON,
    )  # fmt: skip


def period(name="2026-11-24T09:00"):
    return ScheduledRun(
        schedule="d", period=name, plan="0 9 * * * UTC", due_at=NOON, done_at=NOON, outcome="sent"
    )


def episode(number=1):
    return Episode(rule="r", number=number, evaluated_at=NOON, begun_at=NOON)


@pytest.mark.parametrize("make", [message, period, episode])
def test_the_second_of_a_kind_is_refused(store, make):
    with store.writer() as session:
        session.add(make())
    with pytest.raises(IntegrityError), store.writer() as session:
        session.add(make())


def test_another_of_a_kind_is_taken(store):
    with store.writer() as session:
        session.add_all([message(), message("l"), period(), period("x"), episode(), episode(2)])
    with store.reader() as session:
        assert len(session.exec(select(Outbox)).all()) == 2


def test_a_message_comes_back_as_it_was_written(store):
    with store.writer() as session:
        session.add(message())
        session.add(Heartbeat(name="tick", at=NOON))
    with store.reader() as session:
        row = session.exec(select(Outbox)).one()
        assert (row.blocks, row.topics, row.text) == ([{"type": "divider"}], ["supply"], "ü")
        assert (row.state, row.created_at, row.claimed_at) == ("pending", NOON, None)
        assert session.get_one(Heartbeat, "tick").at == NOON


def test_episodes_begin_pending_and_untold(store):
    with store.writer() as session:
        session.add(episode())
    with store.reader() as session:
        row = session.exec(select(Episode)).one()
        assert (row.phase, row.data, row.streak, row.fired_at) == ("pending", "ok", 0, None)
        assert (row.tellings, row.held, row.told_at) == (0, None, None)
