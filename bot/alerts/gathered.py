"""What quiet hours held back is told in one message a channel, with each alert in its thread.

An alert that is told alone stands in the channel as ever; the second one brings the message that
names both, and both go into its thread.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from bot.alerts.rule import Rule
from bot.alerts.standing import at
from bot.mrkdwn import TEXT, cut, section, text_object
from bot.outbox import Message, put
from bot.plans import Block
from commands import Topic
from storage.hush import Quiet, read_quiet
from storage.models import AlertMessage, Outbox

# by then a rule that looks as often as rules do has looked
GATHERED = timedelta(minutes=10)
HEAD = "held:"
MOST, LINE = 20, 140
BELOW = "Each of them stands in the thread, with what can be done about it."


def quiet_of(rule: Rule, zone: ZoneInfo) -> Quiet | None:
    """The quiet hours of a rule, in `zone` where it has none of its own; null where nothing of it
    is held back.
    """
    return None if rule.severity == "critical" else _quiet(rule.quiet, rule.zone or zone.key)


def told_from(rule: Rule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """From when what was held back of a rule is told: once all rules have looked since its quiet
    hours ended; null where it has none any more.
    """
    quiet = quiet_of(rule, zone)
    return quiet.ended(now) + GATHERED if quiet else None


def gather(
    session: Session, channel: str, not_before: datetime, now: datetime, zone: ZoneInfo
) -> None:
    """Makes one message of all that waits in the channel to be told from then on, in the caller's
    transaction. What was sent by now stands for itself.
    """
    query = select(Outbox).where(
        Outbox.channel == channel, Outbox.state == "pending", Outbox.not_before == not_before,
        or_(col(Outbox.key).startswith("alert:"), col(Outbox.key).startswith(HEAD)),
    )  # fmt: skip
    rows = list(session.exec(query.order_by(col(Outbox.id)).with_for_update()))
    parts = [one for one in rows if not one.key.startswith(HEAD)]
    head = next((one for one in rows if one.key.startswith(HEAD)), None)
    if len(parts) < 2:
        return
    ended = f"until {at(not_before - GATHERED, zone)}"
    title = f"Held back in quiet hours {ended}: {len(parts)} alerts"
    text, blocks = cut(f"{title}. {parts[0].text}", TEXT), _blocks(title, parts)
    topics = _topics(session, parts)
    key = head.key if head else f"{HEAD}{parts[0].key}"
    if head:
        head.text, head.blocks, head.topics = text, blocks, list(topics)
        session.add(head)
    else:
        made = Message(key, channel, text, blocks, topics, must_arrive=True, not_before=not_before)
        put(session, made, now)
    for one in parts:
        one.is_broadcast = False
        if one.kind == "post":
            one.kind, one.parent = "reply", key
        session.add(one)


def _blocks(title: str, parts: Sequence[Outbox]) -> list[Block]:
    """The first words of each; these are safe as they stand."""
    lines = [f"• {cut(one.text.partition(chr(10))[0], LINE)}" for one in parts[:MOST]]
    more = len(parts) - MOST
    lines += [f"and {more} more"] if more > 0 else []
    shown = [f"*{title}*", *lines]
    return [
        section("\n".join(shown)),
        {"type": "context", "elements": [text_object(BELOW)]},
    ]


def _topics(session: Session, parts: Sequence[Outbox]) -> tuple[Topic, ...]:
    """What the first words of messages speak of, which is less than what all of an alert does."""
    query = select(AlertMessage).where(col(AlertMessage.key).in_([one.key for one in parts]))
    cards = {one.key: one.card["topics"] for one in session.exec(query)}
    return tuple(sorted({topic for one in parts for topic in cards.get(one.key, one.topics)}))


@lru_cache(maxsize=256)
def _quiet(text: str, zone: str) -> Quiet | None:
    return read_quiet(text, ZoneInfo(zone))
