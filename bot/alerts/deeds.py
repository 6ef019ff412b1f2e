"""What people do about an alert. Each deed is kept, stands in the thread, and edits the message.

    button              what it does
    Acknowledge         it is not told again, but still when it gets worse
    Assign              someone takes care of it, and is told once in the thread
    Snooze              nothing is told until then
    Mute                a silence, of one entity or of the rule
    Who is affected?    asks who feels it; only the asker sees that
    What did you do?    a log, with no claim about what came of it; offered once acknowledged

Whoever may see the figure may do all of it. How fast anyone does is not measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session

from bot.alerts import own
from bot.alerts.asked import NOT_HERE, About, Asked, asked, named, read
from bot.alerts.card import (
    ACK,
    AFFECTED,
    ASSIGN,
    DID,
    MUTE,
    SNOOZE,
    TOP,
    at,
    name,
    worst_first,
)
from bot.alerts.deed_views import (
    EVERYWHERE,
    HOUR,
    TO_THE_END,
    assign_view,
    did_view,
    mute_view,
    snooze_view,
    tomorrow,
    zone_of,
)
from bot.alerts.make import affects
from bot.alerts.names import DONE, TAKEN, keep_name
from bot.alerts.scene import Scene, redraw
from bot.alerts.silences import silence
from bot.dialogs import Feature, Opening, Sending, View
from bot.inputs import entered
from bot.mrkdwn import cut
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies, Spoken
from commands import FollowUp, Notice
from storage.models import Deed, Episode
from storage.seen import claim

LONGEST_NOTE = 500
LOOKING = "I look how the alert stands…"
NOBODY = Notice("Nobody is known to be affected", "The alert names no supplier, item or customer.")
MAY_NOT_SEE = Notice(
    "Not assigned", "That person may not see the figure, so they could do nothing about it.",
    error=True,
)  # fmt: skip
DAYS_WRONG = Notice("Not muted", "Write a whole number of days, or leave it empty.", error=True)


@dataclass(frozen=True)
class Done:
    """What was done, as it is kept and as it is told: `told` stands in the thread, and pings.

    `is_noted`: it stands in the history of the rule already.
    """

    what: str
    told: str
    note: str = ""
    entity: str = ""
    pings: Sequence[str] = ()
    is_noted: bool = False


# (session, the alert, when) -> what was done, or why nothing was
Doing = Callable[[Session, Asked, datetime], Done | Notice | None]


def acknowledge(replies: Replies, value: str, user: str, channel: str) -> Notice | None:
    """Someone knows of it: who was first."""

    def doing(session: Session, found: Asked, now: datetime) -> Done | Notice | None:
        fresh = [one for one in found.standing if one.acked_at is None]
        if not found.standing:
            return found.end
        for one in fresh:
            one.acked_at, one.acked_by = now, user
        if fresh:
            return Done("acknowledged", f"Acknowledged by {named(replies, user)}.")
        others = {one.acked_by for one in found.standing} - {user}
        return Notice("Acknowledged already", "Someone was faster than you.") if others else None

    return _do(replies, value, user, channel, doing)


def assigned(replies: Replies, view: View, user: str) -> Notice | None:
    """Someone takes care of it, who may see it and is told once."""
    about, who = _about(view), entered(view, "who")
    try:
        grant = replies.access.asking(who, about.channel)
        called, by = named(replies, who), named(replies, user)
    except FAILURES:
        return UNKNOWN_ASKER

    def doing(session: Session, found: Asked, now: datetime) -> Done | Notice:
        if not all(map(grant.allows, found.card.topics)):
            return MAY_NOT_SEE
        if not found.standing:
            return found.end
        for one in found.standing:
            one.assignee = who
        keep_name(session, who, called, now)
        pings = () if who == user else (who,)
        told = TAKEN.format(by=by) if who == user else f"Assigned to {called} by {by}."
        return Done("assigned", told, who, pings=pings)

    return _sent(replies, view, user, doing)


def snoozed(replies: Replies, view: View, user: str) -> Notice | None:
    """Nothing is told for an hour, until tomorrow morning where the person is, or to the end."""
    chosen = entered(view, "until")
    try:
        zone, by = zone_of(replies, user), named(replies, user)
    except FAILURES:
        return UNKNOWN_ASKER

    def doing(session: Session, found: Asked, now: datetime) -> Done | Notice:
        if not found.standing:
            return found.end
        until = _until(chosen, now, zone)
        for one in found.standing:
            one.snoozed_until, one.is_snoozed_out = until, until is None
        note = f"until {at(until, zone)}" if until else "until it is over"
        return Done("snoozed", f"Snoozed by {by} {note}.", note)

    return _sent(replies, view, user, doing)


def muted(replies: Replies, view: View, user: str) -> Notice | None:
    """A silence of what was chosen, in this alert or, if an operator says so, in all."""
    days = entered(view, "days")
    if days and not (days.isascii() and days.isdigit() and 0 < int(days) <= 365):
        return DAYS_WRONG
    try:
        by = named(replies, user)
    except FAILURES:
        return UNKNOWN_ASKER

    def doing(session: Session, found: Asked, now: datetime) -> Done | Notice:
        chosen = [one for one in found.standing if str(one.id) == entered(view, "what")]
        if not chosen:
            return found.end
        (one,) = chosen
        is_everywhere = entered(view, "where") == EVERYWHERE and found.grant.is_operator
        until = now + timedelta(days=int(days)) if days else None
        rule = "" if is_everywhere and one.entity else found.row.rule
        silence(session, rule, one.entity, one.label, user, now, until)
        note = f"until {at(until, replies.zone)}" if until else "until someone ends it"
        what = f"{name(found.card, one)} was muted" if one.entity else "Muted"
        return Done("muted", f"{what} by {by} {note}.", note, one.entity,
                    is_noted=bool(rule))  # fmt: skip

    return _sent(replies, view, user, doing)


def did(replies: Replies, view: View, user: str) -> Notice | None:
    """What someone did about it, kept as they say it."""
    what, note = entered(view, "what"), cut(entered(view, "note"), LONGEST_NOTE)
    if what not in DONE:
        return NOT_HERE
    try:
        by = named(replies, user)
    except FAILURES:
        return UNKNOWN_ASKER

    def doing(session: Session, found: Asked, now: datetime) -> Done:
        more = f": {note.replace('**', '')}" if note else "."
        return Done(what, f"{DONE[what]} ({by}){more}", note)

    return _sent(replies, view, user, doing)


def affected(replies: Replies, value: str, user: str, channel: str) -> Spoken | None:
    """Who feels it, as far as the asker may see that; of several entities one is chosen first."""
    found = asked(replies, value, user, channel)
    if isinstance(found, Notice):
        return found
    worst = worst_first(found.card, found.episodes)
    lines = [(one, line) for one in worst if (line := affects(one.entity))][:TOP]
    if found.card.affects or len(lines) == 1:
        return replies.answer(found.card.affects or lines[0][1], user, channel)
    if not lines:
        return NOBODY
    choices = tuple(FollowUp(name(found.card, one), line) for one, line in lines)
    return Notice("Who is affected?", "By which of them?", choices)


def _do(
    replies: Replies, value: str, user: str, channel: str, doing: Doing, once: str = ""
) -> Notice | None:
    """Does it in one transaction with what is told of it; why not, if so.

    `once` names what must not be done a second time.
    """
    allowed = asked(replies, value, user, channel)
    if isinstance(allowed, Notice):
        return allowed
    try:
        shown = replies.access.of_channel(allowed.row.channel)
        called = named(replies, user)
    except FAILURES:
        return UNKNOWN_ASKER
    now = replies.clock()
    with replies.desk.store.writer() as session:
        found = read(session, int(value), allowed.grant, to_write=True)
        if found is None or (once and not claim(session, once, now)):
            return None
        done = doing(session, found, now)
        if not isinstance(done, Done):
            return done
        keep_name(session, user, called, now)
        _keep(session, found, done, user, now)
        scene = Scene(session, shown, now, replies.zone)
        redraw(scene, found.row, done.told, done.pings)
    replies.post_soon()
    return None


def _sent(replies: Replies, view: View, user: str, doing: Doing) -> Notice | None:
    about = _about(view)
    return _do(replies, str(about.number), user, about.channel, doing, f"deed:{view['id']}")


def _keep(session: Session, found: Asked, done: Done, user: str, now: datetime) -> None:
    deed = Deed(
        message=found.row.key, entity=done.entity, owner=user, what=done.what, note=done.note,
        at=now,
    )  # fmt: skip
    changed: list[Episode | Deed] = [deed, *found.episodes]
    session.add_all(changed)
    session.flush()
    if not done.is_noted:
        own.note(session, found.row.rule, user, done.what, now, after={"note": done.note})


def _until(chosen: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of a snooze; null for the end of the alert."""
    if chosen == TO_THE_END:
        return None
    return now + timedelta(hours=1) if chosen == HOUR else tomorrow(now, zone)


def _about(view: View) -> About:
    return msgspec.json.decode(view["private_metadata"], type=About)


DEEDS = Feature(
    opens={
        ASSIGN: Opening(assign_view, "Assign", LOOKING),
        SNOOZE: Opening(snooze_view, "Snooze", LOOKING),
        MUTE: Opening(mute_view, "Mute", LOOKING),
        DID: Opening(did_view, "What did you do?", LOOKING),
    },
    acts={ACK: acknowledge, AFFECTED: affected},
    sends={
        ASSIGN: Sending(assigned), SNOOZE: Sending(snoozed), MUTE: Sending(muted),
        DID: Sending(did),
    },
)  # fmt: skip
