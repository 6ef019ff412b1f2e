"""What an answer told of the future is kept once it has gone out, and costs nobody an answer."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlmodel import delete, select

from bot.channel import BROKEN
from bot.told import keep_told
from commands import Grant
from commands._audience import visible
from storage.forecasts.lead_time import MODEL
from storage.issued import Statement
from storage.models import ForecastFit, ForecastIssued
from storage.store import Store
from tests.bot import conversation
from tests.bot.clockwork import NOON, Figure, Office
from tests.bot.conversation import ADA, GUEST, OPS, buttons, dialog, leadline, press

ZONE = ZoneInfo("UTC")
TOLD = Statement("lead-time", "purchaseline:a:b/1", "arrives", 0.8, date(2026, 3, 5))

# tells the same again and again, and says each time that it was kept
TELLER = """
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo
from storage.issued import Statement, keep
from storage.store import Store

store, on = Store(sys.argv[1]), date(2026, 3, 5)
told = [Statement("lead-time", f"s{number}", "arrives", 0.8, on) for number in range(50)]
while True:
    with store.writer() as session:
        keep(session, told, {"lead-time": 1}, datetime(2026, 3, 1, tzinfo=UTC), ZoneInfo("UTC"))
    print("kept", flush=True)
"""


@pytest.fixture
def office(tmp_path):
    made = Office(f"sqlite:///{tmp_path / 'x.db'}", Figure())
    yield made
    made.store.close()


@pytest.fixture
def said(office):
    return replace(office.desk.ask("steel", "C1", NOON, ZONE), statements=(TOLD,))


def rows(store):
    with store.reader() as session:
        return [
            (row.subject, row.share, row.version) for row in session.exec(select(ForecastIssued))
        ]


def test_what_an_answer_told_is_kept_with_the_version_of_its_model(office, said):
    office.desk.told([said, BROKEN, None, said], NOON, ZONE)
    assert rows(office.store) == [(TOLD.subject, 0.8, MODEL.version)]


def test_what_a_replay_tells_has_passed(office, said):
    replace(office.desk, is_replay=True).told([said], NOON, ZONE)
    assert rows(office.store) == []


def test_a_fault_is_told_to_nobody_but_the_log(office, said):
    office.desk.told([replace(said, statements=(replace(TOLD, subject=None),))], NOON, ZONE)
    assert [name for name, _ in office.faults] == ["what was told"]
    assert rows(office.store) == []


def test_of_topics_that_an_audience_may_not_see_nothing_is_kept(office, said):
    other = replace(TOLD, model="churn")
    both = replace(said, statements=(TOLD, other, replace(TOLD, model="gone")))
    seen = visible(both, Grant({"supply": "named"}), office.desk.registry)
    assert seen.statements == (TOLD,)
    everything = visible(both, Grant.everything(), office.desk.registry)
    assert everything.statements == (TOLD, other)


def test_an_amount_is_kept_only_where_revenue_was_seen(said):
    brings = Statement("clv", "customer:a:b/1", "brings", 0.8, date(2027, 3, 1), 1.0, 9.0)
    leaves = Statement("churn", "customer:a:b/1", "leaves", 0.3, date(2027, 3, 1))
    both = replace(said, statements=(brings, leaves))
    few = Grant({"supply": "full", "customers": "full"})
    assert visible(both, few, {}).statements == (leaves,)
    assert visible(both, Grant.everything(), {}).statements == (brings, leaves)


def test_a_process_that_is_killed_keeps_each_at_most_once(office, said):
    teller = [sys.executable, "-c", TELLER, str(office.store.url)]
    with subprocess.Popen(teller, stdout=subprocess.PIPE) as process:
        for _ in range(3):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    again = replace(said, statements=(replace(TOLD, subject="s7"),))
    keep_told(office.store, [again], datetime(2026, 3, 1, tzinfo=UTC), ZONE)
    assert len(rows(office.store)) == len(set(rows(office.store))) == 50


@pytest.mark.slow
def test_it_is_the_same_on_postgresql(postgres_server, said):
    with postgres_server.database(is_ready=True) as uri:
        store = Store(uri)
        for _ in range(2):
            keep_told(store, [said], datetime(2026, 3, 1, tzinfo=UTC), ZONE)
        assert rows(store) == [(TOLD.subject, 0.8, MODEL.version)]
        store.close()


@pytest.fixture
def line(tmp_path):
    """A workspace whose Leadline knows when an order placed today comes."""
    part = {"path": [], "n": 300.0, "times": [30, 40, 50], "left": [0.5, 0.2, 0.1]}
    params = msgspec.json.encode({"dimensions": ["supplier"], "parts": [part]}).decode()
    with leadline(tmp_path, is_http=True) as (slack, parts):
        with parts.worker.store.writer() as session:
            session.add(ForecastFit(
                model="lead-time", version=MODEL.version, fitted_at=conversation.NOW,
                starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1), rows=9, params=params,
                backtest={}, is_used=True, why="",
            ))  # fmt: skip
        yield slack, parts.worker.store


def shares(store):
    """The shares that were told of an order placed today; then it is as if nothing had been."""
    found = sorted(share for subject, share, _ in rows(store) if subject == "company")
    with store.writer() as session:
        session.exec(delete(ForecastIssued))
    return found


@pytest.mark.slow
def test_wherever_a_person_reads_it_it_was_told(line):
    slack, store = line
    slack.say(ADA, OPS, "/leadtime")
    assert shares(store) == [0.5, 0.8, 0.9]
    slack.say(ADA, OPS, "@Leadline lead-time")
    assert shares(store) == [0.5, 0.8, 0.9]
    answer = conversation.said(slack, ADA, OPS)[-1]
    press(slack, ADA, OPS, answer, "CSV to me")
    assert shares(store) == [0.5, 0.8, 0.9]
    press(slack, ADA, OPS, answer, "Share to channel…")
    assert shares(store) == []  # it only asks
    slack.submit(ADA, dialog(slack)["id"], {})
    assert shares(store) == [0.5, 0.8, 0.9]
    slack.open_home(ADA)
    assert shares(store) == []
    tile = next(one for one in buttons(slack.homes[ADA]).values() if one["value"] == "lead-time")
    slack.click(ADA, "", "", tile)
    assert shares(store) == [0.5, 0.8, 0.9]


@pytest.mark.slow
def test_who_may_not_see_it_was_told_nothing(line):
    slack, store = line
    slack.say(GUEST, OPS, "/leadtime")
    assert shares(store) == []
