"""What it takes to tell of an alert, and the rows of the outbox that do: post, edit, reply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select

from bot.access import PEOPLE
from bot.alerts.card import Acts, Card, drawn, seen, topics, worst_first
from bot.alerts.names import acts_of
from bot.alerts.owners import users_of
from bot.alerts.rule import Told
from bot.mrkdwn import TEXT, bold, cut, section, spoken
from bot.outbox import Message, put
from bot.plans import Block
from commands import Grant, Topic
from storage.models import AlertMessage, Episode, Outbox

MOST_OWNERS = 3


@dataclass(frozen=True)
class Scene:
    """A transaction in which something is told to a channel: what that may see, when it is, and in
    which zone times are said. Nothing new is shown in the channel before `not_before`, and changes
    of what stands as `follow_ups` says.
    """

    session: Session
    grant: Grant
    now: datetime
    zone: ZoneInfo
    not_before: datetime | None = None
    follow_ups: Told = "thread"

    def may_see(self, card: Card) -> bool:
        """Whether the channel may see what an alert is about at all."""
        return all(map(self.grant.allows, card.topics))

    def acts(self, row: AlertMessage, card: Card, episodes: Sequence[Episode]) -> Acts:
        """What people did about an alert, and what they are called."""
        is_over = all(one.ended_at for one in episodes)
        return acts_of(self.session, row.key, card.owner, is_over=is_over)


def read_card(row: AlertMessage) -> Card:
    """What a message was made of."""
    return msgspec.convert(row.card, Card)


def episodes_of(session: Session, key: str) -> list[Episode]:
    """The episodes that a message tells of, in the order in which they began."""
    query = select(Episode).where(Episode.message == key).order_by(col(Episode.id))
    return list(session.exec(query))


def marks_of(episodes: Sequence[Episode]) -> dict[str, str]:
    """How each of them stands, in words that change whenever its message has to."""
    return {
        str(one.id): " ".join(
            map(str, (one.phase if one.ended_at is None else "over", one.data, one.acked_by,
                      one.assignee, one.snoozed_until, one.is_snoozed_out))
        )
        for one in episodes
    }  # fmt: skip


def is_direct(channel: str) -> bool:
    """Whether what is told there is told to one person alone."""
    return channel.startswith((*PEOPLE, "D"))


def post(scene: Scene, row: AlertMessage, card: Card) -> None:
    """The message itself, for the first time; it pings the owners of the worst of it."""
    text, blocks = first(scene, row, card)
    made = Message(
        row.key, row.channel, text, blocks, topics(card), must_arrive=True,
        not_before=scene.not_before,
    )  # fmt: skip
    put(scene.session, made, scene.now)


def edit(scene: Scene, row: AlertMessage, card: Card) -> None:
    """The message as it stands now; it takes the place of edits that wait."""
    shown = seen(card, scene.grant)
    text, blocks = later(scene, row, shown)
    made = Message(
        f"{row.key}:v{row.version}", row.channel, text, blocks, topics(shown), kind="edit",
        parent=row.key, must_arrive=True,
    )  # fmt: skip
    put(scene.session, made, scene.now)


def amend(scene: Scene, row: AlertMessage, card: Card) -> None:
    """The message as it stands now: the post itself if it was neither sent nor edited, else an edit
    of it.
    """
    query = select(Outbox).where(Outbox.key == row.key, Outbox.state == "pending")
    unsent = scene.session.exec(query.with_for_update()).first()
    if unsent is None or row.version:
        row.version += 1
        edit(scene, row, card)
        return
    unsent.text, unsent.blocks = first(scene, row, card)
    unsent.topics = list(topics(card))
    scene.session.add(unsent)


def reply(
    scene: Scene,
    row: AlertMessage,
    card: Card,
    text: str,
    pings: Sequence[str] = (),
    *,
    is_broadcast: bool = False,
) -> None:
    """What changed, in the thread of the message; `**words**` of it are bold."""
    made = said(
        f"{row.key}:r{row.version}", row.channel, text, card.topics, pings, kind="reply",
        parent=row.key, is_broadcast=is_broadcast,
    )  # fmt: skip
    put(scene.session, waiting(scene, made) if is_broadcast else made, scene.now)


def waiting(scene: Scene, message: Message) -> Message:
    """The message, not shown before the scene lets anything new be."""
    return replace(message, not_before=scene.not_before)


def said(
    key: str,
    channel: str,
    text: str,
    topics: tuple[Topic, ...],
    pings: Sequence[str] = (),
    *,
    kind: Literal["post", "reply"] = "post",
    parent: str | None = None,
    is_broadcast: bool = False,
) -> Message:
    """Some lines as a message that must arrive; the rest is where it stands, as `Message` has it.

    It pings the users in `pings`.
    """
    named = " ".join(f"<@{one}>" for one in pings)
    shown = " ".join(filter(None, [bold(text), named]))
    return Message(
        key, channel, cut(spoken(text), TEXT), [section(shown)], topics, kind=kind, parent=parent,
        is_broadcast=is_broadcast, must_arrive=True,
    )  # fmt: skip


def redraw(scene: Scene, row: AlertMessage, told: str, pings: Sequence[str] = ()) -> None:
    """After something was done about an alert: its edit, and what was `told` in its thread."""
    card = read_card(row)
    if not scene.may_see(card):
        return
    row.version += 1
    row.marks = {**row.marks, **marks_of(episodes_of(scene.session, row.key))}
    scene.session.add(row)
    edit(scene, row, card)
    reply(scene, row, card, told, pings)


def first(scene: Scene, row: AlertMessage, card: Card) -> tuple[str, list[Block]]:
    """What a message says when it is posted, text and blocks; its owners are pinged."""
    return _drawn(scene, row, card, _owners(scene, row, card))


def later(scene: Scene, row: AlertMessage, card: Card) -> tuple[str, list[Block]]:
    """What it says when it is edited; nobody is pinged."""
    return _drawn(scene, row, card, ())


def _owners(scene: Scene, row: AlertMessage, card: Card) -> list[str]:
    """The Slack users who own the worst of what a message tells of."""
    worst = worst_first(card, episodes_of(scene.session, row.key))
    return users_of(scene.session, [one.entity for one in worst], scene.now)[:MOST_OWNERS]


def _drawn(
    scene: Scene, row: AlertMessage, card: Card, mentions: Sequence[str]
) -> tuple[str, list[Block]]:
    assert row.id is not None  # it was written before
    episodes = episodes_of(scene.session, row.key)
    acts = scene.acts(row, card, episodes)
    return drawn(
        card, episodes, acts, row.id, scene.now, scene.zone, mentions=mentions,
        is_direct=is_direct(row.channel),
    )  # fmt: skip
