"""Digests: the answers to a channel's command lines, once for every period of their schedule."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.channel import Desk, Said, packed, short, summaries, topics
from bot.digests.plan import Digest
from bot.outbox import Message, put
from bot.schedule import Due, between
from commands import Notice
from storage.models import ScheduledRun

# A digest seen for the first time owes what is due in that very minute, and nothing before.
FIRST_SIGHT = timedelta(minutes=1)
MANY = 1_000
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Owed:
    """The newest period that is not done; `skipped` earlier ones are made up for by it."""

    due: Due
    skipped: int
    is_late: bool


def run_due(desk: Desk, digest: Digest, now: datetime) -> bool:
    """Writes what a digest owes at `now` into the outbox, once on all machines; whether it did.

    A period that is found later than the digest's catch-up is marked missed. An error leaves no
    trace, so the period is tried again until then.
    """
    owed = _owed(desk, digest, now)
    if owed is None:
        return False
    messages = [] if owed.is_late else compose(desk, digest, owed.due, now)
    try:
        with desk.store.writer() as session:
            session.add(_done(digest, owed, now))
            session.flush()
            for message in messages:
                put(session, message, now)
    except IntegrityError:
        return False  # another process was first, and all of this is undone
    return bool(messages)


def compose(desk: Desk, digest: Digest, due: Due, now: datetime) -> list[Message]:
    """What one period says, answered now under what the channel may see now; mostly one message."""
    zone = ZoneInfo(digest.zone)
    grant = desk.grant_of(digest.channel)
    said = [desk.ask(line, digest.channel, now, zone, grant) for line in digest.ask]
    shown = said if len(said) == 1 else [short(one) for one in said]
    parts = packed(desk, [_heading(digest, due, now), *shown])
    text = desk.text(Notice(digest.title or digest.id, summaries(said)))
    return [
        Message(
            f"digest:{digest.id}:{due.period}:{number}",
            digest.channel,
            text,
            blocks,
            topics(*said),
        )
        for number, blocks in enumerate(parts, 1)
    ]


def _heading(digest: Digest, due: Due, now: datetime) -> Said:
    zone = ZoneInfo(digest.zone)
    text = f"{due.at.astimezone(zone):%A %-d %B %Y, %H:%M %Z}"
    if now - due.at > LATE:
        text += f", sent late, with figures of {now.astimezone(zone):%H:%M}"
    return Notice(digest.title or digest.id, text)


def _owed(desk: Desk, digest: Digest, now: datetime) -> Owed | None:
    with desk.store.reader() as session:
        last = _last(session, digest, now)
    if last is None:
        _remember(desk, digest, now)
        last = now - FIRST_SIGHT
    owed = _newest(digest, last, now)
    if owed is None:
        return None
    with desk.store.reader() as session:
        done = select(ScheduledRun.id).where(
            ScheduledRun.schedule == digest.id, ScheduledRun.period == owed.due.period
        )
        return None if session.exec(done).first() else owed


def _newest(digest: Digest, last: datetime, now: datetime) -> Owed | None:
    """The newest period after `last`, if there is one."""
    fresh_from = max(last, now - digest.catch_up)
    fresh = list(between(digest.cron, digest.zone, fresh_from, now))
    missed = list(islice(between(digest.cron, digest.zone, last, fresh_from), MANY))
    if fresh:
        return Owed(fresh[-1], len(missed) + len(fresh) - 1, is_late=False)
    return Owed(missed[-1], len(missed) - 1, is_late=True) if missed else None


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
    first = ScheduledRun(
        schedule=digest.id,
        period=f"seen {_plan(digest)} {now.isoformat()}",
        plan=_plan(digest),
        due_at=now - FIRST_SIGHT,
        done_at=now,
        outcome="seen",
    )
    with suppress(IntegrityError), desk.store.writer() as session:
        session.add(first)


def _done(digest: Digest, owed: Owed, now: datetime) -> ScheduledRun:
    return ScheduledRun(
        schedule=digest.id,
        period=owed.due.period,
        plan=_plan(digest),
        due_at=owed.due.at,
        done_at=now,
        outcome="missed" if owed.is_late else "sent",
        skipped=owed.skipped,
    )


def _plan(digest: Digest) -> str:
    return f"{digest.cron} {digest.zone}"
