"""`/leadline alerts`: what is watched in a channel and for a person, and how it stands."""

from collections.abc import Sequence

from bot.alerts.own import read, rules_of
from bot.blocks import WATCH, action_id
from bot.mrkdwn import plain
from bot.plans import Block
from bot.replies import Drawn, Replies
from commands import Notice

NONE = Notice(
    "No alerts yet", "Press “Alert me…” on an answer, or `/leadline alerts new lead-time`."
)


def listing(replies: Replies, words: Sequence[str], user: str, channel: str) -> Drawn | Notice:
    """One's own alerts; with `new` and a line the dialog that makes one."""
    if words and words[0].casefold() == "new":
        return _new(" ".join(words[1:]) or "lead-time")
    with replies.desk.store.reader() as session:
        titles = [read(row).title for row in rules_of(session, user)]
    if not titles:
        return NONE
    blocks: list[Block] = [_section(title) for title in titles]
    return Drawn(f"Alerts: {len(titles)}", blocks)


def _new(line: str) -> Drawn:
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Alert me…"},
        "action_id": action_id(WATCH, "new", line),
        "value": line,
    }
    text = f"An alert on {plain(line)}"
    blocks = [_section(text), {"type": "actions", "elements": [button]}]
    return Drawn(text, blocks, opens=(WATCH, line))


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": plain(text), "verbatim": True}}
