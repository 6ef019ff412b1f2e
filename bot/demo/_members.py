"""Who is in a workspace, where they talk, and what is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

BOT = "U0LEADLINE"
Json = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Someone of the workspace; a guest is `is_restricted` to Slack."""

    id: str
    name: str
    title: str = ""
    is_guest: bool = False
    email: str = ""
    zone: str = "Europe/Berlin"


@dataclass(frozen=True)
class Channel:
    """A channel; the bot sees who reads it when it is a member or the channel is public."""

    id: str
    name: str
    members: tuple[str, ...]
    is_private: bool = False
    is_external: bool = False
    topic: str = ""


@dataclass
class Message:
    """What was said. `only_for`: the one person who sees it; `thread`: what it answers, and
    `is_broadcast` if it stands in the channel too; `edited`: by whom and when it was changed.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    only_for: str | None = None
    metadata: Json | None = None
    thread: str | None = None
    files: tuple[Json, ...] = ()
    is_broadcast: bool = False
    edited: Json | None = None
    is_deleted: bool = False


def numbered(blocks: Sequence[Json]) -> list[Json]:
    """The blocks of a message, each with an id; the same for the same message."""
    return [{**one, "block_id": one.get("block_id") or f"b{at}"} for at, one in enumerate(blocks)]


def shown(message: Message) -> Json:
    """A message as Slack's API tells it, with who alone sees it."""
    return {
        "type": "message",
        "ts": message.ts,
        "channel": message.channel,
        "user": message.user,
        "text": message.text,
        "blocks": numbered(message.blocks),
        "only_for": message.only_for,
        **({"metadata": message.metadata} if message.metadata else {}),
        **({"thread_ts": message.thread} if message.thread else {}),
        **({"subtype": "thread_broadcast"} if message.is_broadcast else {}),
        **({"edited": message.edited} if message.edited else {}),
        **({"files": list(message.files)} if message.files else {}),
    }
