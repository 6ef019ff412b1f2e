"""Which alert a button is of, and whether the person who pressed it may see that."""

from dataclasses import dataclass

import msgspec
from sqlmodel import Session, select

from bot.alerts.card import ON, Card
from bot.alerts.scene import episodes_of, read_card
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from commands import Grant, Notice
from commands._audience import refusal
from storage.models import AlertMessage, Episode

# the same words for an alert that one may not see and for one that is not there
NOT_HERE = refusal("")
OVER = Notice("It is over", "That alert is over, so there is nothing to do about it any more.")
UNKNOWN = Notice(
    "It is watched no more", "Whether it goes on can't be told, so there is nothing to do about it"
    " here. `/leadline alerts` lists what is watched.",
)  # fmt: skip


class About(msgspec.Struct, frozen=True):
    """What a dialog is about: the number of a message, in the channel in which it was opened."""

    number: int
    channel: str


@dataclass(frozen=True)
class Asked:
    """An alert as a person may see it: its message and its episodes, in the order they began."""

    row: AlertMessage
    card: Card
    episodes: tuple[Episode, ...]
    grant: Grant

    @property
    def standing(self) -> tuple[Episode, ...]:
        """What of it is not over."""
        return tuple(one for one in self.episodes if one.ended_at is None)

    @property
    def end(self) -> Notice:
        """What there is to say where nothing stands: that it is over, if that is known."""
        return UNKNOWN if any(one.phase in ON for one in self.episodes) else OVER


def asked(replies: Replies, number: str, user: str, channel: str) -> Asked | Notice:
    """The alert whose message has that number, for a person in a channel; or a refusal.

    Whoever may see the figure may do something about it, and nobody else learns that it is there.
    """
    if not (number.isascii() and number.isdigit()):
        return NOT_HERE
    try:
        grant = replies.access.asking(user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    with replies.desk.store.reader() as session:
        found = read(session, int(number), grant)
    if found is None or found.row.channel not in (channel, user):
        return NOT_HERE
    return found if all(map(grant.allows, found.card.topics)) else NOT_HERE


def read(session: Session, number: int, grant: Grant, *, to_write: bool = False) -> Asked | None:
    """The alert as it stands in a session; nobody else changes it meanwhile if it is `to_write`."""
    row = session.get(AlertMessage, number)
    if row is None:
        return None
    if to_write:
        # in the order in which an evaluation does, so that the two can't wait for each other
        session.exec(select(Episode.id).where(Episode.message == row.key).with_for_update()).all()
        session.refresh(row, with_for_update=True)
    return Asked(row, read_card(row), tuple(episodes_of(session, row.key)), grant)


def named(replies: Replies, user: str) -> str:
    """What a person is called."""
    return replies.access.directory.person(user).name
