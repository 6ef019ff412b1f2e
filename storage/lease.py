"""Who pulls which stream: leases with an epoch, the cursor, and the record of every run."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete
from sqlmodel import Session, col, select

from storage.models import Quarantine, SyncRun, SyncState
from storage.models._types import instant_to_int
from storage.sources import State, StreamSpec
from storage.store import Store

LEASE = timedelta(minutes=5)
# a source that is nudged all the time is not pulled more often than that
NUDGED = timedelta(minutes=1)

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Another process took the stream over; nothing of this page was stored."""


@dataclass(frozen=True)
class Result:
    """How the pull of one stream ended; `error` is null when it went well."""

    stream: str
    received: int = 0
    written: int = 0
    deleted: int = 0
    quarantined: int = 0
    error: str | None = None
    skipped: bool = False

    def plus(self, more: "Result") -> "Result":
        return Result(
            self.stream,
            self.received + more.received,
            self.written + more.written,
            self.deleted + more.deleted,
            self.quarantined + more.quarantined,
        )


@dataclass(frozen=True)
class Lease:
    """The right to pull a stream until another takes it; the epoch tells old owners from new.

    `clock` gives the true time, by which leases run out, whatever time a run writes down.
    `due_at` is when the stream was due as it was leased.
    """

    source: str
    stream: str
    owner: str
    epoch: int
    clock: Clock
    due_at: datetime | None = None


def hold(
    connection: Connection,
    store: Store,
    lease: Lease,
    state: State | None = None,
    high: datetime | None = None,
    *,
    is_unswept: bool = False,
) -> None:
    """Renews the lease and, with a state, moves the cursor; `LeaseLost` if it is not ours.

    `is_unswept`: what the source no longer names has to be looked for, from now until it was.
    """
    sets = "lease_until = ?"
    values: list[int | str] = [instant_to_int(lease.clock() + LEASE)]
    if is_unswept:
        sets += ", swept_at = NULL"
    if state is not None:
        sets += ", cursor = ?"
        values.append(msgspec.json.encode(state).decode())
    if state is not None and high is not None:
        sets += ", high_at = ?"
        values.append(instant_to_int(high))
    held = connection.exec_driver_sql(
        store.sql(
            f"UPDATE syncstate SET {sets} WHERE source = ? AND stream = ?"
            " AND lease_owner = ? AND lease_epoch = ?"
        ),
        (*values, lease.source, lease.stream, lease.owner, lease.epoch),
    )
    if held.rowcount != 1:
        raise LeaseLost(f"{lease.source} {lease.stream}")


def keep(store: Store, lease: Lease) -> None:
    """Renews the lease alone, while nothing is stored; `LeaseLost` if it is not ours."""
    with store.bulk() as connection:
        hold(connection, store, lease)


def lease_stream(
    store: Store, source: str, stream: StreamSpec, owner: str, now: datetime, clock: Clock
) -> Lease | None:
    """The right to pull a stream, by compare-and-set; null while another process holds it."""
    with store.writer() as session:
        state = session.get(SyncState, (source, stream.name), with_for_update=True)
        if state is None:
            state = SyncState(source=source, stream=stream.name)
        at = clock()
        held = state.lease_until is not None and state.lease_until > at
        if held and state.lease_owner != owner:
            return None
        state.lease_owner, state.lease_until = owner, at + LEASE
        state.lease_epoch += 1
        state.last_try_at, state.tables = now, ",".join(stream.tables)
        session.add(state)
        return Lease(source, stream.name, owner, state.lease_epoch, clock, state.due_at)


def forget_others(store: Store, source: str, streams: Collection[str]) -> None:
    """Drops the bookkeeping of streams that a source had once and has no more."""
    with store.writer() as session:
        for table in (SyncState, Quarantine):
            session.execute(
                delete(table).where(col(table.source) == source, col(table.stream).not_in(streams))
            )


