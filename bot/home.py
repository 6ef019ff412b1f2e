"""The home tab: what people ask most, an answer to it on the spot, and how fresh the data is."""

from typing import Any

from bot.alerts.listing import mine
from bot.blocks import ASK, action_id, blocks
from bot.channel import short
from bot.mrkdwn import plain, section
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import Drawn, Replies, Spoken
from commands import Command

# Asked most, and shown where there is such a command and the person may ask it.
TILES = ("lead-time", "churn", "exposed", "status")
MOST_BLOCKS = 100


def home(replies: Replies, user: str, said: Spoken | None = None, line: str = "") -> dict[str, Any]:
    """The tab for a person; what is `said` (the answer to a `line`, if to one) stands first."""
    parts = [_tiles(replies, user)]
    if said:
        parts.insert(0, _said(replies, said))
    parts.append(mine(replies, user))
    for one in ("help", "status"):
        if one != line:
            more = replies.figures(one, user, "")
            # one table in a tab is enough, and Slack may refuse a second one
            parts.append(blocks(short(more) if said else more, replies.zone, is_shared=True))
    drawn = [block for part in parts if part for block in ({"type": "divider"}, *part)]
    return {"type": "home", "blocks": drawn[1 : MOST_BLOCKS + 1]}


def _said(replies: Replies, said: Spoken) -> list[Block]:
    if isinstance(said, Drawn):
        return said.blocks
    return blocks(said, replies.zone, is_shared=True)


def _tiles(replies: Replies, user: str) -> list[Block]:
    """A button each for what people ask most, as far as this person may ask it."""
    try:
        grant = replies.access.asking(user, "")
    except FAILURES:
        return []
    registry = replies.desk.registry
    commands = [registry[name] for name in TILES if name in registry]
    return [_tile(one) for one in commands if any(map(grant.allows, one.topics))]


def _tile(command: Command) -> Block:
    return {
        **section(plain(command.summary)),
        "accessory": {
            "type": "button",
            "text": {"type": "plain_text", "text": command.name},
            "action_id": action_id(ASK, "home", command.name),
            "value": command.name,
        },
    }
