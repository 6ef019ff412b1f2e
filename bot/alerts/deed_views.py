"""The dialogs behind the buttons of an alert: assign, snooze, mute, and what was done."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bot.alerts.asked import About, Asked, asked
from bot.alerts.card import ASSIGN, DID, MUTE, SNOOZE, name, worst_first
from bot.alerts.names import DONE
from bot.dialogs import View
from bot.inputs import (
    Field,
    Option,
    modal,
    number_input,
    radio_buttons,
    select,
    text_input,
    user_select,
)
from bot.plans import Block
from bot.replies import Replies
from commands import Notice

HOUR, TOMORROW, TO_THE_END = "hour", "tomorrow", "end"
HERE, EVERYWHERE = "here", "everywhere"
MORNING = time(9)
MOST_DAYS = "365"
WHOLE = "the whole alert"


def assign_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    found = asked(replies, value, user, channel)
    if isinstance(found, Notice):
        return found
    if not found.standing:
        return found.end
    hint = "They are told once, in the thread of the alert."
    return _dialog(ASSIGN, "Assign", found, channel, [
        user_select(Field("who", "Who takes care of it", hint)),
    ])  # fmt: skip


def snooze_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    found = asked(replies, value, user, channel)
    if isinstance(found, Notice):
        return found
    if not found.standing:
        return found.end
    zone = zone_of(replies, user)
    until = tomorrow(replies.clock(), zone)
    options = [
        Option(HOUR, "For an hour"),
        Option(TOMORROW, f"Until {until:%A} {until:%H:%M} ({zone.key})"),
        Option(TO_THE_END, "Until it is over"),
    ]
    hint = "Its message goes on to show how it stands."
    return _dialog(SNOOZE, "Snooze", found, channel, [
        radio_buttons(Field("until", "Say nothing more of it", hint), options, HOUR),
    ])  # fmt: skip


def mute_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """What to mute: one of the entities of the alert, or the rule where it watches only a total."""
    found = asked(replies, value, user, channel)
    if isinstance(found, Notice):
        return found
    worst = worst_first(found.card, found.standing)
    if not worst:
        return found.end
    things = [Option(str(one.id), name(found.card, one) if one.entity else WHOLE) for one in worst]
    scopes = [Option(HERE, "In this alert")]
    if found.grant.is_operator:
        scopes.append(Option(EVERYWHERE, "In all alerts", "For those who run Leadline"))
    hint = "Empty: until someone ends it; /leadline silence shows what is silent."
    days = Field("days", "For how many days", hint, is_optional=True)
    blocks = [
        select(Field("what", "What to mute"), things, things[0].value),
        number_input(days, "7", is_decimal=False, least="1", most=MOST_DAYS),
    ]
    if len(scopes) > 1 and any(one.entity for one in worst):
        blocks.append(radio_buttons(Field("where", "Where"), scopes, HERE))
    return _dialog(MUTE, "Mute", found, channel, blocks)


def did_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """What someone did; it is a log, so it may be filled in after the end too."""
    found = asked(replies, value, user, channel)
    if isinstance(found, Notice):
        return found
    options = [Option(what, words) for what, words in DONE.items()]
    note = Field("note", "Note", "It stands in the thread of the alert.", is_optional=True)
    return _dialog(DID, "What did you do?", found, channel, [
        select(Field("what", "What"), options, options[0].value),
        text_input(note, is_long=True),
    ])  # fmt: skip


def tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    """Nine o'clock of the next day in a zone."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=zone)


def zone_of(replies: Replies, user: str) -> ZoneInfo:
    """The zone that a person has set in Slack, else ours."""
    try:
        return ZoneInfo(replies.access.directory.person(user).zone)
    except (ZoneInfoNotFoundError, ValueError):
        return replies.zone


def _dialog(kind: str, title: str, found: Asked, channel: str, blocks: list[Block]) -> View:
    assert found.row.id is not None  # it was read
    about = msgspec.json.encode(About(found.row.id, channel)).decode()
    return modal(kind, title, title if kind != DID else "Keep it", blocks, about)
