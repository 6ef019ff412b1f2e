"""The line that a message bears which is sent long after it was written."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.claims import Block, Claim, Message
from bot.mrkdwn import text_object

LATE = timedelta(minutes=5)
MOST_BLOCKS = 50
MOST_ELEMENTS = 10
# How the errors begin that say that Slack gave no answer of any use.
NO_ANSWER = "Slack "


def sent_late(
    claim: Claim, now: datetime, zone: ZoneInfo, missed_at: datetime | None = None
) -> Message:
    """The message as it is sent now: if it is late it says when it was written, and why.

    `missed_at`: when Slack last gave no answer of any use, to this message or another.
    """
    message, meant = claim.message, claim.meant_at
    if message.kind == "edit" or now - meant <= LATE:
        return message
    was_missed = has_no_answer(claim.error) or bool(missed_at and meant <= missed_at <= now)
    line = _line(meant.astimezone(zone), now.astimezone(zone), was_missed=was_missed)
    if not message.blocks:
        return replace(message, text=f"{message.text}\n{line}")
    return replace(message, blocks=_with(message.blocks, line))


def has_no_answer(error: str | None) -> bool:
    """Whether an error says that Slack could not be reached or gave no answer of any use."""
    return bool(error and error.startswith(NO_ANSWER))


def _line(meant: datetime, now: datetime, *, was_missed: bool) -> str:
    day = "" if meant.date() == now.date() else f"on {meant:%-d %b} "
    why = ": Slack could not be reached" if was_missed else ""
    return f"Written {day}at {meant:%H:%M %Z}, sent late{why}."


def _with(blocks: list[Block], line: str) -> list[Block]:
    """The blocks with a line at their end; in their last one where there is no room for more."""
    said = text_object(line)
    if len(blocks) < MOST_BLOCKS:
        return [*blocks, {"type": "context", "elements": [said]}]
    *before, last = blocks
    if last["type"] == "context" and len(last["elements"]) < MOST_ELEMENTS:
        return [*before, {**last, "elements": [*last["elements"], said]}]
    return blocks
