"""The dialog that makes or changes an alert: “Alert me…” on an answer, or Edit in the list.

It shows what the rule would have done in the past before it is kept, and tries that again when
something that matters is changed.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from bot.alerts import fields, own
from bot.alerts.draft import COUNTED, EACH, STEADY, TOTAL, Choice, Draft, choices_of, of_rule, read
from bot.alerts.fields import view
from bot.alerts.place import around
from bot.alerts.replay import replay
from bot.alerts.ruled import problems, rule_of
from bot.alerts.trial import is_trial, not_tried, told, trial, under_way
from bot.dialogs import Show
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from commands import Answer, Grant, Notice

# how far from now the first threshold lies that the dialog offers, and the first change in percent
STEP, PERCENT = 0.2, "20"
DAYS, EVERY = 90, 10
NO_FIGURE = Notice("There is no figure to watch", "That has no figure that you may see now.",
                   error=True)  # fmt: skip
NOT_YOURS = Notice("Not changed", "Only its owner and operators may change an alert.", error=True)
GIVEN_UP = Notice(
    "Not changed", "That alert was given up, so nothing of it is watched.", error=True
)
# what makes another figure of it, after which the past is looked at again
RETRIED = (fields.TRY, fields.VALUE, fields.FIGURE, fields.CONDITION, fields.LINE)

View = dict[str, Any]


class Gone(Exception):
    """The dialog was closed, or another click changed it."""


def watch_view(replies: Replies, line: str, user: str, channel: str) -> View | Notice:
    """The dialog for a line, with a threshold one fifth worse than now; or why there is none."""
    try:
        draft = lined(replies, Draft(channel, line, user), user)
        return NO_FIGURE if draft is None else _shown(replies, draft, user, _waits())
    except FAILURES:
        return UNKNOWN_ASKER


def edit_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """The dialog that changes a rule of its owner, or of anyone for operators."""
    number = value.partition(" ")[0].removeprefix("own:")
    with replies.desk.store.reader() as session:
        row = own.row_of(session, number)
    try:
        if row is None or not own.may_change(replies.access, row, user):
            return NOT_YOURS
        if row.ended_at:
            return GIVEN_UP
        rule = own.read(row)
        draft = lined(replies, of_rule(rule, row.id or 0, channel), user)
        return NO_FIGURE if draft is None else _shown(replies, draft, user, _waits())
    except FAILURES:
        return UNKNOWN_ASKER


def lined(replies: Replies, draft: Draft, user: str) -> Draft | None:
    """The draft with what can be watched of its line's answer; null where there is nothing that
    the person may see.

    Everything is asked for and named, so that a hidden figure never gives its place to another.
    """
    grant = replies.access.asking(user, draft.channel)
    said = replies.ask(draft.line, draft.channel, Grant.everything())
    if not isinstance(said, Answer):
        return None
    found = tuple(one for one in choices_of(said) if all(map(grant.allows, one.topics)))
    if not found:
        return None
    made = msgspec.structs.replace(draft, title=said.title, choices=found)
    figure = _figure(made)
    if figure and (draft.value or made.wanted.needs == "nothing"):
        return msgspec.structs.replace(made, figure=figure)
    return begun(msgspec.structs.replace(made, figure=found[0].id))


def _figure(draft: Draft) -> str:
    """The figure that a draft has, where the answer has it too; one without a name is the first."""
    if draft.figure in (TOTAL, EACH):
        is_each = draft.figure == EACH
        return next((one.id for one in draft.choices if one.each == is_each), "")
    return draft.figure if draft.figure in {one.id for one in draft.choices} else ""


def begun(draft: Draft) -> Draft:
    """The draft with the direction and the threshold that its figure begins with."""
    choice = draft.choice
    condition = draft.condition
    if choice and condition in ("above", "below"):
        condition = "above" if choice.is_up else "below"
    made = msgspec.structs.replace(draft, condition=condition, clear="", turn=draft.turn + 1)
    return msgspec.structs.replace(made, value=threshold(made.choice, made))


def threshold(choice: Choice | None, draft: Draft) -> str:
    """The number that is offered: one fifth beyond what the figure is now."""
    if draft.wanted.needs == "percent":
        return PERCENT
    if choice is None or choice.value is None:
        return ""
    sign = 1 if draft.wanted.word in ("above", "at least") else -1
    limit = choice.value + sign * STEP * abs(choice.value)
    if choice.unit == COUNTED and choice.value.is_integer():
        # the whole number that comes to the same
        is_next = draft.wanted.word in ("below", "at least")
        limit = float(math.ceil(limit) if is_next else math.floor(limit))
    return format(Decimal(f"{limit:.3g}"), "f")


def opened(replies: Replies, made: View, user: str, show: Show) -> None:
    """Tries the rule of a dialog that was just opened."""
    try:
        _try(replies, msgspec.json.decode(made["private_metadata"], type=Draft), user, show)
    except FAILURES:
        kept = [one for one in made["blocks"] if not is_trial(one)]
        show({**made, "blocks": [*kept, *not_tried(UNKNOWN_ASKER.text)]})


def changed(replies: Replies, seen: View, user: str, action: dict[str, Any], show: Show) -> None:
    """An element of the dialog was used: shows what follows from it."""
    before = msgspec.json.decode(seen["private_metadata"], type=Draft)
    name = str(action.get("action_id"))
    try:
        draft = _after(replies, before, read(seen), name, user)
        if draft is None:
            show(_shown(replies, before, user, not_tried(NO_FIGURE.text)))
            return
        old = told(seen.get("blocks") or ())
        if name in RETRIED or old is None:
            _try(replies, draft, user, show)
        else:
            show(_shown(replies, draft, user, old))
    except FAILURES:
        show(_shown(replies, before, user, not_tried(UNKNOWN_ASKER.text)))


def _after(replies: Replies, before: Draft, now: Draft, name: str, user: str) -> Draft | None:
    """The draft after an element was used; null for a line without figures."""
    if name == fields.MORE:
        return msgspec.structs.replace(now, is_more=not now.is_more)
    if now.line != before.line:
        return lined(replies, msgspec.structs.replace(now, figure="", value=""), user)
    if name == fields.FIGURE and now.figure != before.figure:
        return begun(now)
    if name == fields.CONDITION:
        now = steady(before, now)
    if name == fields.CONDITION and _is_other(before, now):
        made = msgspec.structs.replace(now, clear="", turn=now.turn + 1)
        return msgspec.structs.replace(made, value=threshold(made.choice, made))
    return now


def steady(before: Draft, now: Draft) -> Draft:
    """The draft after another condition was chosen: what is unusual fires for two weeks at least,
    where nobody says otherwise.
    """
    is_unusual, was_unusual = (one.wanted.kind == "unusual" for one in (now, before))
    if is_unusual == was_unusual or now.keep != ("0" if is_unusual else STEADY):
        return now
    keep = STEADY if is_unusual else "0"
    return msgspec.structs.replace(now, keep=keep, turn=now.turn + 1)


def _is_other(before: Draft, now: Draft) -> bool:
    """Whether the number that stood there means nothing any more."""
    old, new = before.wanted, now.wanted
    is_up = (new.word in ("above", "at least")) == (old.word in ("above", "at least"))
    return old.needs != new.needs or (new.needs == "number" and not is_up)


def _try(replies: Replies, draft: Draft, user: str, show: Show) -> None:
    """Shows what the rule would have done, and how far that has come."""
    found = problems(draft)
    found.pop("other", None)
    if found:
        show(
            _shown(replies, draft, user, not_tried(f"Not tried yet. {next(iter(found.values()))}."))
        )
        return
    offered = around(replies, draft, user)
    if not show(view(draft, offered, under_way(0, DAYS))):
        return

    def progress(done: int, of: int) -> None:
        if done % EVERY == 0 and not show(view(draft, offered, under_way(done, of))):
            raise Gone

    desk, now = replies.desk, replies.clock()
    rule = msgspec.structs.replace(rule_of(draft, replies.zone.key), channel=draft.channel)
    grant = replies.access.asking(user, draft.channel)
    try:
        seen = replay(
            desk, rule, grant, now, replies.zone, clock=replies.clock, days=DAYS, progress=progress
        )
    except Gone:
        return
    show(view(draft, offered, trial(seen)))


def _shown(replies: Replies, draft: Draft, user: str, past: Sequence[Block]) -> View:
    return view(draft, around(replies, draft, user), past)


def _waits() -> list[Block]:
    return under_way(0, DAYS)
