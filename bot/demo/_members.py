"""Who is in a workspace, where they talk, and what is said."""

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
    """What was said. `only_for`: the one person who sees it; `thread`: what it answers."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    only_for: str | None = None
    metadata: Json | None = None
    thread: str | None = None
    files: tuple[Json, ...] = ()
    is_deleted: bool = False


def shown(message: Message) -> Json:
    """A message as Slack's API tells it, with who alone sees it."""
    return {
        "type": "message",
        "ts": message.ts,
        "channel": message.channel,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "only_for": message.only_for,
        **({"metadata": message.metadata} if message.metadata else {}),
        **({"thread_ts": message.thread} if message.thread else {}),
        **({"files": list(message.files)} if message.files else {}),
    }
