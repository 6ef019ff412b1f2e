"""The dialog that makes or changes a digest, with what it would say now and when it comes."""

from typing import Any

import msgspec

from bot.dialogs import Show, wrong
from bot.digests import kept
from bot.digests.check import problems, seen_by
from bot.digests.draft import About, Draft, digest_of, of_digest, read, started
from bot.digests.fields import START, TRY, choices, coming, view
from bot.digests.plan import Digest, Plan
from bot.digests.say import Saying, asked, city, messages, sentence
from bot.digests.when import words_of
from bot.digests.zone import zone_of
from bot.inputs import block_of, entered
from bot.mrkdwn import plain
from bot.outbox import put
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from bot.schedule import Due
from commands import Grant, Notice

NOT_YOURS = Notice("Not changed", "Only its owner and operators may change a digest.", error=True)
NOT_SEEN = Notice("Not shown", "You may not see what that digest is about.", error=True)
TOO_MANY = Notice("Not kept", f"You have {kept.MOST} digests: delete one first.", error=True)
View = dict[str, Any]


def new_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """The dialog for a new digest, for the channel in which it is asked for."""
    try:
        place = channel if _is_place(replies, channel) else ""
        zone = zone_of(replies.access.directory, place or user, replies.zone.key)
        draft = Draft(About(channel), when="every Monday at 09:00", zone=zone, place=place)
        return view(replies, started(draft, value), user)
    except FAILURES:
        return UNKNOWN_ASKER


def edit_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """The dialog that changes a digest of its owner, or of anyone for operators."""
    number = value.partition(" ")[0]
    try:
        plan = changeable(replies, number, user)
        if plan is None:
            return NOT_YOURS
        grant = replies.access.asking(user, channel)
        if not kept.may_see(plan, grant, replies.desk.registry):
            return NOT_SEEN
        known = [one.value for one in choices(replies, user)]
        draft = of_digest(plan.digest, plan.number, channel, user, known)
        return view(replies, draft, user)
    except FAILURES:
        return UNKNOWN_ASKER


def changeable(replies: Replies, number: str, user: str) -> Plan | None:
    """A digest by its number, if this person may change it."""
    if not number.isascii() or not number.isdigit():
        return None
    with replies.desk.store.reader() as session:
        plan = kept.found(session, int(number))
    is_operator = replies.access.of_person(user).is_operator
    return plan if plan and kept.may_change(plan, user, is_operator=is_operator) else None


def opened(replies: Replies, made: View, user: str, show: Show) -> None:
    """Shows what it says now, once the dialog stands."""
    first = {one["block_id"]: one for one in made["blocks"] if "element" in one}
    draft = _begun(made, first)
    show(view(replies, draft, user, preview(replies, draft, user)))


def changed(replies: Replies, sent: View, user: str, action: dict[str, Any], show: Show) -> None:
    """Something was chosen, or a button of the dialog was pressed.

    What follows from it is shown before what it says now, which takes long: so a newer click is
    never undone by the end of an older one.
    """
    draft = read(sent)
    if str(action["action_id"]).startswith(START):
        draft = started(draft, entered(sent, "start"))
    told = ""
    if not show(view(replies, draft, user)):
        return
    if str(action["action_id"]).startswith(TRY):
        told = send_test(replies, draft, user)
    show(view(replies, draft, user, f"{told}\n{preview(replies, draft, user)}".strip()))


def check(replies: Replies, sent: View, user: str) -> dict[str, Any]:
    """What is wrong with what was filled in, at its fields."""
    try:
        found = problems(replies, read(sent), user)
    except FAILURES:
        return wrong({block_of(sent, "title"): UNKNOWN_ASKER.text})
    return wrong({block_of(sent, field): words for field, words in found.items()})


def keep(replies: Replies, sent: View, user: str) -> Notice:
    """Keeps the digest of a dialog that was sent; rights are asked again."""
    draft, now = read(sent), replies.clock()
    try:
        plan = changeable(replies, str(draft.about.number or ""), user)
        if found := problems(replies, draft, user):
            return Notice("Not kept", next(iter(found.values())), error=True)
    except FAILURES:
        return UNKNOWN_ASKER
    digest = digest_of(draft, plan.digest.owner if plan else user)
    with replies.desk.store.writer() as session:
        if draft.about.number:
            is_done = plan is not None and kept.change(
                session, draft.about.number, digest, user, now
            )
            if not is_done:
                return NOT_YOURS
        elif len([one for one in kept.all_plans(session) if one.digest.owner == user]) >= kept.MOST:
            return TOO_MANY
        else:
            kept.keep(session, digest, user, now)
    runs = coming(digest.cron, digest.zone, now)
    first = f" The next one comes on {runs[0]}." if runs else ""
    return Notice(
        f"{'Changed' if draft.about.number else 'Kept'}: {digest.title}",
        f"I post it {said_when(digest)}.{first} `digests` lists what is posted here and to you.",
    )


def said_when(digest: Digest) -> str:
    """Days, time and zone as one says them."""
    return f"{words_of(digest.cron) or digest.cron} ({city(digest.zone)})"


def preview(replies: Replies, draft: Draft, user: str) -> str:
    """What it says now to those who get it first, as mrkdwn; or what is to be mended before."""
    try:
        found = problems(replies, draft, user)
        if found:
            return plain(f"Not yet: {next(iter(found.values()))}.".replace("..", "."))
        digest = digest_of(draft, user)
        said = asked(replies.desk, digest, replies.clock(), seen_by(replies, draft, user))
    except FAILURES:
        return plain(UNKNOWN_ASKER.text)
    return "\n".join(["*It says now*", *map(sentence, said)])


def send_test(replies: Replies, draft: Draft, user: str) -> str:
    """Sends what it says now to whoever asks, as those who get it first would get it."""
    try:
        if problems(replies, draft, user):
            return ""
        digest, grant = digest_of(draft, user), seen_by(replies, draft, user)
    except FAILURES:
        return plain(UNKNOWN_ASKER.text)
    test(replies, digest, user, grant)
    return plain("A test is on its way to you.")


def test(replies: Replies, digest: Digest, user: str, grant: Grant) -> None:
    """Writes a test of a digest into the outbox, for one person."""
    now = replies.clock()
    titled = msgspec.structs.replace(digest, title=f"Test: {digest.title or digest.id}")
    saying = Saying(titled, Due("", now), now, asked(replies.desk, digest, now, grant))
    key = f"digest-test:{user}:{digest.id or digest.title}:{now.isoformat()}"
    with replies.desk.store.writer() as session:
        for message in messages(replies.desk, saying, key, user):
            put(session, message, now)
    replies.post_soon()


def _is_place(replies: Replies, channel: str) -> bool:
    place = replies.access.directory.place(channel) if channel else None
    return place is not None and place.reach == "known" and place.is_in


def _begun(made: View, fields: dict[str, Block]) -> Draft:
    """The draft of a dialog in which nobody has entered anything yet."""
    values = {name: {"x": _initial(one["element"])} for name, one in fields.items()}
    return read({**made, "state": {"values": values}})


def _initial(element: Block) -> Block:
    named = {
        "initial_value": "value", "initial_option": "selected_option",
        "initial_options": "selected_options", "initial_conversation": "selected_conversation",
        "initial_conversations": "selected_conversations",
    }  # fmt: skip
    return {named[key]: value for key, value in element.items() if key in named}
