"""Which message of the outbox may be sent next, and the right to do it, by compare-and-set."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.access import PEOPLE
from bot.pace import HISTORY, OPEN, POST, REPLIES, UPDATE, Pace, free_at
from commands import Topic
from storage.models import MethodPace, Outbox

# Longer than any post takes: a claim older than this was left by a process that died.
LEASE = timedelta(seconds=60)
# Our transactions take milliseconds.
STILL_MS = 3_000
WAITING = ("pending", "unsure")
UNFINISHED = (*WAITING, "sending")

Block = dict[str, Any]
Kind = Literal["post", "reply", "edit"]
# whoever sent it died meanwhile, or Slack's answer settled nothing
Doubtful = Literal["", "died", "unsure"]


@dataclass(frozen=True)
class Message:
    """Something to be sent once. `key` names it for ever; `topics` are what it speaks of.

    kind: *post*; *reply* into the thread of the message `parent`, shown in the channel too if
    `is_broadcast`; *edit*: what the message `parent` says from now on. `parent` is the key of a
    post to the same channel; a reply or edit waits until that is sent. Nothing is sent before
    `not_before`. What `must_arrive` may come twice where Slack can't be asked whether it has it,
    and as a post of its own where the thread is gone; all else is rather lost, and said to be.
    """

    key: str
    channel: str
    text: str
    blocks: list[Block]
    topics: tuple[Topic, ...]
    kind: Kind = "post"
    parent: str | None = None
    is_broadcast: bool = False
    must_arrive: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True)
class Claim:
    """A message that this process may do one thing for now: send it, or look whether it is there.

    `doubt` is why one has to look. `thread` is the ts of its parent, null if it has none or that
    was never sent. `meant_at`: when it was to be sent at the earliest. `resent`: how often it was
    sent again without knowing; `error`: what was wrong with the last try.
    """

    id: int
    number: int
    at: datetime
    token: str
    message: Message
    created_at: datetime
    attempts: int
    doubt: Doubtful
    thread: str | None
    meant_at: datetime
    resent: int
    error: str | None


def take(session: Session, owner: str, pace: Pace, now: datetime) -> Claim | timedelta | None:
    """The right to the message that has waited longest of those that may go now.

    Messages of a channel go in order, edits in the order of their message. If none may go, how
    long until one may as far as the pace is what holds it; null if nothing but time or a parent
    can help.
    """
    let_go_if_frozen(session)
    paces = pace.kept(session, now)
    free = [name for name, row in paces.items() if free_at(row, now) <= now]
    jobs = _jobs(now)
    may = or_(*(jobs[name] for name in jobs if name in free)) if free else None
    if may is not None:
        if OPEN not in free:
            may = and_(may, ~_is_for_person())
        query = select(Outbox).where(_open(now), may, ~_rests(pace, now)).order_by(col(Outbox.id))
        # on PostgreSQL another worker takes the next row instead of waiting for this one
        row = session.exec(query.limit(1).with_for_update(skip_locked=True)).first()
        if row:
            return _claimed(session, row, owner, pace, paces, now)
    return _wait(session, pace, paces, now)


def let_go_if_frozen(session: Session) -> None:
    """Keeps a process that is stopped within this transaction from holding up all others.

    PostgreSQL ends it then; on SQLite there is one process.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(
            f"SET LOCAL idle_in_transaction_session_timeout = {STILL_MS}"
        )


def _claimed(
    session: Session, row: Outbox, owner: str, pace: Pace, paces: dict[str, MethodPace],
    now: datetime,
) -> Claim:  # fmt: skip
    assert row.id is not None
    doubt: Doubtful = "" if row.state == "pending" else _doubt(row)
    pace.take(paces[_method(row, doubt)], now)
    row.state, row.claimed_by, row.claimed_at = "sending", owner, now
    row.claim += 1
    row.attempts += 1
    session.add(row)
    first = session.exec(select(Outbox).where(Outbox.key == row.parent)).first()
    planned = [one.not_before for one in (row, first) if one and one.not_before]
    return Claim(
        row.id, row.claim, now, row.token, _message(row), row.created_at, row.attempts, doubt,
        first.ts if first else None, max([row.created_at, *planned]), row.resent, row.error,
    )  # fmt: skip


def _doubt(row: Outbox) -> Doubtful:
    return "unsure" if row.state == "unsure" else "died"


def _method(row: Outbox, doubt: Doubtful) -> str:
    if row.kind == "edit":
        return UPDATE
    looks = REPLIES if row.kind == "reply" else HISTORY
    return looks if doubt else POST


