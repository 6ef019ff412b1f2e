"""What becomes of the dialog of an alert when it is sent: its faults are told in it, or it is kept.

Rights are asked when it is opened and again when it is sent.
"""

from typing import Any

import msgspec

from bot.alerts import own
from bot.alerts.draft import HERE, ME, Draft, read
from bot.alerts.fields import view
from bot.alerts.form import GIVEN_UP, NO_FIGURE, NOT_YOURS, lined
from bot.alerts.left import CHANGED, MOVED, leave
from bot.alerts.look import HIDDEN, look
from bot.alerts.place import around, place_problems
from bot.alerts.rule import Rule
from bot.alerts.ruled import problems, rule_of
from bot.alerts.trial import not_tried
from bot.dialogs import instead, wrong
from bot.inputs import block_of, has_field
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from commands import Grant, Notice
from storage.seen import claim

LOOK_FIRST = "That is another question now: look at its figure and threshold, then send it again."
NOT_THERE = Notice("Not watched", "Not all who read this channel may see that figure.", error=True)
TOO_MANY = Notice(
    "Not watched",
    f"You have {own.MOST} alerts: give one up first, in my home tab or by `/leadline alerts`.",
    error=True,
)
View = dict[str, Any]


def check(replies: Replies, seen: View, user: str) -> dict[str, Any]:
    """What is wrong with what was filled in, at the field that it stands in."""
    before = msgspec.json.decode(seen["private_metadata"], type=Draft)
    draft = read(seen)
    try:
        if draft.line != before.line:
            return _another(replies, draft, user)
        found = problems(draft) or place_problems(replies, draft, user)
        hidden = [name for name in found if not has_field(seen, name)]
        if hidden:
            more = msgspec.structs.replace(draft, is_more=True)
            told = not_tried(f"{found[hidden[0]]}.")
            return instead(view(more, around(replies, more, user), told))
    except FAILURES:
        found = {"where": UNKNOWN_ASKER.text}
    return wrong({block_of(seen, name): why for name, why in found.items()})


def _another(replies: Replies, draft: Draft, user: str) -> dict[str, Any]:
    """The dialog for the line that was written into it, with the figures of that."""
    made = lined(replies, msgspec.structs.replace(draft, figure="", value=""), user)
    if made is None:
        return wrong({"line": "That has no figure that you may see"})
    return instead(view(made, around(replies, made, user), not_tried(LOOK_FIRST)))


def kept(replies: Replies, seen: View, user: str) -> Notice:
    """Keeps the rule of a dialog that was sent, once; says so, or why not."""
    draft = read(seen)
    try:
        refused = _refused(replies, draft, user) or _keep(replies, draft, user, seen["id"])
    except FAILURES:
        return UNKNOWN_ASKER
    replies.post_soon()
    return refused or _told(draft)


def _keep(replies: Replies, draft: Draft, user: str, view_id: str) -> Notice | None:
    """Writes the rule down; why not, where it is not to be."""
    zone, now = replies.zone.key, replies.clock()
    with replies.desk.store.writer() as session:
        row = own.row_of(session, str(draft.number), to_write=True) if draft.number else None
        if draft.number and (row is None or not own.may_change(replies.access, row, user)):
            return NOT_YOURS
        if row and row.ended_at:
            return GIVEN_UP
        if row is None and len(own.rules_of(session, user)) >= own.MOST:
            return TOO_MANY
        if not claim(session, f"watch:{view_id}", now):
            return None
        if row is None:
            own.keep(session, rule_of(draft, zone), user, now)
            return None
        old = own.read(row)
        new = rule_of(draft, zone, old)
        if own.is_other(old, new):
            leave(session, replies.desk, old.id, CHANGED, now, replies.zone)
        elif old.channel != new.channel:
            leave(session, replies.desk, old.id, MOVED, now, replies.zone)
        own.change(session, row, new, user, now)
    return None


def _refused(replies: Replies, draft: Draft, user: str) -> Notice | None:
    """Why the rule is not kept after all: the figure is gone, or may not be seen any more."""
    if place_problems(replies, draft, user):
        return NO_FIGURE if draft.where == ME else NOT_THERE
    rule: Rule = rule_of(draft, replies.zone.key)
    grant = replies.access.asking(user, draft.channel)
    readers = replies.access.of_channel(draft.target)
    both = Grant({one: grant.levels[one] for one in grant.levels if readers.allows(one)})
    found = look(replies.desk, rule, both, replies.clock(), replies.zone)
    if found.why == HIDDEN:
        return NO_FIGURE if draft.where == ME else NOT_THERE
    if found.sight.data == "error":
        return Notice("Not watched", f"It can't be judged: {found.why}.", error=True)
    return None


def _told(draft: Draft) -> Notice:
    whom = {ME: "you", HERE: "the channel"}.get(draft.where, f"<#{draft.target}>")
    if draft.where == ME and draft.number:
        whom = "its owner"
    return Notice(
        f"I watch {draft.name or draft.title}",
        f"I tell {whom} when {_condition(draft)}. `/leadline alerts` lists what is watched.",
    )


def _condition(draft: Draft) -> str:
    """When it is told, as one says it."""
    choice = draft.choice
    what = "it" if choice is None else f"{'a row’s ' if choice.each else ''}{choice.name}"
    amount = f"{draft.value} {draft.unit_said}".strip()
    if draft.wanted.needs == "percent":
        return f"{what} {draft.wanted.text.replace('some %', amount)}"
    return f"{what} {draft.wanted.text.replace('a number', amount)}"
