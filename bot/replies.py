"""What Leadline says when someone asks, under what they may see; how it looks is in blocks.py."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.access import Access
from bot.blocks import blocks, fallback
from bot.channel import Desk, Said
from bot.post import FAILURES
from commands import Ask, Grant, Notice
from commands._named_in import named_in
from storage.seen import claim

UNKNOWN_ASKER = Notice(
    "I can't tell who asks", "Slack did not answer me, so I show nothing. Try again.", error=True
)


class Replies:
    """Answers for people. `post_soon` only says that something waits to be posted."""

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
        return self.ask(line, channel, grant, user)

    def ask(self, line: str, channel: str, grant: Grant, who: str = "") -> Said:
        """The answer under a grant; only with `who` asks it can it change anything."""
        return self.desk.ask(line, channel, self.clock(), self.zone, grant, who)

    def named_in(self, text: str, user: str, channel: str) -> Said:
        """What `user` may know of that a text names."""
        try:
            grant = self.access.asking(user, channel)
        except FAILURES:
            return UNKNOWN_ASKER
        ask = Ask("", self.clock(), self.zone, grant, user, channel)
        with self.desk.store.reader() as session:
            return named_in(session, ask, text, self.desk.registry)

    def message(self, said: Said, channel: str) -> dict[str, Any]:
        """The text and the blocks of an answer for whoever asked in `channel`."""
        drawn = blocks(said, self.zone, is_direct=is_direct(channel))
        return {"text": fallback(said), "blocks": drawn}

    def take(self, key: str) -> bool:
        """Whether a request of this name is new; Slack tells of some of them several times."""
        with self.desk.store.writer() as session:
            return claim(session, key, self.clock())


def is_direct(channel: str) -> bool:
    """Whether a channel is a conversation of one person with us."""
    return channel.startswith("D")
