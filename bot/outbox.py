"""Sends what waits in the outbox: claim, post outside any transaction, finish; never twice."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.post import FAILURES, Absent, Doubt, Later, Outcome, Posted, Refused, Slack
from commands import Grant, Topic
from storage.models import Outbox
from storage.store import Store

# Longer than any post takes: a claim older than this was left by a process that died.
LEASE = timedelta(seconds=60)
GIVE_UP = timedelta(days=1)
SHORTLY = timedelta(seconds=10)
UNFINISHED = ("pending", "sending", "unsure")
TROUBLE = ("failed", "doubt")

log = logging.getLogger(__name__)

Block = dict[str, Any]
GrantOf = Callable[[str], Grant]


@dataclass(frozen=True)
class Message:
    """Something to be posted once. `key` names it for ever; `topics` are what it speaks of."""

    key: str
    channel: str
    text: str
    blocks: list[Block]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Claim:
    """A message that this process may post now; `in_doubt` if another try may have posted it."""

    id: int
    number: int
    at: datetime
    token: str
    message: Message
    created_at: datetime
    attempts: int
    in_doubt: bool


def put(session: Session, message: Message, now: datetime) -> bool:
    """Writes a message to be sent, in the caller's transaction; false if it is there already.

    Two processes that write the same one at once end in an IntegrityError of the later one.
    """
    if session.exec(select(Outbox.id).where(Outbox.key == message.key)).first():
        return False
    row = Outbox(
        key=message.key,
        token=hashlib.blake2b(message.key.encode(), digest_size=12).hexdigest(),
        channel=message.channel,
        text=message.text,
        blocks=message.blocks,
        topics=list(message.topics),
        created_at=now,
    )
    session.add(row)
    return True


def troubles(session: Session, since: datetime) -> list[Outbox]:
    """What could not be sent, or can't be known to be, among the messages since then."""
    query = select(Outbox).where(col(Outbox.state).in_(TROUBLE), col(Outbox.created_at) >= since)
    return list(session.exec(query.order_by(col(Outbox.id))))


def oldest_waiting(session: Session) -> datetime | None:
    """When the oldest message that is not sent yet was written; null when none waits."""
    waits = select(Outbox.created_at).where(col(Outbox.state).in_(UNFINISHED))
    return session.exec(waits.order_by(col(Outbox.created_at)).limit(1)).first()


def log_trouble(text: str) -> None:
    """Tells whoever reads the log."""
    log.error("%s", text)


class Sender:
    """Sends the outbox of a store to Slack. `owner` names this process, `clock` gives its time.

    `grant_of` says what a channel may see, `closed` why nothing at all is posted there; both are
    asked again before every post. `tell` is told of every message that can't be sent, or that
    can't be known to be sent.
    """

    def __init__(
        self,
        store: Store,
        slack: Slack,
        *,
        owner: str,
        clock: Callable[[], datetime],
        grant_of: GrantOf,
        closed: Callable[[str], str | None],
        tell: Callable[[str], None] = log_trouble,
    ) -> None:
        self.store, self.slack, self.owner = store, slack, owner
        self.clock, self.tell = clock, tell
        self.grant_of, self.closed = grant_of, closed

    def send_one(self) -> bool:
        """Sends the message that has waited longest; false when none can be sent now."""
        claim = self.claim()
        if claim is None:
            return False
        self._finish(claim, self._send(claim))
        return True

    def claim(self) -> Claim | None:
        """The right to send one message, by compare-and-set; messages of a channel in order."""
        now = self.clock()
        with self.store.writer() as session:
            query = select(Outbox).where(_ready(now), ~_has_earlier()).order_by(col(Outbox.id))
            # on PostgreSQL another worker takes the next row instead of waiting for this one
            row = session.exec(query.limit(1).with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            in_doubt = row.state != "pending"
            row.state, row.claimed_by, row.claimed_at = "sending", self.owner, now
            row.claim += 1
            row.attempts += 1
            session.add(row)
            return _claimed(row, now, in_doubt)

    def _send(self, claim: Claim) -> Outcome:
        message = claim.message
        if claim.in_doubt:
            found = self.slack.find(message.channel, claim.token, claim.created_at)
            if not isinstance(found, Absent):
                return found
        if hidden := self._hidden(message):
            return hidden
        if self.clock() - claim.at > LEASE / 2:
            return Later(SHORTLY, "this process stood still and may have lost its claim")
        return self.slack.post(message.channel, message.text, message.blocks, claim.token)

    def _hidden(self, message: Message) -> Later | Refused | None:
        """Why the channel may not get the message after all, if so."""
        try:
            why, grant = self.closed(message.channel), self.grant_of(message.channel)
        except FAILURES as error:
            return Later(SHORTLY, f"what {message.channel} may see can't be told: {error}")
        if why:
            return Refused(why)
        denied = [topic for topic in message.topics if not grant.allows(topic)]
        return Refused(f"the channel may not see {', '.join(denied)}") if denied else None

    def _finish(self, claim: Claim, outcome: Outcome) -> None:
        now = self.clock()
        changes = _changes(claim, outcome, now)
        with self.store.writer() as session:
            done = session.connection().execute(
                update(Outbox)
                .where(
                    col(Outbox.id) == claim.id,
                    col(Outbox.claim) == claim.number,
                    col(Outbox.state) == "sending",
                )
                .values(**changes)
            )
        if done.rowcount != 1:
            log.warning("outbox %s: another process took it over", claim.message.key)
        elif changes["state"] in TROUBLE or (changes["error"] and changes["state"] == "sent"):
            self.tell(f"{claim.message.key} to {claim.message.channel}: {changes['error']}")


def _ready(now: datetime) -> ColumnElement[bool]:
    """Waiting and due, or left by a process that died."""
    waits = and_(
        col(Outbox.state).in_(("pending", "unsure")),
        or_(col(Outbox.not_before).is_(None), col(Outbox.not_before) <= now),
    )
    claimed = col(Outbox.claimed_at)
    left = and_(col(Outbox.state) == "sending", or_(claimed <= now - LEASE, claimed > now + LEASE))
    return or_(waits, left)


def _has_earlier() -> ColumnElement[bool]:
    """Whether the channel waits for a message that was written before this one."""
    earlier = aliased(Outbox)
    return (
        select(earlier.id)
        .where(
            col(earlier.channel) == Outbox.channel,
            col(earlier.id) < Outbox.id,
            col(earlier.state).in_(UNFINISHED),
        )
        .exists()
    )


def _claimed(row: Outbox, now: datetime, in_doubt: bool) -> Claim:
    assert row.id is not None
    topics: Any = row.topics
    message = Message(row.key, row.channel, row.text, row.blocks, tuple(topics))
    return Claim(row.id, row.claim, now, row.token, message, row.created_at, row.attempts, in_doubt)


def _changes(claim: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns of the row after a try."""
    if isinstance(outcome, Posted):
        return {"state": "sent", "ts": outcome.ts, "sent_at": now, "error": outcome.note}
    if isinstance(outcome, Refused):
        return {"state": "failed", "error": outcome.why}
    if isinstance(outcome, Doubt):
        return {"state": "doubt", "error": outcome.why}
    is_sure = isinstance(outcome, Later)
    if now - claim.created_at > GIVE_UP:
        state = "failed" if is_sure else "doubt"
        return {"state": state, "error": f"given up after a day: {outcome.why}"}
    state = "pending" if is_sure else "unsure"
    return {"state": state, "not_before": now + outcome.after, "error": outcome.why}
