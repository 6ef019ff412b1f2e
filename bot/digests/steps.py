"""What is done to a digest from the list; each step is written down and can be taken back."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.blocks import action_id
from bot.digests import kept
from bot.digests.form import NOT_YOURS, changeable, test
from bot.digests.listing import BACK, first_of, page, seen
from bot.digests.plan import Plan
from bot.digests.reminders import DAYS, choose
from bot.inputs import plain_text
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Drawn, Replies
from commands import Grant, Notice

# Does something to the digest of a number, for a person; false where it is gone.
Step = Callable[[Session, int, str, datetime], bool]


def pause(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Nothing of it is posted until it goes on."""
    return _done(replies, value, user, channel, kept.pause, "{title} is paused.")


def go_on(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """It is posted again."""
    return _done(replies, value, user, channel, kept.go_on, "{title} goes on.")


def skip(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """The next one is left out, or not after all."""
    return _done(replies, value, user, channel, kept.skip_next, "")


def end(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """It is deleted; a button takes that back."""
    said = _done(replies, value, user, channel, kept.end, "I deleted {title}.")
    if isinstance(said, Drawn):
        said.blocks.insert(1, _undo(value))
    return said


def back(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """What was deleted is there again, for who may change it."""
    number = value.partition(" ")[0]
    try:
        is_operator = replies.access.of_person(user).is_operator
        grant = replies.access.asking(user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    with replies.desk.store.writer() as session:
        gone = kept.ended(session, int(number)) if number.isascii() and number.isdigit() else None
        if gone is None or not kept.may_change(gone, user, is_operator=is_operator):
            return NOT_YOURS
        kept.restore(session, int(number), user, replies.clock())
    return page(
        replies, user, channel, first_of(value), _upper(f"{_called(replies, gone, grant)} is back.")
    )


def send(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Sends what it says now to whoever asks: what both its readers and that person may see."""
    plan = seen(replies, value, user, channel)
    if isinstance(plan, Notice):
        return plan
    place = plan.digest.channel
    try:
        grant = replies.access.sharing(user, place)
    except FAILURES:
        return UNKNOWN_ASKER
    test(replies, plan.digest, user, grant)
    return page(replies, user, channel, first_of(value), "A test is on its way to you.")


def remind(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Whoever asks is reminded of notice deadlines so many days before, or no more."""
    if value not in ("0", str(DAYS)):
        return NOT_YOURS
    with replies.desk.store.writer() as session:
        choose(session, user, int(value), replies.clock())
    return page(replies, user, channel, 0)


def turn(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Another page of the list."""
    return page(replies, user, channel, first_of(value))


def _done(
    replies: Replies, value: str, user: str, channel: str, step: Step, told: str
) -> Drawn | Notice:
    try:
        plan = changeable(replies, value.partition(" ")[0], user)
        grant = replies.access.asking(user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    if plan is None or plan.number is None:
        return NOT_YOURS
    with replies.desk.store.writer() as session:
        if not step(session, plan.number, user, replies.clock()):
            return NOT_YOURS
    return page(
        replies,
        user,
        channel,
        first_of(value),
        _upper(told.format(title=_called(replies, plan, grant))),
    )


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _called(replies: Replies, plan: Plan, grant: Grant) -> str:
    """A digest by its title, for who may see that."""
    if not kept.may_see(plan, grant, replies.desk.registry):
        return "that digest"
    return f"“{plan.digest.title.replace('*', '')}”"


def _undo(value: str) -> dict[str, object]:
    button = {
        "type": "button",
        "text": plain_text("Undo"),
        "action_id": action_id(BACK, "list", value),
        "value": value,
    }
    return {"type": "actions", "elements": [button]}
