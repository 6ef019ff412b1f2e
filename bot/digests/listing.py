"""`/leadline digests`: what is posted in a channel and to a person, and what can be done with it.

A button carries the id of the digest and the number of the first one on the page.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.access import PEOPLE
from bot.blocks import action_id
from bot.dialogs import View, dialog
from bot.digests import kept
from bot.digests.form import said_when
from bot.digests.plan import Digest, Plan, legs
from bot.digests.reminders import DAYS, choices, chosen
from bot.digests.run import history
from bot.inputs import plain_text
from bot.mrkdwn import bold, plain, section
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Drawn, Replies
from commands import Notice
from storage.models import Audit, Outbox, ScheduledRun

NEW, EDIT, HISTORY = "digest-new", "digest-edit", "digest-history"
REMIND = "digest-remind"
PAUSE, GO_ON, SKIP, SEND, END, BACK, PAGE = (
    "digest-pause", "digest-on", "digest-skip", "digest-send", "digest-end", "digest-back",
    "digest-page",
)  # fmt: skip
ON_PAGE = 12
LAST_RUNS, LAST_CHANGES, LAST_CHOICES, MOST_PLACES = 10, 10, 3, 20
TEXT = 2_900
HIDDEN = "A digest that you may not see"
NONE = "Nothing is posted here, or to you, without being asked."
NO_HISTORY = Notice("Not shown", "There is no such digest that you may see.", error=True)
OUTCOMES = {
    "sent": "sent", "missed": "missed: found too late", "unchanged": "not sent: nothing new",
    "unmet": "not sent: the figure was not so", "skipped": "left out",
}  # fmt: skip
DEEDS = {"skips": "changed whether the next one is left out", "went on": "let it go on"}


def listing(replies: Replies, said: Sequence[str], user: str, channel: str) -> Drawn | Notice:
    """The list for a person in a channel; with `new` the dialog that makes one."""
    if said and said[0].casefold() == "new":
        return Drawn("A new digest", [section("A new digest"), _below(0, 0)], opens=(NEW, ""))
    return page(replies, user, channel, 0)


def page(replies: Replies, user: str, channel: str, first: int, told: str = "") -> Drawn | Notice:
    """A page of the list, from its digest number `first` on; above it what was just done."""
    try:
        every = listed(replies, user, channel)
        grant, person = replies.access.asking(user, channel), replies.access.of_person(user)
    except FAILURES:
        return UNKNOWN_ASKER
    first = min(first, max(0, (len(every) - 1) // ON_PAGE * ON_PAGE))
    count = f"{len(every)} digest{'' if len(every) == 1 else 's'}"
    head = f"**{count}** for you and this channel" if channel else f"**{count}** for you"
    text = f"{told}\n{head if every else NONE}".strip()
    blocks = [section(bold(text))]
    for one in every[first : first + ON_PAGE]:
        may = kept.may_change(one, user, is_operator=person.is_operator)
        blocks += drawn(replies, one, first, kept.may_see(one, grant, replies.desk.registry), may)
    blocks.append(_reminders(replies, user))
    return Drawn(plain(text.replace("**", "")), [*blocks, _below(len(every), first)])


def listed(replies: Replies, user: str, channel: str) -> list[Plan]:
    """What a person made or gets, and what goes to the channel; the newest first, then those of
    leadline.toml.
    """
    with replies.desk.store.reader() as session:
        plans = [*reversed(kept.all_plans(session)), *map(Plan, replies.digests)]
    wanted = [*kept.of_person(plans, user), *(kept.of_channel(plans, channel) if channel else [])]
    return [one for one in plans if one in wanted]


def drawn(replies: Replies, one: Plan, first: int, may_see: bool, may_change: bool) -> list[Block]:
    """A digest in the list: what it is, when it comes, and what can be done with it."""
    digest = one.digest
    title = f"**{digest.title or digest.id}**" if may_see else HIDDEN
    lines = [
        f"{bold(title)}{plain(f': {said_when(digest)}')}",
        plain(_stands(one, replies.clock())),
    ]
    lines.append(_whose(one))
    value = f"{one.number or digest.id} {first}"
    deeds = [(SEND, "Send a test to me"), (HISTORY, "History")] if may_see else []
    if may_change:
        pause = (GO_ON, "Go on") if one.is_paused else (PAUSE, "Pause")
        skip = (SKIP, "Don't skip" if _is_skipped(one, replies.clock()) else "Skip the next")
        deeds = [(EDIT, "Edit"), pause, *([] if one.is_paused else [skip]), *deeds, (END, "Delete")]
    made = [section("\n".join(lines))]
    buttons = [_button(kind, label, value) for kind, label in deeds]
    return [*made, {"type": "actions", "elements": buttons}] if buttons else made


def history_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """The last runs of a digest with what became of each, place by place, and who changed it."""
    one = seen(replies, value, user, channel)
    if isinstance(one, Notice):
        return one
    digest = one.digest
    with replies.desk.store.reader() as session:
        runs = [
            section("\n".join([*_head(leg, digest, user), *_runs(session, leg)]))
            for leg in legs(digest)[:MOST_PLACES]
        ]
        done = kept.changes(session, one.number)[:LAST_CHANGES] if one.number else []
    view = dialog(bold(f"**{digest.title or digest.id}**: {said_when(digest)}"), "History")
    told = [_change(change, ZoneInfo(digest.zone)) for change in done]
    more = len(legs(digest)) - MOST_PLACES
    runs += [section(f"and {more} more places")] if more > 0 else []
    changed = [section("\n".join(told))] if told else []
    return {**view, "blocks": [*view["blocks"], *runs, *changed]}


def seen(replies: Replies, value: str, user: str, channel: str) -> Plan | Notice:
    """The digest that a button is about, if this person may see what it is about."""
    wanted = value.partition(" ")[0]
    try:
        grant = replies.access.asking(user, channel)
        every = listed(replies, user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    found = [one for one in every if str(one.number or one.digest.id) == wanted]
    registry = replies.desk.registry
    return found[0] if found and kept.may_see(found[0], grant, registry) else NO_HISTORY


def first_of(value: str) -> int:
    """The number of the first digest on the page that a button stands on."""
    first = value.rpartition(" ")[2]
    return int(first) if first.isascii() and first.isdigit() else 0


def _stands(one: Plan, now: datetime) -> str:
    """When it comes next, or that it does not."""
    if one.is_paused:
        return "Paused."
    coming = kept.next_due(one.digest, now)
    if coming is None:
        return "It does not come again."
    at = f"{coming.at.astimezone(ZoneInfo(one.digest.zone)):%a %-d %b %H:%M %Z}"
    return f"The next one, {at}, is left out." if coming.period == one.skips else f"Next on {at}."


def _is_skipped(one: Plan, now: datetime) -> bool:
    coming = kept.next_due(one.digest, now)
    return coming is not None and coming.period == one.skips


def _whose(one: Plan) -> str:
    """Who made it and where it goes, in small words; ids are drawn by Slack."""
    digest = one.digest
    places = [place for place in (digest.channel, *digest.also) if not place.startswith(PEOPLE)]
    to = f" · posted in {', '.join(f'<#{place}>' for place in places)}" if places else ""
    owner = "made in leadline.toml, and changed there" if one.is_fixed else f"of <@{digest.owner}>"
    return f"{owner}{to}"


def _head(leg: Digest, digest: Digest, user: str) -> list[str]:
    """Where it goes, if that is not one place alone; people are not named to others."""
    if not digest.also:
        return []
    if not leg.channel.startswith(PEOPLE):
        return [f"*In* <#{leg.channel}>"]
    return ["*To you*" if leg.channel == user else "*To a person*"]


def _runs(session: Session, leg: Digest) -> list[str]:
    found = [plain(_run(session, leg, run)) for run in history(session, leg, LAST_RUNS)]
    return found or ["It has not run yet."]


def _run(session: Session, digest: Digest, run: ScheduledRun) -> str:
    """A run by its local time and what became of it; of what was sent also if it did not arrive."""
    at = f"{run.due_at.astimezone(ZoneInfo(digest.zone)):%a %-d %b %Y %H:%M %Z}"
    words = OUTCOMES.get(run.outcome, run.outcome)
    if run.outcome == "sent":
        key = f"digest:{run.schedule}:{run.period}"
        row = session.exec(select(Outbox).where(Outbox.key == key)).first()
        if row and row.state not in ("sent", "pending"):
            words += f", then {row.state}: {row.error or 'no word of it yet'}"
    earlier = f"; stands for {run.skipped} before it" if run.skipped else ""
    return f"{at}: {words}{earlier}"


def _change(one: Audit, zone: ZoneInfo) -> str:
    what = DEEDS.get(one.action, one.action)
    return f"{one.at.astimezone(zone):%a %-d %b %Y %H:%M}: {what}, by <@{one.who}>"


def _reminders(replies: Replies, user: str) -> Block:
    """Whether this person is reminded of notice deadlines, and a button that changes it."""
    with replies.desk.store.reader() as session:
        own, said = chosen(session, user), choices(session, user, LAST_CHOICES)
    days = replies.remind_days if own is None else own
    label, value = ("No reminders", "0") if days else (f"Remind me {DAYS} days before", str(DAYS))
    told = f"{days} days before" if days else "not"
    text = f"You are {told} reminded of the notice deadlines of customers that you look after."
    if days:
        text = f"You are reminded of the notice deadlines of customers you look after, {told}."
    for at, was in said:
        named = f"{was} days before" if was else "not"
        text += f"\n{at.astimezone(replies.zone):%a %-d %b %Y %H:%M %Z}: you chose {named}"
    return {**section(text), "accessory": _button(REMIND, label, value)}


def _below(count: int, first: int) -> Block:
    elements = [_button(NEW, "New…", "")]
    if first:
        elements.append(_button(PAGE, "Newer", f"- {max(0, first - ON_PAGE)}"))
    if first + ON_PAGE < count:
        elements.append(_button(PAGE, f"{count - first - ON_PAGE} more", f"- {first + ON_PAGE}"))
    return {"type": "actions", "elements": elements}


def _button(kind: str, label: str, value: str) -> Block:
    return {
        "type": "button",
        "text": plain_text(label),
        "action_id": action_id(kind, "list", f"{value} {label}"),
        "value": value or "new",
    }
