"""From a message of a device to readings: which field stands where in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from storage.sources import BadRow, Row, SourceError, event
from storage.sources._entity import moment, nearest, number, text, within

TABLE = "sensorreading"
FIELDS = (
    "device",
    "measure",
    "value",
    "unit",
    "place",
    "shipment_ref",
    "lot_ref",
    "item_ref",
    "seen",
)
NEEDED = ("device", "measure", "seen")
WHOLE, LEVEL = ".", "/"
# numbers of seconds are below, those of milliseconds above it (from 1973 on)
MILLISECONDS = 10**11


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic (with + and # as in MQTT) and where its messages have what.

    `fields`: by field the path in the message's JSON, with dots; "." is the message itself, "/2"
    the second level of its topic. `constants` are the same in every reading. `each` is the path of
    a list in the message, each of whose entries is a reading; what an entry lacks is looked for
    in the message around it.
    """

    topic: str
    fields: dict[str, str]
    constants: dict[str, str] = {}
    each: str = ""


@dataclass(frozen=True)
class Message:
    """What came: its topic, its body, and what tells it from others until it is acknowledged."""

    topic: str
    body: bytes
    mid: int = 0
    qos: int = 0


@dataclass(frozen=True)
class Part:
    """One reading in a message."""

    message: Message
    how: Topic
    entry: Any
    around: Any

    def cell(self, field: str) -> Any:
        """What a field holds; null where it is absent."""
        path = self.how.fields.get(field)
        if path is None:
            return self.how.constants.get(field)
        if path.startswith(LEVEL):
            levels = self.message.topic.split("/")
            at = int(path[1:]) - 1
            return levels[at] if at < len(levels) else None
        if path == WHOLE:
            return self.entry
        found = within(self.entry, path)
        return within(self.around, path) if found is None else found


def require(topics: Sequence[Topic]) -> None:
    """Every topic names fields that there are, and those without which there is no reading."""
    for one in topics:
        given = {*one.fields, *one.constants}
        for name in sorted(given - set(FIELDS)):
            raise SourceError(
                f"{one.topic}: no field {name!r}; near: {nearest(name, FIELDS)}", permanent=True
            )
        if missing := [name for name in NEEDED if name not in given]:
            raise SourceError(f"{one.topic} needs {', '.join(missing)}", permanent=True)
        for path in one.fields.values():
            if path.startswith(LEVEL) and not path[1:].isdigit():
                raise SourceError(
                    f"{one.topic}: {path!r}: a level of the topic is written /2", permanent=True
                )


def parts(message: Message, topics: Sequence[Topic]) -> Iterator[Part]:
    """The readings in a message, by each topic that it fits; a body that is no JSON is a text."""
    try:
        body = msgspec.json.decode(message.body)
    except (msgspec.DecodeError, ValueError):
        body = message.body.decode("utf-8", "replace")
    for how in topics:
        if not fits(how.topic, message.topic):
            continue
        entries = within(body, how.each) if how.each else None
        for entry in entries if isinstance(entries, list) else [body]:
            yield Part(message, how, entry, body)


def fits(pattern: str, topic: str) -> bool:
    """Whether a topic is one of a pattern: + is any level, # at its end all levels below."""
    wanted, levels = pattern.split("/"), topic.split("/")
    for at, part in enumerate(wanted):
        if part == "#":
            return True
        if at >= len(levels) or part not in ("+", levels[at]):
            return False
    return len(wanted) == len(levels)


def reading(part: Part, zone: ZoneInfo) -> Row:
    """The reading as a row, whose id is its device, its measure and its instant."""
    texts = {name: text(part.cell(name), zone) for name in FIELDS if name not in ("value", "seen")}
    seen = event("seen", _when(part.cell("seen"), zone), zone)
    for name in ("device", "measure"):
        if texts[name] is None:
            raise BadRow(f"no {name}")
    if seen["seen_at"] is None:
        raise BadRow("no seen: without its time a reading can't be told from another")
    at = seen["seen_at"].isoformat()
    row: Row = {"source_id": f"{texts['device']}/{texts['measure']}/{at}", **texts, **seen}
    row["value"] = number(part.cell("value"), zone)
    return row


def id_of(part: Part) -> str:
    """What a reading that can't be believed is called: by its topic and its body."""
    return f"{part.message.topic} {part.message.body[:60].decode('utf-8', 'replace')}"


def _when(cell: Any, zone: ZoneInfo) -> datetime | date | None:
    """ISO text, or a number of seconds or milliseconds since 1970."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return moment(cell, zone)
    seconds = cell / 1000 if abs(cell) >= MILLISECONDS else cell
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadRow(f"seen {cell!r} is not a time") from None
