"""Workers that tick at the same moments send every message once."""

from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlmodel import SQLModel, select

from bot.outbox import Sender
from bot.post import Slack
from bot.settings import Digest, Rule, Settings
from bot.worker import Worker
from commands import Grant
from storage.models import Outbox
from storage.store import Store
from tests.bot.clockwork import NOON, Figure, Office
from tests.bot.slack_server import slack_server
from tests.bot.works import A_DIGEST

ROUNDS = 10
CHANNELS = 12


def race(url, slack_url, owner, barrier):
    """A worker that ticks as often as its rival, at the same times and moments."""
    office = Office(url, Figure(value=43.0))
    office.grants = {f"C{number}": Grant.everything() for number in range(CHANNELS)}
    digests = tuple(
        Digest(f"d{number}", f"C{number}", "0 * * * *", "UTC", ("steel",))
        for number in range(CHANNELS)
    )
    settings = Settings(
        database_url=url, digests=digests, rules=(Rule("r", "steel", "C0", "above 40"),)
    )
    client = WebClient("xoxb-1", base_url=slack_url, timeout=5, retry_handlers=[])
    times = iter([NOON + timedelta(hours=number) for number in range(ROUNDS)])
    now = [NOON]
    sender = Sender(
        office.store, Slack(client), owner=owner, clock=lambda: now[0], grant_of=office.grant_of,
        closed=lambda channel: None,
    )  # fmt: skip
    worker = Worker(settings, office.store, office.desk, sender, owner=owner, clock=lambda: now[0])
    for at in times:
        now[0] = at
        barrier.wait(30)
        worker.tick(at)
    worker.stop()
    office.store.close()
    assert office.faults == [], office.faults


@pytest.fixture
def server():
    with slack_server() as made:
        yield made


@pytest.mark.slow
def test_two_workers_that_race_send_every_message_once(server, postgres, processes):
    store = Store(postgres)
    SQLModel.metadata.create_all(store.engine)
    barrier = processes.Barrier(2)
    rivals = [
        processes.Process(target=race, args=(postgres, server.url, f"w{number}", barrier))
        for number in range(2)
    ]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join(120)
    assert [rival.exitcode for rival in rivals] == [0, 0]
    with store.reader() as session:
        rows = session.exec(select(Outbox)).all()
    assert len(rows) == ROUNDS * CHANNELS * A_DIGEST + 1
    assert {row.state for row in rows} == {"sent"}
    assert sorted(server.keys()) == sorted(row.token for row in rows)
    assert {row.claimed_by for row in rows} == {"w0", "w1"}
    assert {row.attempts for row in rows} == {1}
    store.close()
