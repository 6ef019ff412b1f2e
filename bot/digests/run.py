"""Digests: the answers to a channel's command lines, once for every period of their schedule."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.channel import Desk, Said
from bot.digests.condition import CHANGED, read_condition
from bot.digests.only_if import fingerprint, unmet
from bot.digests.plan import Digest, legs
from bot.digests.say import Saying, asked, messages
from bot.outbox import NO_THREAD, Message, put
from bot.schedule import Due, between
from storage.models import Outbox, ScheduledRun

# A digest seen for the first time owes what is due in that very minute, and nothing before.
FIRST_SIGHT = timedelta(minutes=1)
MANY = 1_000
# Very many that are due at one moment are spread over the time after it.
SPREAD = timedelta(minutes=10)
LOST = ("failed", "doubt")


@dataclass(frozen=True)
class Owed:
    """The newest period that is not done; `skipped` earlier ones are made up for by it.

    `spread`: by how much it was put off.
    """

    due: Due
    skipped: int
    is_late: bool
    spread: timedelta = timedelta(0)


@dataclass(frozen=True)
class Done:
    """What became of a period: its outcome, what is sent, the hash of what that says, and the
    answers that it was made of."""

    outcome: str
    messages: Sequence[Message] = ()
    said: str | None = None
    answers: Sequence[Said] = ()


def run_due(
    desk: Desk,
    digest: Digest,
    now: datetime,
    crowded: Collection[datetime] = (),
    *,
    skips: str | None = None,
) -> bool:
    """Writes what a digest owes its channel at `now` into the outbox, once on all machines;
    whether it did.

    A period that is found later than the digest's catch-up is marked missed. An error leaves no
    trace, so the period is tried again until then. What is due at a `crowded` moment comes up to
    `SPREAD` later.
    """
    owed = _owed(desk, digest, now, crowded)
    if owed is None:
        return False
    done = _done(desk, digest, owed, now, skips)
    try:
        with desk.store.writer() as session:
            session.add(_row(digest, owed, now, done))
            session.flush()
            for message in done.messages:
                put(session, message, now)
    except IntegrityError:
        return False  # another process was first, and all of this is undone
    desk.told(done.answers, now, ZoneInfo(digest.zone))
    return bool(done.messages)


def begin(session: Session, digest: Digest, now: datetime) -> None:
    """Nothing from before `now` is owed, wherever the digest goes; in the caller's transaction."""
    for leg in legs(digest):
        row = _seen(leg, now, now)
        if not _is_done(session, leg, row.period):
            session.add(row)


def history(session: Session, digest: Digest, count: int) -> list[ScheduledRun]:
    """The last runs of a digest in one place, the newest first."""
    query = select(ScheduledRun).where(
        ScheduledRun.schedule == digest.id, ScheduledRun.outcome != "seen"
    )
    return list(session.exec(query.order_by(col(ScheduledRun.due_at).desc()).limit(count)))


def _done(desk: Desk, digest: Digest, owed: Owed, now: datetime, skips: str | None) -> Done:
    """What one period comes to, answered now under what the channel may see now."""
    if owed.is_late:
        return Done("missed")
    if owed.due.period == skips:
        return Done("skipped")
    grant, also = desk.grant_of(digest.channel), ""
    if condition := read_condition(digest.only_if):
        is_unmet, also = unmet(desk, condition, digest.channel, now, ZoneInfo(digest.zone), grant)
        if is_unmet:
            return Done("unmet")
    said = asked(desk, digest, now, grant)
    print_ = fingerprint(said)
    with desk.store.reader() as session:
        if digest.only_if.strip().lower() == CHANGED and print_ == _last_said(session, digest):
            return Done("unchanged")
        parent = _first_of(session, digest) if digest.series else None
    saying = Saying(digest, owed.due, now, said, also, owed.spread)
    key = f"digest:{digest.id}:{owed.due.period}"
    return Done("sent", messages(desk, saying, key, digest.channel, parent), print_, said)


def _last_said(session: Session, digest: Digest) -> str | None:
    """The hash of what the last one that was sent says."""
    query = select(ScheduledRun.said).where(
        ScheduledRun.schedule == digest.id, ScheduledRun.outcome == "sent"
    )
    return session.exec(query.order_by(col(ScheduledRun.due_at).desc()).limit(1)).first()