def fail_source(store: Store, source: str, error: str, now: datetime, every: timedelta) -> int:
    """Writes down that a source could not be opened; how often in a row it could not.

    Each of its streams has failed; where none was ever tried, a nameless one stands for all.
    """
    with store.writer() as session:
        found = session.exec(select(SyncState).where(SyncState.source == source)).all()
        states = found or [SyncState(source=source, stream="")]
        for state in states:
            state.last_try_at, state.due_at, state.last_error = now, now + every, error
            state.failures += 1
            session.add(state)
        return min(state.failures for state in states)


def hasten(store: Store, source: str, now: datetime) -> None:
    """Makes the streams of a source due now, or a minute after they were last tried.

    One that is being pulled stays due when that ends: what it was told of may have come too late
    for this pull. One that is due stays so, however often it is nudged.
    """
    with store.writer() as session:
        found = select(SyncState).where(SyncState.source == source).with_for_update()
        for state in session.exec(found):
            due = max(now, state.last_try_at + NUDGED) if state.last_try_at else now
            is_pulled = state.lease_until is not None and state.lease_until > now
            if is_pulled or (state.due_at is not None and state.due_at > due):
                state.due_at = due
                session.add(state)


def cursor(store: Store, lease: Lease) -> State | None:
    """Where the stream stands; null before its first page."""
    with store.reader() as session:
        return session.get_one(SyncState, (lease.source, lease.stream)).cursor


def start_run(store: Store, lease: Lease, now: datetime) -> int:
    """Writes down that a run begins; its id."""
    with store.writer() as session:
        _abandon(session, lease, now)
        started = SyncRun(source=lease.source, stream=lease.stream, started_at=now)
        session.add(started)
        session.flush()
        assert started.id is not None
        return started.id


def _abandon(session: Session, lease: Lease, now: datetime) -> None:
    """A run that was still running when its lease went to us died with its process."""
    unfinished = select(SyncRun).where(
        SyncRun.source == lease.source,
        SyncRun.stream == lease.stream,
        col(SyncRun.outcome) == "running",
    )
    for dead in session.exec(unfinished):
        dead.outcome, dead.ended_at = "abandoned", now
        session.add(dead)


def stop_run(store: Store, lease: Lease, run_id: int, tally: Result, now: datetime) -> None:
    """Writes down that somebody stopped a run: the stream is free, and goes on where it was."""
    with store.writer() as session:
        ended = session.get_one(SyncRun, run_id)
        ended.outcome, ended.ended_at = "abandoned", now
        _count(ended, tally)
        state = session.get_one(SyncState, (lease.source, lease.stream), with_for_update=True)
        if (state.lease_owner, state.lease_epoch) == (lease.owner, lease.epoch):
            state.lease_until, state.due_at = None, now
            state.rows += tally.written
        session.add_all([ended, state])


def _count(run: SyncRun, tally: Result) -> None:
    run.received, run.written = tally.received, tally.written
    run.deleted, run.quarantined = tally.deleted, tally.quarantined


def finish_run(
    store: Store, lease: Lease, run_id: int, tally: Result, now: datetime, every: timedelta
) -> int:
    """Writes down how a run ended; how often in a row the stream has failed now."""
    with store.writer() as session:
        ended = session.get_one(SyncRun, run_id)
        ended.outcome = "failed" if tally.error else "ok"
        ended.ended_at, ended.error = now, tally.error
        _count(ended, tally)
        session.add(ended)
        state = session.get_one(SyncState, (lease.source, lease.stream), with_for_update=True)
        if (state.lease_owner, state.lease_epoch) != (lease.owner, lease.epoch):
            return 0
        state.lease_until = None
        if state.due_at == lease.due_at:  # else it was nudged in the meantime
            state.due_at = now + every
        state.rows += tally.written
        state.last_error = tally.error
        state.failures = state.failures + 1 if tally.error else 0
        if not tally.error:
            state.last_success_at = now
        session.add(state)
        return state.failures
