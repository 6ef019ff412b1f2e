"""What Leadline says when someone asks, under what they may see; how it looks is in blocks.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient

from bot.access import Access
from bot.alerts.rule import Rule
from bot.blocks import blocks, fallback
from bot.channel import Desk, Said
from bot.digests.plan import Digest
from bot.plans import Block
from bot.post import FAILURES
from commands import Ask, Grant, Notice
from commands._lookup import command_of
from commands._named_in import named_in
from storage.seen import claim

UNKNOWN_ASKER = Notice(
    "I can't tell who asks", "Slack did not answer me, so I show nothing. Try again.", error=True
)
NONE: Mapping[str, "Page"] = MappingProxyType({})


@dataclass(frozen=True)
class Drawn:
    """What only Slack can show, such as a list with buttons that do something: its text, its
    blocks, and the dialog that is `opens` at once where Slack lets us open one: the kind of button
    that opens it (a key of `Feature.opens`) and what that button carries.
    """

    text: str
    blocks: list[Block]
    opens: tuple[str, str] | None = None


Spoken = Said | Drawn
# (replies, the words after the command's name, who asks, in which channel)
Page = Callable[["Replies", Sequence[str], str, str], Drawn | Notice]


class Replies:
    """Answers for people. `post_soon` only says that something waits to be posted.

    `pages` are commands, by name, whose answer only Slack can show; `rules` and `digests`
    those of leadline.toml, `remind_days` what it says of notice deadlines.
    """

    def __init__(
        self,
        desk: Desk,
        access: Access,
        client: WebClient,
        zone: ZoneInfo,
        *,
        clock: Callable[[], datetime],
        post_soon: Callable[[], None],
        pages: Mapping[str, Page] = NONE,
        rules: Sequence[Rule] = (),
        digests: Sequence[Digest] = (),
        remind_days: int = 0,
    ) -> None:
        self.desk, self.access, self.client, self.zone = desk, access, client, zone
        self.clock, self.post_soon, self.pages, self.rules = clock, post_soon, pages, rules
        self.digests, self.remind_days = digests, remind_days

    def answer(self, line: str, user: str, channel: str) -> Spoken:
        """What is said to a line that only `user` will see; a sentence may be read as a line."""
        said = self.figures(line, user, channel)
        if isinstance(said, Notice) and not said.error:
            command, words = command_of(said.line.split(), self.desk.registry)
            if command and command.name in self.pages:
                return self.pages[command.name](self, words, user, channel)
        return said

    def figures(self, line: str, user: str, channel: str) -> Said:
        """The answer of a command alone, as it is anywhere else."""
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

    def message(self, said: Spoken, channel: str) -> dict[str, Any]:
        """The text and the blocks of an answer for whoever asked in `channel`."""
        if isinstance(said, Drawn):
            return {"text": said.text, "blocks": said.blocks}
        drawn = blocks(said, self.zone, is_direct=is_direct(channel))
        return {"text": fallback(said), "blocks": drawn}

    def told(self, said: object) -> None:
        """Keeps what an answer that has gone out tells of the future."""
        self.desk.told([said], self.clock(), self.zone)

    def take(self, key: str) -> bool:
        """Whether a request of this name is new; Slack tells of some of them several times."""
        with self.desk.store.writer() as session:
            return claim(session, key, self.clock())


def is_direct(channel: str) -> bool:
    """Whether a channel is a conversation of one person with us."""
    return channel.startswith("D")
