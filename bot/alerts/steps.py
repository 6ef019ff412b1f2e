"""What is done to a rule from the list: silence, give up and take back; each is written down."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.alerts import own
from bot.alerts.asked import named
from bot.alerts.left import given_up, leave
from bot.alerts.listing import TAKE_BACK, may_see, number, page
from bot.alerts.names import keep_name
from bot.blocks import action_id
from bot.inputs import plain_text
from bot.mrkdwn import plain, section
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Drawn, Replies
from commands import Notice
from storage.models import AlertRule

NOT_YOURS = Notice(
    "Not changed", "Only the owner of an alert, and operators, may change it.", error=True
)
OF_THE_FILE = "That one stands in leadline.toml: take it out there."
# What is done to the rule of an id, in a transaction: what is told of it.
Step = Callable[[Session, str, datetime], str]


def silence(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Tells nothing of a rule for some hours, or until someone ends that."""
    hours = number(value)[2]
    if hours not in ("0", "1", "24"):
        return NOT_YOURS
    lasts = timedelta(hours=int(hours)) if hours != "0" else None

    def step(session: Session, rule: str, now: datetime) -> str:
        own.silence(session, rule, user, lasts, now)
        how_long = {"0": "until someone ends that", "1": "for an hour", "24": "for a day"}[hours]
        return f"I say nothing of it {how_long}, and go on looking."

    return _done(replies, value, user, channel, step)


def speak(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Ends a silence."""

    def step(session: Session, rule: str, now: datetime) -> str:
        own.end_silence(session, rule, user, now)
        return "I speak of it again; what still fires is told now."

    return _done(replies, value, user, channel, step)


def take_back(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Watches a rule again that was given up."""

    def step(session: Session, rule: str, now: datetime) -> str:
        row = own.row_of(session, rule)
        if row is None:
            return OF_THE_FILE
        own.take_back(session, row, user, now)
        return "I watch it again."

    return _done(replies, value, user, channel, step)


def give_up(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Watches a rule no more; a button takes that back."""
    try:
        by = named(replies, user)
    except FAILURES:
        return UNKNOWN_ASKER

    def step(session: Session, rule: str, now: datetime) -> str:
        row = own.row_of(session, rule)
        if row is None:
            return OF_THE_FILE
        keep_name(session, user, by, now)
        leave(session, replies.desk, rule, given_up(by), now, replies.zone)
        own.end(session, row, user, now)
        return f"I gave up {_called(replies, row, user, channel)}."

    said = _done(replies, value, user, channel, step)
    if isinstance(said, Drawn) and value.startswith(own.OWN):
        said.blocks.insert(1, _undo(value))
    return said


def turn(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Another page of the list."""
    return page(replies, user, channel, number(value)[1])


def _done(replies: Replies, value: str, user: str, channel: str, step: Step) -> Drawn | Notice:
    """Does it, for who may, and shows the page again with what was done."""
    rule, first, _ = number(value)
    try:
        with replies.desk.store.writer() as session:
            if not _may(replies, session, rule, user):
                return NOT_YOURS
            told = step(session, rule, replies.clock())
    except FAILURES:
        return UNKNOWN_ASKER
    replies.post_soon()
    if not channel:
        return Drawn(told, [section(plain(told))])
    return page(replies, user, channel, first, told)


def _may(replies: Replies, session: Session, rule: str, user: str) -> bool:
    """Whether a person may do something to a rule: of leadline.toml only operators may."""
    if any(one.id == rule for one in replies.rules):
        return replies.access.of_person(user).is_operator
    row = own.row_of(session, rule, to_write=True) if rule.startswith(own.OWN) else None
    return row is not None and own.may_change(replies.access, row, user)


def _called(replies: Replies, row: AlertRule, user: str, channel: str) -> str:
    """A rule by its title, for who may see that."""
    rule, grant = own.read(row), replies.access.asking(user, channel)
    is_seen = may_see(replies, rule, grant, is_own=row.owner == user)
    return f"“{rule.title or rule.id}”" if is_seen else "that alert"


def _undo(value: str) -> dict[str, object]:
    button = {
        "type": "button",
        "text": plain_text("Undo"),
        "action_id": action_id(TAKE_BACK, "list", value),
        "value": value,
    }
    return {"type": "actions", "elements": [button]}
