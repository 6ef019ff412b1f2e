"""Sessions with a broker that others wrote (amqtt): what it keeps, gives again and lets go."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources._mqtt_session import Session
from storage.store import Store
from tests.storage.scripted import rows

ROOT = Path(__file__).parents[3]
CONFIG = """
[sources.plant]
kind = "mqtt"
url = "URL"
user = "leadline"
quiet = 0.5
[[sources.plant.topics]]
topic = "plant/+/temp"
fields = { device = "id", value = "v", seen = "at", place = "/2" }
constants = { measure = "temperature" }
"""


@pytest.fixture
def url():
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    broker = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("mqtt_broker.py"), str(port)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert broker.stdout.readline() == "ready\n"
    yield f"mqtt://127.0.0.1:{port}"
    broker.terminate()
    broker.wait(10)
    broker.stdout.close()


def publish(url, bodies, topic="plant/dock/temp", is_retained=False):
    """Messages with QoS 1, each in the broker's hands when this ends."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set("plant")
    client.connect("127.0.0.1", int(url.rpartition(":")[2]))
    client.loop_start()
    for body in bodies:
        client.publish(topic, body, 1, is_retained).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def opened(url, client="leadline"):
    return closing(Session(url, "leadline", "", client, ["plant/+/temp"]))


def take(session, most=100):
    return session.messages(most, 1.0, time.monotonic() + 10)


@pytest.mark.slow
def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(url):
    with opened(url):
        pass  # from now on the broker keeps what comes
    publish(url, [b"1", b"2", b"3"])
    with opened(url) as session:
        assert [one.body for one in take(session)] == [b"1", b"2", b"3"]
    with opened(url) as session:
        came = take(session)
        assert [one.body for one in came] == [b"1", b"2", b"3"]
        session.acknowledge(came[:2])
    with opened(url) as session:
        assert [one.body for one in take(session)] == [b"3"]


@pytest.mark.slow
def test_a_passing_session_takes_nothing_away(url):
    with opened(url):
        pass
    publish(url, [b"1"])
    with opened(url, "") as passing:
        assert take(passing) == []
    with opened(url) as session:
        assert len(take(session)) == 1


@pytest.mark.slow
def test_readings_outlive_kills_between_their_coming_and_their_commit(url, tmp_path):
    (tmp_path / "leadline.toml").write_text(CONFIG.replace("URL", url))
    store_url = f"sqlite:///{tmp_path}/leadline.db"
    with subprocess.Popen(
        [sys.executable, ROOT / "tests/storage/dying_syncs.py", tmp_path / "leadline.toml"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": store_url},
    ) as forker:  # fmt: skip

        def sync(how):
            forker.stdin.write(f"{how}\n")
            forker.stdin.flush()
            return int(forker.stdout.readline())

        assert sync("stored 1000") == 0
        bodies = [
            msgspec.json.encode({"id": "s1", "v": n, "at": 1772452800 + n}) for n in range(90)
        ]
        publish(url, bodies[:60] + bodies[30:40])
        assert sync("received 1") == signal.SIGKILL
        assert sync("stored 1") == signal.SIGKILL
        publish(url, bodies[60:], is_retained=True)
        assert sync("received 1") == signal.SIGKILL
        assert sync("stored 1000") == 0
        store = Store(store_url)
        found = rows(store, "value", "sensorreading")
        store.close()
        assert sorted(found) == [n * 1_000_000 for n in range(90)]
        forker.stdin.close()


@pytest.mark.slow
def test_who_may_not_come_in_is_told(url):
    with pytest.raises(SourceError, match="refuses the user or the password") as told:
        Session(url, "", "", "leadline", ["t"])
    assert told.value.permanent


def test_a_broker_that_is_away_is_tried_later():
    with pytest.raises(TryLater, match=r"127\.0\.0\.1"):
        Session("mqtt://127.0.0.1:1", "", "", "leadline", ["t"])


def test_a_url_that_is_none_says_what_it_should_be():
    with pytest.raises(SourceError, match="url must be like mqtts://"):
        Session("https://broker.example.com", "", "", "leadline", ["t"])
