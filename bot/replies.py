"""What Leadline says when someone asks: the answer, the share that asks first, the home tab."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from slack_sdk import WebClient

from bot.access import Access, Place
from bot.blocks import Block, blocks, escape, fallback, without_pictures
from bot.channel import Desk, Said, topics
from bot.outbox import Message, put
from bot.post import FAILURES
from commands import Grant, Notice
from storage.seen import claim

SHARE_VIEW = "share"
MOST_GUESTS_NAMED = 5
UNKNOWN_ASKER = Notice(
    "I can't tell who asks", "Slack did not answer me, so I show nothing. Try again.", error=True
)
REFUSED_PLACES = {
    "direct": "Nobody else reads this conversation, so there is nobody to share with.",
    "unknown": "I can't see who reads this channel. Invite me first, then share again.",
    "external": "This channel is shared with another company, so I post no figures here.",
}
MAY_NOT = "Not all who read this channel may see that. Someone can allow it under [access]."


@dataclass(frozen=True)
class Shared:
    """What a person is asked to confirm: a line, for a channel."""

    line: str
    channel: str


class Replies:
    """Answers for people. `post_soon` is called when something waits to be posted."""

    def __init__(
        self,
        desk: Desk,
        access: Access,
        client: WebClient,
        zone: ZoneInfo,
        *,
        clock: Callable[[], datetime],
        post_soon: Callable[[], None],
    ) -> None:
        self.desk, self.access, self.client, self.zone = desk, access, client, zone
        self.clock, self.post_soon = clock, post_soon

    def answer(self, line: str, user: str, channel: str) -> Said:
        """The answer to a line that only `user` will see."""
        try:
            grant = self.access.asking(user, channel)
        except FAILURES:
            return UNKNOWN_ASKER
        return self._ask(line, channel, grant)

    def _ask(self, line: str, channel: str, grant: Grant) -> Said:
        return self.desk.ask(line, channel, self.clock(), self.zone, grant)

    def ephemeral(self, said: Said) -> dict[str, Any]:
        """A message for the asker alone."""
        return {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": fallback(said),
            "blocks": blocks(said, self.zone),
        }

    def plain(self, said: Said) -> dict[str, Any]:
        """The same for a Slack that refuses the newest blocks."""
        return {**self.ephemeral(said), "blocks": without_pictures(said, self.zone)}

    def share_view(self, line: str, user: str, channel: str) -> dict[str, Any] | Notice:
        """The dialog that asks before an answer is posted, or why it may not be."""
        try:
            place = self.access.directory.place(channel)
            if place.reach != "known":
                return Notice("Not shared", REFUSED_PLACES[place.reach], error=True)
            said = self._ask(line, channel, self.access.sharing(user, channel))
            if isinstance(said, Notice):
                return Notice("Not shared", MAY_NOT, error=True)
            text = self._who_will_read(place, said)
        except FAILURES:
            return UNKNOWN_ASKER
        return {
            "type": "modal",
            "callback_id": SHARE_VIEW,
            "title": _plain("Share to channel"),
            "submit": _plain("Post"),
            "close": _plain("Cancel"),
            "private_metadata": msgspec.json.encode(Shared(line, channel)).decode(),
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
            ],
        }

    def _who_will_read(self, place: Place, said: Said) -> str:
        members = self.access.directory.members(place.id)
        guests = [one.name for one in members if one.is_guest]
        named = ", ".join(guests[:MOST_GUESTS_NAMED])
        said_guests = f", among them {len(guests)} guests ({named})" if guests else ", no guests"
        about = ", ".join(topics(said))
        return escape(
            f"Post “{said.title}” to #{place.name}?\n{len(members)} people read it{said_guests}.\n"
            f"It speaks of: {about}."
        )

    def share(self, metadata: str, user: str, key: str) -> Notice | None:
        """Writes a confirmed share to the outbox, once; rights are asked again. Null when done."""
        asked = msgspec.json.decode(metadata, type=Shared)
        try:
            grant = self.access.sharing(user, asked.channel)
        except FAILURES:
            return UNKNOWN_ASKER
        said = self._ask(asked.line, asked.channel, grant)
        if isinstance(said, Notice):
            return Notice("Not shared", MAY_NOT, error=True)
        drawn = [
            *blocks(said, self.zone, is_shared=True),
            {"type": "context", "elements": [{"type": "mrkdwn", "text": f"Shared by <@{user}>"}]},
        ]
        message = Message(f"share:{key}", asked.channel, fallback(said), drawn, topics(said))
        with self.desk.store.writer() as session:
            if claim(session, f"share:{key}", self.clock()):
                put(session, message, self.clock())
        self.post_soon()
        return None

    def home(self, user: str) -> dict[str, Any]:
        """The home tab: what can be asked, and how fresh the data is."""
        drawn: list[Block] = []
        for line in ("help", "status"):
            drawn += blocks(self.answer(line, user, ""), self.zone, is_shared=True)
            drawn.append({"type": "divider"})
        return {"type": "home", "blocks": drawn[:-1]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
