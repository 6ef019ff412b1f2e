"""Asks a command line for a channel, under what that channel may see, and draws what is said."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.alerts.rule import Channel
from bot.outbox import Block, GrantOf, Message
from bot.told import keep_told
from commands import Answer, Ask, Command, Grant, Notice, Topic, answer, writes
from commands._audience import topics_of
from commands._reader import Choose
from storage.store import Store

MAX_BLOCKS = 50
Said = Answer | Notice
BROKEN = Notice("That could not be answered", "A fault of ours; the log has more.", error=True)

T = TypeVar("T")


class Guarded(Protocol):
    """Calls `fn`; null if it broke, which is then logged under `name`."""

    def __call__(self, name: str, fn: Callable[[], T]) -> T | None: ...


def nobody(_: str) -> Collection[str]:
    """The members of a user group where there is none to ask."""
    return ()


@dataclass(frozen=True)
class Desk:
    """What it takes to say something in a channel: the store, the commands, who may see what
    where, how it is drawn (`blocks` for the message, `text` for its notification), and where the
    fault of one question stops. `goals` are numbers by metric; `members` tells who is in a user
    group, and raises where Slack can't tell now. `channels` is what holds for alerts in each. What
    `is_replay` tells nothing of the future: it has passed.
    """

    store: Store
    registry: Mapping[str, Command]
    grant_of: GrantOf
    blocks: Callable[[Said], list[Block]]
    text: Callable[[Said], str]
    guarded: Guarded
    stale_after: Mapping[str, timedelta] = field(default_factory=dict)
    currency: str = ""
    carry_rate: Decimal | None = None
    choose: Choose | None = None
    goals: Mapping[str, float] = field(default_factory=dict)
    members: Callable[[str], Collection[str]] = nobody
    channels: Mapping[str, Channel] = field(default_factory=dict)
    is_replay: bool = False

    def ask(
        self,
        line: str,
        channel: str,
        now: datetime,
        zone: ZoneInfo,
        grant: Grant | None = None,
        who: str = "",
    ) -> Said:
        """The answer to a line, under the channel's own grant if none is given.

        `who` is the person that asks it now; without one, as in a digest, nothing is changed and
        no model chooses.
        """
        allowed = self.grant_of(channel) if grant is None else grant
        ask = Ask(
            line, now, zone, allowed, who, channel, self.stale_after, self.currency,
            carry_rate=self.carry_rate,
        )  # fmt: skip
        name = f"answer {line!r} for {channel}"
        choose = self.choose if who else None
        found = self.guarded(name, lambda: answered(self.store, ask, self.registry, choose))
        return found or BROKEN

    def told(self, said: Iterable[object], now: datetime, zone: ZoneInfo) -> None:
        """Keeps what answers that have gone out tell of the future; a fault is only logged."""
        if not self.is_replay:
            self.guarded("what was told", partial(keep_told, self.store, said, now, zone))

    def message(self, key: str, channel: str, said: Said) -> Message:
        """One answer as a message that is posted once under `key`."""
        return Message(key, channel, self.text(said), self.blocks(said)[:MAX_BLOCKS], topics(said))


def answered(
    store: Store, ask: Ask, registry: Mapping[str, Command], choose: Choose | None = None
) -> Said:
    """The answer from the store; a line with which a person changes something may write to it."""
    is_writing = bool(ask.who) and writes(ask.line, registry)
    with store.writer() if is_writing else store.reader() as session:
        return answer(session, replace(ask, may_write=is_writing), registry, choose)


def packed(desk: Desk, said: Sequence[Said]) -> list[list[Block]]:
    """The blocks of several answers, in as few messages as Slack's limit allows, none torn."""
    messages: list[list[Block]] = [[]]
    for one in said:
        blocks = desk.blocks(one)[:MAX_BLOCKS]
        if len(messages[-1]) + len(blocks) > MAX_BLOCKS:
            messages.append([])
        messages[-1] += blocks
    return messages


def topics(*said: Said) -> tuple[Topic, ...]:
    """All topics that answers speak of, sorted."""
    found: set[Topic] = set()
    for one in said:
        if isinstance(one, Answer):
            found |= topics_of(one)
    return tuple(sorted(found))


def short(said: Said) -> Said:
    """An answer without its table and chart, where it shares a message with others."""
    return replace(said, table=None, chart=None) if isinstance(said, Answer) else said


def summaries(said: Sequence[Said]) -> str:
    """What several answers say in one breath, for a notification that is still to be drawn."""
    return " ".join(
        one.summary.text if isinstance(one, Answer) else f"{one.title}." for one in said
    ).replace("**", "")
