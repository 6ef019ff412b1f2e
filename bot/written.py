"""What people write to Leadline, in a channel by its name or to it alone, as the line it asks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

# Messages of people: all other subtypes are edits, deletions, joins and the like.
BY_PEOPLE = (None, "file_share", "thread_broadcast")
# <@U1|ann>, <#C1|ops>, <https://x.example|x>, <mailto:a@x.example|a@x.example>
LINKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Written:
    """A line that a person wrote. `thread`: the name of the thread it stands in, null outside of
    one; `is_direct`: nobody else reads it.
    """

    id: str
    line: str
    user: str
    channel: str
    thread: str | None
    is_direct: bool


def read(body: Mapping[str, Any], bot: str) -> Written | None:
    """What was written to us, by the event that Slack tells of it; `bot` is our own user id.

    Null for what asks nothing: a bot's message, an edit, a message of a channel without our name.
    """
    event = body.get("event") or {}
    channel, user = str(event.get("channel") or ""), str(event.get("user") or "")
    is_direct = event.get("channel_type") == "im" or channel.startswith("D")
    is_ours = is_direct == (event.get("type") == "message")
    is_new = event.get("subtype") in BY_PEOPLE and not event.get("edited")
    if not (is_ours and is_new and user and channel and body.get("event_id")):
        return None
    if user == bot or event.get("bot_id"):
        return None
    return Written(
        str(body["event_id"]),
        line_of(str(event.get("text") or ""), bot),
        user,
        channel,
        event.get("thread_ts"),
        is_direct,
    )


def line_of(text: str, bot: str) -> str:
    """The line in a message: without our name and code marks, with links as they are read."""

    def shown(found: re.Match[str]) -> str:
        if found[1] == f"@{bot}":
            return " "
        return found[2] or found[1].removeprefix("mailto:")

    return " ".join(unescape(LINKED.sub(shown, text)).replace("`", " ").split())
