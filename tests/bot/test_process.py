import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from bot import process
from bot.settings import Settings, SettingsError
from tests.storage.conftest import fresh

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    made = fresh(tmp_path / "x.db")
    yield made
    made.close()


def settings(tmp_path, **more):
    return Settings(database_url=f"sqlite:///{tmp_path}/x.db", port=0, **more)


def test_without_a_token_there_is_a_worker_and_no_app(store, tmp_path):
    parts = process.assemble(settings(tmp_path), store, "me", lambda: NOW)
    assert parts.app is None
    parts.worker.tick(NOW, to_the_end=True)
    assert parts.front.health().is_well


def test_where_the_clock_stands_still_what_is_told_has_passed(store, tmp_path):
    made = settings(tmp_path)
    parts = process.assemble(made, store, "me", lambda: NOW, lambda: datetime.now(UTC))
    assert parts.worker.desk.is_replay
    assert not process.assemble(made, store, "me", lambda: NOW).worker.desk.is_replay


@pytest.mark.parametrize("part", [process.Part.WEB, process.Part.WORKER])
def test_a_sqlite_store_has_one_process(store, tmp_path, part):
    parts = process.assemble(settings(tmp_path), store, "me", lambda: NOW)
    with pytest.raises(SettingsError, match="PostgreSQL"):
        process.run(settings(tmp_path), parts, part, threading.Event())


def test_a_slack_that_cannot_be_reached_is_told(store, tmp_path):
    made = settings(tmp_path, slack_bot_token="xoxb-1", slack_api_url="http://127.0.0.1:9/api/")
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
        process.assemble(made, store, "me", lambda: NOW)


def test_nobody_can_be_looked_up_without_a_token(tmp_path):
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN is not set"):
        process.access(settings(tmp_path), lambda: NOW)


def test_it_runs_until_it_is_told_to_stop_and_says_how_it_does(store, tmp_path, monkeypatch):
    made, stop, ports = settings(tmp_path), threading.Event(), []
    parts = process.assemble(made, store, "me", lambda: datetime.now(UTC))

    class Seen(process.Server):
        def start(self):
            super().start()
            ports.append(self.port)
            started.set()

    started = threading.Event()
    monkeypatch.setattr(process, "Server", Seen)
    thread = threading.Thread(target=process.run, args=(made, parts, process.Part.ALL, stop))
    thread.start()
    assert started.wait(10)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{ports[0]}/healthz") as reply:
            assert reply.status == 200
    except urllib.error.HTTPError as ill:  # before the first tick it is not well yet
        assert ill.code == 503
        ill.close()
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
