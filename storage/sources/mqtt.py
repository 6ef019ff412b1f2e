"""Sensors over MQTT: scans at gates, temperatures on the way, each stored once however it comes."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol

from storage.sources import (
    Ask,
    Health,
    Kind,
    Page,
    Rejected,
    Row,
    SourceError,
    SourceSettings,
    State,
    StreamSpec,
    mapped,
)
from storage.sources._mqtt_map import TABLE, Message, Part, Topic, id_of, parts, reading, require

PAGE = 500
VERSION = 1


class Settings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` as mqtts://broker, and `user`, whose password is the secret.

    `client` is the name of our session: the broker keeps for it what comes (with QoS 1 or 2) while
    we do not read, from our first pull on. Nobody else may use that name. `topics` say where a
    message has what. A pull ends when nothing came for `quiet` seconds, or after `longest`.
    """

    topics: tuple[Topic, ...]
    user: str = ""
    client: str = "leadline"
    quiet: float = 1.0
    longest: float = 30.0


class Session(Protocol):
    """What a pull needs of a broker; see `_mqtt_session.Session`."""

    def messages(self, most: int, quiet: float, until: float) -> list[Message]: ...

    def acknowledge(self, messages: Sequence[Message]) -> None: ...

    def close(self) -> None: ...


Open = Callable[[Settings, str], Session]


@dataclass(frozen=True)
class MqttSource:
    """Readings as they come. The broker keeps each until its page is stored, so that none is lost;
    one that comes twice, or is retained and comes at every start, is the same row."""

    settings: Settings
    session: Open

    @property
    def streams(self) -> Sequence[StreamSpec]:
        require(self.settings.topics)
        return [StreamSpec("readings", (TABLE,), "append", lookback=timedelta(0))]

    def check(self) -> Health:
        """The broker lets us in and lets us read every topic; our own session is left alone."""
        require(self.settings.topics)
        with closing(self.session(self.settings, "")):
            return Health("mqtt 3.1.1", self.settings.zone)

    def pull(self, stream: StreamSpec, state: State | None) -> Iterator[Page]:
        high = datetime.fromisoformat(state["high"]) if state and state["high"] else None
        until = time.monotonic() + self.settings.longest
        with closing(self.session(self.settings, self.settings.client)) as session:
            while messages := session.messages(PAGE, self.settings.quiet, until):
                page = self._page(messages, high)
                high = page.high
                yield page
                # we are asked to go on: the page is stored
                session.acknowledge(messages)

    def ids(self, stream: StreamSpec) -> Iterator[tuple[str, Sequence[str]]]:
        return iter(())

    def _page(self, messages: Sequence[Message], high: datetime | None) -> Page:
        every = [part for one in messages for part in parts(one, self.settings.topics)]
        rows, rejected = mapped(every, self._row, id_of)
        shown = [Rejected(one.source_id, one.reason, one.source_id) for one in rejected]
        times = [row["seen_at"] for row in rows.get(TABLE, ())]
        newest = max([*times, *([high] if high else [])], default=None)
        state = {"v": VERSION, "high": newest.isoformat() if newest else None}
        return Page(rows, state, rejected=shown, received=len(messages), high=newest)

    def _row(self, part: Part) -> list[tuple[str, Row]]:
        return [(TABLE, reading(part, self.settings.tz))]


def open_mqtt(settings: Settings, http: object) -> MqttSource:
    """A source of readings; its client is an extra that is there where sensors are."""
    return MqttSource(settings, _session)


def _session(settings: Settings, client: str) -> Session:
    try:
        module: Any = import_module("storage.sources._mqtt_session")
    except ModuleNotFoundError as error:
        raise SourceError(
            'sensors need the extra mqtt: pip install ".[mqtt]", or paho-mqtt', permanent=True
        ) from error
    topics = [one.topic for one in settings.topics]
    made: Session = module.Session(settings.url, settings.user, settings.secret, client, topics)
    return made


def block(given: Any) -> Row:
    """What stands in leadline.toml of a broker with one topic."""
    pairs = (one.partition("=") for one in given["fields"].split(",") if one.strip())
    fields = {name.strip(): path.strip() for name, _, path in pairs}
    topic: Row = {"topic": given["topic"], "fields": fields}
    topic["constants"] = {"measure": given["measure"]} if given["measure"] else {}
    kept = {name: given[name] for name in ("url", "user") if given.get(name)}
    return {**kept, "topics": [topic]}


ASKS = (
    Ask("url", "The broker, such as mqtts://broker.example.com"),
    Ask("user", "The user (Enter: none)", ""),
    Ask("secret", "Their password (Enter: none)", "", is_secret=True),
    Ask("topic", "A topic, such as plant/+/temperature"),
    Ask("measure", "What it tells, such as temperature or scan (Enter: the message says)", ""),
    Ask(
        "fields", "Where its JSON has what, as device=id, value=temp, seen=time, shipment_ref=load"
    ),
)

SOURCE = Kind("mqtt", Settings, open_mqtt, ASKS, block)
