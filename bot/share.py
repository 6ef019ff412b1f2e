"""Sharing with a channel: it asks first, and posts what the asker and the channel may both see."""

from typing import Any

import msgspec

from bot.access import Guests, Place
from bot.blocks import SHARE, blocks, fallback
from bot.channel import Said, topics
from bot.dialogs import Feature, Opening, Sending, View, dialog
from bot.mrkdwn import plain, text_object
from bot.outbox import Message, put
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from commands import Answer, Grant, Notice, Topic
from commands._audience import left_out
from storage.seen import claim

SHARE_VIEW = "share"
TITLE = "Share to channel"
MOST_GUESTS_NAMED = 5
REFUSED_PLACES = {
    "direct": "Nobody else reads this conversation, so there is nobody to share with.",
    "unknown": "I can't see who reads this channel. Invite me first, then share again.",
    "external": "Others than our workspace read this channel, so I post no figures here.",
}
MAY_NOT = Notice(
    "Not shared",
    "Not all who read this channel may see that. Someone can allow it under [access].",
    error=True,
)


class Shared(msgspec.Struct, frozen=True):
    """What a person is asked to confirm: a line for a channel, with these topics at most."""

    line: str
    channel: str
    topics: tuple[Topic, ...]


def share_view(replies: Replies, line: str, user: str, channel: str) -> dict[str, Any] | Notice:
    """The dialog that asks before an answer is posted, or why it may not be."""
    access = replies.access
    try:
        place = access.directory.place(channel)
        if place.reach != "known":
            return Notice("Not shared", REFUSED_PLACES[place.reach], error=True)
        said = replies.ask(line, channel, access.sharing(user, channel))
        if isinstance(said, Notice):
            return MAY_NOT
        whole = replies.ask(line, channel, access.asking(user, channel))
        missing = left_out(whole, said) if isinstance(whole, Answer) else ()
        text = _who_will_read(place, access.directory.guests(channel), said, missing)
    except FAILURES:
        return UNKNOWN_ASKER
    asked = Shared(line, channel, topics(said))
    return {
        **dialog(text, TITLE),
        "callback_id": SHARE_VIEW,
        "submit": _plain("Post the rest" if missing else "Post"),
        "close": _plain("Cancel"),
        "private_metadata": msgspec.json.encode(asked).decode(),
    }


def _who_will_read(place: Place, guests: Guests, said: Said, missing: tuple[str, ...]) -> str:
    lines = [
        f"Post “{said.title}” to #{place.name}?",
        f"{_readers(place)} read it, {_guests(guests)}.",
        f"It speaks of: {', '.join(topics(said))}.",
    ]
    if missing:
        lines.append(f"Left out, as not all of them may see it: {', '.join(missing)}.")
    return plain("\n".join(lines))


def _readers(place: Place) -> str:
    return "An unknown number of people" if place.readers is None else f"{place.readers:,} people"


def _guests(guests: Guests) -> str:
    count = len(guests.names)
    if not count:
        return "no guests" if guests.is_all else "no guests among those I looked up"
    named = ", ".join(guests.names[:MOST_GUESTS_NAMED])
    amount = f"{count}" if guests.is_all else f"at least {count}"
    return f"among them {amount} guest{'s' if count > 1 else ''} ({named})"


def share(replies: Replies, view: View, user: str) -> Notice | None:
    """Writes a confirmed share to the outbox, once; rights are asked again. Null when done."""
    asked = msgspec.json.decode(view["private_metadata"], type=Shared)
    try:
        grant = replies.access.sharing(user, asked.channel)
    except FAILURES:
        return UNKNOWN_ASKER
    # what became visible since the dialog was not confirmed
    confirmed = Grant({one: level for one, level in grant.levels.items() if one in asked.topics})
    said = replies.ask(asked.line, asked.channel, confirmed)
    if isinstance(said, Notice):
        return MAY_NOT
    drawn: list[Block] = [
        *blocks(said, replies.zone, is_shared=True),
        {"type": "context", "elements": [text_object(f"Shared by <@{user}>")]},
    ]
    message = Message(f"share:{view['id']}", asked.channel, fallback(said), drawn, topics(said))
    with replies.desk.store.writer() as session:
        if claim(session, message.key, replies.clock()):
            put(session, message, replies.clock())
    replies.post_soon()
    replies.told(said)
    return None


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


SHARING = Feature(
    opens={SHARE: Opening(share_view, TITLE, "I look up who reads this channel…")},
    sends={SHARE_VIEW: Sending(share)},
)
