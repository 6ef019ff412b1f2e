"""Which message of the outbox may be sent next, and the right to do it, by compare-and-set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, false, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.access import PEOPLE
from bot.pace import HISTORY, OPEN, POST, REPLIES, UPDATE, Pace, free_at
from commands import Topic
from storage.models import MethodPace, Outbox
from storage.models._types import Instant

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
    message to the same channel; a reply or edit waits until that is sent. Nothing is sent before
    `not_before`. A reply to a reply stands in the thread of that. What `must_arrive` may come
    twice where Slack can't be asked whether it has it, and as a post of its own where the thread
    is gone; all else is rather lost, and said to be.
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
    times = _times(pace, now)
    free = frozenset(name for name, row in paces.items() if free_at(row, now) <= now)
    # on PostgreSQL another worker takes the next row instead of waiting for this one
    row = session.exec(_next(free), params=times).first()
    if row:
        return _claimed(session, row, owner, pace, paces, now)
    return _wait(session, paces, free, times)


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
        _thread(session, row, first), max([row.created_at, *planned]), row.resent, row.error,
    )  # fmt: skip


def _thread(session: Session, row: Outbox, parent: Outbox | None) -> str | None:
    """The ts of the message that an edit changes, or in whose thread a reply stands."""
    if parent is None or row.kind == "edit" or parent.kind != "reply":
        return parent.ts if parent else None
    above = session.exec(select(Outbox.ts).where(Outbox.key == parent.parent)).first()
    return above or parent.ts


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


def _times(pace: Pace, now: datetime) -> dict[str, datetime]:
    """The parameters of the queries below, which are made once: that takes longer than they do.

    Stamps of a claim or a channel farther ahead than they can be are of a clock that was wrong.
    """
    return {
        "now": now, "left_before": now - LEASE, "left_after": now + LEASE,
        "rests_from": now - pace.rest, "rests_to": now + pace.rest,
    }  # fmt: skip


def _time(name: str) -> Any:
    return bindparam(name, type_=Instant())


@cache
def _next(free: frozenset[str]) -> SelectOfScalar[Outbox]:
    """The first message that calls a free method first, and whose channel does not rest."""
    may = or_(false(), *(_job(name) for name in sorted(free) if name != OPEN))
    if OPEN not in free:
        may = and_(may, ~or_(*(col(Outbox.channel).startswith(one) for one in PEOPLE)))
    query = select(Outbox).where(_open(), may, ~_rests()).order_by(col(Outbox.id)).limit(1)
    return query.with_for_update(skip_locked=True)


@cache
def _held(method: str) -> SelectOfScalar[str]:
    """A message that waits for nothing but its turn."""
    return select(Outbox.key).where(_open(), _job(method)).limit(1)


@cache
def _resting() -> SelectOfScalar[str]:
    return select(Outbox.channel).where(_open(), _rests()).order_by(col(Outbox.id)).limit(1)


def _job(method: str) -> ColumnElement[bool]:
    """Which messages call a method first."""
    is_edit, is_reply = col(Outbox.kind) == "edit", col(Outbox.kind) == "reply"
    is_known = col(Outbox.state) == "pending"
    return {
        POST: and_(is_known, ~is_edit),
        UPDATE: is_edit,
        HISTORY: and_(~is_known, ~is_edit, ~is_reply),
        REPLIES: and_(~is_known, is_reply),
    }[method]


def _open() -> ColumnElement[bool]:
    """Due, or left by a process that died; and nothing before it that has to go first."""
    claimed = col(Outbox.claimed_at)
    is_left = or_(claimed <= _time("left_before"), claimed > _time("left_after"))
    due = and_(
        col(Outbox.state).in_(WAITING),
        _is_past(col(Outbox.not_before)),
        _is_past(col(Outbox.retry_at)),
    )
    return and_(
        col(Outbox.state).in_(UNFINISHED),
        or_(due, and_(col(Outbox.state) == "sending", is_left)),
        ~_has_earlier(),
        ~_waits(col(Outbox.parent)),
    )


def _is_past(at: Any) -> ColumnElement[bool]:
    return or_(at.is_(None), at <= _time("now"))


def _has_earlier() -> ColumnElement[bool]:
    """Whether the channel, or for an edit its message, waits for one that was written before.

    What is not to be sent yet, and what waits for its parent, holds up no other.
    """
    earlier = aliased(Outbox)
    is_edit, was_edit = col(Outbox.kind) == "edit", col(earlier.kind) == "edit"
    is_of_same = and_(is_edit, was_edit, col(earlier.parent) == Outbox.parent)
    return (
        select(earlier.id)
        .where(
            col(earlier.channel) == Outbox.channel,
            col(earlier.id) < Outbox.id,
            col(earlier.state).in_(UNFINISHED),
            or_(and_(~is_edit, ~was_edit), is_of_same),
            _is_past(col(earlier.not_before)),
            ~_waits(col(earlier.parent)),
        )
        .exists()
    )


def _waits(key: Any) -> ColumnElement[bool]:
    """Whether the message with this key is still to be sent."""
    first = aliased(Outbox)
    return select(first.id).where(first.key == key, col(first.state).in_(UNFINISHED)).exists()


def _rests() -> ColumnElement[bool]:
    """Whether its channel had a message just now."""
    last = aliased(Outbox)
    had = select(last.id).where(
        col(last.channel) == Outbox.channel,
        col(last.kind) != "edit",
        col(last.sent_at) > _time("rests_from"),
        col(last.sent_at) < _time("rests_to"),
    )
    return and_(col(Outbox.kind) != "edit", col(Outbox.state) == "pending", had.exists())


def _wait(
    session: Session, paces: Mapping[str, MethodPace], free: frozenset[str],
    times: dict[str, datetime],
) -> timedelta | None:  # fmt: skip
    """How long until a message may go that nothing but the pace holds."""
    now = times["now"]
    waits = [
        free_at(paces[name], now) - now
        for name in (POST, UPDATE, HISTORY, REPLIES)
        if name not in free and session.exec(_held(name), params=times).first()
    ]
    if channel := session.exec(_resting(), params=times).first():
        query = select(Outbox.sent_at).where(
            Outbox.channel == channel, col(Outbox.kind) != "edit",
            col(Outbox.sent_at) > times["rests_from"], col(Outbox.sent_at) < times["rests_to"],
        )  # fmt: skip
        rest = now - times["rests_from"]
        waits += [last + rest - now for last in session.exec(query) if last]
    return min(waits, default=None)
