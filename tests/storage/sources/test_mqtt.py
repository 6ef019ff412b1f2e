"""Readings through a broker in memory, which gives again whatever was not acknowledged."""

import random
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec
import pytest

from storage import sync
from storage.schema import upgrade
from storage.sources import SourceError
from storage.sources import mqtt as module
from storage.sources._mqtt_map import Message, Topic
from storage.sources.mqtt import MqttSource, Settings, block, open_mqtt
from storage.store import Store
from tests.storage.scripted import NOW, rows
from tests.storage.sources.conformance_steps import Memory

START = datetime(2026, 3, 2, tzinfo=UTC)
TOPIC = Topic("t/+", {"device": "id", "value": "v", "seen": "at"}, {"measure": "temperature"})
SETTINGS = Settings(key="mqtt:plant", kind="mqtt", url="mqtt://broker", topics=(TOPIC,))


class Broker:
    """Keeps messages for the session of a name, in the order in which they came, until each is
    acknowledged; gives no more than `window` that are not, and retained ones at every start."""

    def __init__(self, window=10):
        self.kept, self.retained, self.window, self.mid = [], {}, window, 0
        self.clients = []

    def publish(self, number, device="s1", is_retained=False, times=1):
        at = START + timedelta(minutes=number)
        body = msgspec.json.encode({"id": device, "v": number, "at": at})
        for _ in range(times):
            self.mid += 1
            self.kept.append(Message("t/1", body, self.mid, 1))
        if is_retained:
            self.retained["t/1"] = body
        return f"{device}/temperature/{at.isoformat()}"

    def open(self, settings, client):
        self.clients.append(client)
        return Session(self, [Message(*one, 0, 0) for one in self.retained.items()])

    def source(self):
        return MqttSource(SETTINGS, self.open)


class Session:
    def __init__(self, broker, retained):
        self.broker, self.waiting, self.given = broker, retained, set()

    def messages(self, most, quiet, until):
        out = [one for one in self.broker.kept if one.mid in self.given]
        fresh = [one for one in self.broker.kept if one.mid not in self.given]
        found = (self.waiting + fresh[: self.broker.window - len(out)])[:most]
        self.waiting = self.waiting[most:]
        self.given |= {one.mid for one in found}
        return found

    def acknowledge(self, messages):
        done = {one.mid for one in messages if one.qos}
        self.broker.kept = [one for one in self.broker.kept if one.mid not in done]

    def close(self):
        self.broker = None


@pytest.fixture
def broker():
    return Broker()


def drain(broker, memory, pages=None):
    source = broker.source()
    for page in islice(source.pull(source.streams[0], memory.state), pages):
        memory.apply(page)
    return memory


def test_everything_that_came_is_stored_and_kept_no_longer(broker):
    sent = [broker.publish(number) for number in range(35)]
    memory = drain(broker, Memory())
    assert list(memory.living("sensorreading")) == sent
    assert broker.kept == []
    assert memory.state["high"] == (START + timedelta(minutes=34)).isoformat()


def test_what_came_and_was_not_stored_comes_again(broker):
    sent = [broker.publish(number) for number in range(35)]
    memory = Memory()
    source = broker.source()
    for page in islice(source.pull(source.streams[0], None), 1):
        assert page.received == 10  # and lost with its process
    assert len(broker.kept) == 35
    assert set(drain(broker, memory).living("sensorreading")) == set(sent)


def test_twice_the_same_and_what_is_retained_are_one_row(broker):
    broker.publish(1, times=3)
    broker.publish(2, is_retained=True)
    memory = drain(broker, Memory())
    written = memory.written
    for _ in range(3):
        drain(broker, memory)
    assert memory.written == written == 2


def test_a_long_life_with_kills_loses_and_doubles_nothing(broker):
    rng, sent, memory = random.Random(3), set(), Memory()
    for number in range(6_000):
        device = f"s{rng.randrange(5)}"
        sent.add(broker.publish(number // 2, device, rng.random() < 0.01, rng.choice([1, 1, 1, 2])))
        if number % 300 == 0:
            broker.window = rng.choice([1, 20, 600])
            drain(broker, memory, rng.choice([0, 1, 2, None]))
    drain(broker, memory)
    assert set(memory.living("sensorreading")) == sent
    assert broker.kept == []


def test_what_makes_no_sense_is_held_back_and_acknowledged(broker):
    broker.publish(1)
    broker.kept.append(Message("t/1", b"hello", 99, 1))
    memory = drain(broker, Memory())
    assert len(memory.living("sensorreading")) == 1
    assert memory.rejected == {"t/1 hello"}
    assert broker.kept == []


def test_the_engine_stores_them_and_a_second_run_writes_nothing(broker, tmp_path):
    store = Store(f"sqlite:///{tmp_path}/x.db")
    upgrade(store)
    for number in range(25):
        broker.publish(number, is_retained=True)

    def run(full=False):
        [result] = sync.run(
            "mqtt:plant", broker.source(), store, NOW, owner="me", clock=lambda: NOW, full=full
        )
        assert result.error is None
        return result

    assert run().written == 25
    assert (run().written, run(full=True).deleted) == (0, 0)
    [first, *_] = rows(store, "device, measure, value", "sensorreading")
    assert first == ("s1", "temperature", 0)
    store.close()


def test_a_check_does_not_take_the_session_that_messages_are_kept_for(broker):
    broker.publish(1)
    assert broker.source().check().missing == ()
    assert broker.clients == [""]
    assert len(broker.kept) == 1


def test_settings_that_cannot_be_meant_are_told(broker):
    topic = Topic("t", {"device": "id"})
    with pytest.raises(SourceError, match="t needs measure, seen"):
        _ = MqttSource(msgspec.structs.replace(SETTINGS, topics=(topic,)), broker.open).streams


def test_without_the_client_it_says_what_to_install(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(module, "import_module", missing)
    with pytest.raises(SourceError, match="sensors need the extra mqtt: pip install"):
        open_mqtt(SETTINGS, None).check()


def test_the_answers_are_a_block_of_one_topic():
    assert block({"url": "mqtt://b", "user": "", "topic": "t/#", "measure": "scan",
                  "fields": "device=id, seen=at"}) == {
        "url": "mqtt://b",
        "topics": [{"topic": "t/#", "fields": {"device": "id", "seen": "at"},
                    "constants": {"measure": "scan"}}],
    }  # fmt: skip
