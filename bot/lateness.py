"""The line that a message bears which is sent long after it was written."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.claims import Block, Claim, Message

LATE = timedelta(minutes=5)
MOST_BLOCKS = 50
MOST_ELEMENTS = 10
# How the errors begin that say that Slack gave no answer of any use.
NO_ANSWER = "Slack "


def sent_late(claim: Claim, now: datetime, zone: ZoneInfo) -> Message:
    """The message as it is sent now: if it is late it says when it was written, and why."""
    message, meant = claim.message, claim.meant_at
    if message.kind == "edit" or now - meant <= LATE:
        return message
    line = _line(claim.error, meant.astimezone(zone), now.astimezone(zone))
    if not message.blocks:
        return replace(message, text=f"{message.text}\n{line}")
    return replace(message, blocks=_with(message.blocks, line))


def _line(error: str | None, meant: datetime, now: datetime) -> str:
    day = "" if meant.date() == now.date() else f"on {meant:%-d %b} "
    why = ": Slack could not be reached" if (error or "").startswith(NO_ANSWER) else ""
    return f"Written {day}at {meant:%H:%M %Z}, sent late{why}."


def _with(blocks: list[Block], line: str) -> list[Block]:
    """The blocks with a line at their end; in their last one where there is no room for more."""
    said: Block = {"type": "mrkdwn", "text": line, "verbatim": True}
    if len(blocks) < MOST_BLOCKS:
        return [*blocks, {"type": "context", "elements": [said]}]
    *before, last = blocks
    if last["type"] == "context" and len(last["elements"]) < MOST_ELEMENTS:
        return [*before, {**last, "elements": [*last["elements"], said]}]
    return blocks