def _first_of(session: Session, digest: Digest) -> str | None:
    """The key of the message that begins a series in its channel; null where there is none, or
    none any more.
    """
    gone = select(Outbox.parent).where(
        Outbox.channel == digest.channel, Outbox.state == "failed",
        col(Outbox.error).in_(NO_THREAD), col(Outbox.parent).is_not(None),
    )  # fmt: skip
    query = select(Outbox.key).where(
        Outbox.channel == digest.channel,
        Outbox.kind == "post",
        col(Outbox.key).startswith(f"digest:{digest.id}:", autoescape=True),
        col(Outbox.state).not_in(LOST),
        col(Outbox.key).not_in(gone),
    )
    return session.exec(query.order_by(col(Outbox.id)).limit(1)).first()


def put_off(digest: Digest) -> timedelta:
    """By how much a digest is put off where it shares its moment with many; always the same."""
    number = hashlib.blake2b(digest.id.encode(), digest_size=8).digest()
    return timedelta(seconds=int.from_bytes(number) % int(SPREAD.total_seconds()))


def _owed(desk: Desk, digest: Digest, now: datetime, crowded: Collection[datetime]) -> Owed | None:
    with desk.store.reader() as session:
        last = _last(session, digest, now)
    if last is None:
        _remember(desk, digest, now)
        last = now - FIRST_SIGHT
    owed = _newest(digest, last, now, crowded)
    if owed is None:
        return None
    with desk.store.reader() as session:
        return None if _is_done(session, digest, owed.due.period) else owed


def _is_done(session: Session, digest: Digest, period: str) -> bool:
    done = select(ScheduledRun.id).where(
        ScheduledRun.schedule == digest.id, ScheduledRun.period == period
    )
    return session.exec(done).first() is not None


def _newest(
    digest: Digest, last: datetime, now: datetime, crowded: Collection[datetime]
) -> Owed | None:
    """The newest period after `last`, if there is one."""
    fresh_from = max(last, now - digest.catch_up)
    wait = put_off(digest) if crowded else timedelta(0)
    fresh = [
        due
        for due in between(digest.cron, digest.zone, fresh_from, now)
        if due.at not in crowded or due.at + wait <= now
    ]
    missed = _missed(digest, last, fresh_from) if last < fresh_from else []
    if fresh:
        owed = Owed(fresh[-1], len(missed) + len(fresh) - 1, is_late=False)
        return replace(owed, spread=wait) if fresh[-1].at in crowded else owed
    return Owed(missed[-1], len(missed) - 1, is_late=True) if missed else None


def _missed(digest: Digest, last: datetime, until: datetime) -> list[Due]:
    """The first periods that nobody makes up for."""
    return list(islice(between(digest.cron, digest.zone, last, until), MANY))


def _last(session: Session, digest: Digest, now: datetime) -> datetime | None:
    """Up to when nothing is owed; null if the digest, as it is written now, was not seen yet.

    Runs of the future are of a clock that was wrong; they only keep their own periods from being
    done again.
    """
    mine = select(ScheduledRun).where(ScheduledRun.schedule == digest.id)
    newest = session.exec(mine.order_by(col(ScheduledRun.id).desc()).limit(1)).first()
    if newest is None or newest.plan != _plan(digest):
        return None
    past = mine.where(col(ScheduledRun.due_at) <= now)
    last = session.exec(past.order_by(col(ScheduledRun.due_at).desc()).limit(1)).first()
    return last.due_at if last else None


def _remember(desk: Desk, digest: Digest, now: datetime) -> None:
    """Writes down that the digest was first seen now; another process may do the same."""
    with suppress(IntegrityError), desk.store.writer() as session:
        session.add(_seen(digest, now - FIRST_SIGHT, now))


def _seen(digest: Digest, until: datetime, now: datetime) -> ScheduledRun:
    """That nothing is owed up to `until`."""
    return ScheduledRun(
        schedule=digest.id,
        period=f"seen {_plan(digest)} {now.isoformat()}",
        plan=_plan(digest),
        due_at=until,
        done_at=now,
        outcome="seen",
    )


def _row(digest: Digest, owed: Owed, now: datetime, done: Done) -> ScheduledRun:
    return ScheduledRun(
        schedule=digest.id,
        period=owed.due.period,
        plan=_plan(digest),
        due_at=owed.due.at,
        done_at=now,
        outcome=done.outcome,
        skipped=owed.skipped,
        said=done.said,
    )


def _plan(digest: Digest) -> str:
    return f"{digest.cron} {digest.zone}"