def _message(row: Outbox) -> Message:
    topics: Any = row.topics
    kind: Any = row.kind
    return Message(
        row.key, row.channel, row.text, row.blocks, tuple(topics), kind, row.parent,
        row.is_broadcast, row.must_arrive, row.not_before,
    )  # fmt: skip


def _jobs(now: datetime) -> dict[str, ColumnElement[bool]]:
    """Which messages call which method first."""
    is_edit, is_reply = col(Outbox.kind) == "edit", col(Outbox.kind) == "reply"
    is_known = col(Outbox.state) == "pending"
    return {
        POST: and_(is_known, ~is_edit),
        UPDATE: is_edit,
        HISTORY: and_(~is_known, ~is_edit, ~is_reply),
        REPLIES: and_(~is_known, is_reply),
    }


def _open(now: datetime) -> ColumnElement[bool]:
    """Due, or left by a process that died; and nothing before it that has to go first."""
    claimed = col(Outbox.claimed_at)
    left = and_(col(Outbox.state) == "sending", or_(claimed <= now - LEASE, claimed > now + LEASE))
    due = and_(
        col(Outbox.state).in_(WAITING),
        _is_past(col(Outbox.not_before), now),
        _is_past(col(Outbox.retry_at), now),
    )
    return and_(
        col(Outbox.state).in_(UNFINISHED), or_(due, left), ~_has_earlier(now), ~_parent_waits()
    )


def _is_past(at: Any, now: datetime) -> ColumnElement[bool]:
    return or_(at.is_(None), at <= now)


def _has_earlier(now: datetime) -> ColumnElement[bool]:
    """Whether the channel, or for an edit its message, waits for one that was written before.

    What is not to be sent yet, and what waits for its parent, holds up no other.
    """
    earlier, first = aliased(Outbox), aliased(Outbox)
    is_edit, was_edit = col(Outbox.kind) == "edit", col(earlier.kind) == "edit"
    parent_waits = select(first.id).where(
        col(first.key) == col(earlier.parent), col(first.state).in_(UNFINISHED)
    )
    return (
        select(earlier.id)
        .where(
            col(earlier.channel) == Outbox.channel,
            col(earlier.id) < Outbox.id,
            col(earlier.state).in_(UNFINISHED),
            or_(
                and_(~is_edit, ~was_edit),
                and_(is_edit, was_edit, col(earlier.parent) == Outbox.parent),
            ),
            _is_past(col(earlier.not_before), now),
            ~parent_waits.exists(),
        )
        .exists()
    )


def _parent_waits() -> ColumnElement[bool]:
    first = aliased(Outbox)
    return (
        select(first.id)
        .where(col(first.key) == Outbox.parent, col(first.state).in_(UNFINISHED))
        .exists()
    )


def _is_for_person() -> ColumnElement[bool]:
    return or_(*(col(Outbox.channel).startswith(one) for one in PEOPLE))


def _rests(pace: Pace, now: datetime) -> ColumnElement[bool]:
    """Whether its channel had a message just now."""
    last = aliased(Outbox)
    return and_(
        col(Outbox.kind) != "edit",
        col(Outbox.state) == "pending",
        select(last.id)
        .where(
            col(last.channel) == Outbox.channel,
            col(last.kind) != "edit",
            # stamps farther ahead are of a clock that was wrong
            col(last.sent_at) > now - pace.rest,
            col(last.sent_at) < now + pace.rest,
        )
        .exists(),
    )


def _wait(
    session: Session, pace: Pace, paces: dict[str, MethodPace], now: datetime
) -> timedelta | None:
    """How long until a message may go that nothing but the pace holds."""
    waits = []
    for name, job in _jobs(now).items():
        busy = free_at(paces[name], now)
        if busy > now and session.exec(select(Outbox.id).where(_open(now), job).limit(1)).first():
            waits.append(busy - now)
    waits += _rest_left(session, pace, now)
    return min(waits, default=None)


def _rest_left(session: Session, pace: Pace, now: datetime) -> list[timedelta]:
    """How long the channel rests whose message has waited longest, if one does."""
    resting = select(Outbox.channel).where(_open(now), _rests(pace, now)).order_by(col(Outbox.id))
    channel = session.exec(resting.limit(1)).first()
    query = select(Outbox.sent_at).where(
        Outbox.channel == channel, col(Outbox.kind) != "edit", col(Outbox.sent_at) < now + pace.rest
    )
    last = session.exec(query.order_by(col(Outbox.sent_at).desc()).limit(1)).first()
    return [last + pace.rest - now] if channel and last else []
