"""Deletes what a source no longer names, unless so much is gone that it can't be meant."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from storage.bulk import tombstone
from storage.lease import LEASE, Lease, Result, hold, keep
from storage.models import SyncState
from storage.models._types import instant_to_int
from storage.quarantine import release_unseen
from storage.sources import Source, SourceError, StreamSpec
from storage.store import Store

FEW_ROWS = 10


def sweep(
    store: Store, lease: Lease, source: Source, stream: StreamSpec, now: datetime, full: bool
) -> Result:
    """Deletes what the source no longer names, when that is due and believable.

    The source is asked before the transaction begins: nobody waits for its network. Who lost the
    lease meanwhile deletes nothing. Rows in quarantine that a snapshot did not come by again go.
    """
    if not _is_due(store, lease, stream, now, full):
        return Result(stream.name)
    alive = {} if stream.keeps_absent else _named(store, lease, source.ids(stream))
    shared = _shared(source, stream)
    stamp = instant_to_int(now)
    with store.bulk() as connection:
        hold(connection, store, lease)
        gone = 0
        for table in sorted(alive.keys() - shared):
            living = _living(connection, store, lease, table)
            absent = sorted(living - alive[table])
            if not full:
                _refuse_flood(lease, stream, len(absent), len(living))
            gone += tombstone(connection, store, lease.source, table, absent, stamp)
        if stream.mode == "snapshot":
            release_unseen(connection, store, lease)
        connection.exec_driver_sql(
            store.sql("UPDATE syncstate SET swept_at = ? WHERE source = ? AND stream = ?"),
            (stamp, lease.source, lease.stream),
        )
    return Result(stream.name, deleted=gone)


def _is_due(store: Store, lease: Lease, stream: StreamSpec, now: datetime, full: bool) -> bool:
    with store.reader() as session:
        swept_at = session.get_one(SyncState, (lease.source, lease.stream)).swept_at
    if stream.mode == "snapshot":
        return swept_at is None
    if stream.sweep_every is None:
        return full
    return full or swept_at is None or now - swept_at >= stream.sweep_every


def _named(
    store: Store, lease: Lease, batches: Iterable[tuple[str, Sequence[str]]]
) -> dict[str, set[str]]:
    """All ids that the source names, by table; the lease is kept while it does."""
    alive: dict[str, set[str]] = {}
    kept_at = lease.clock()
    for table, ids in batches:
        alive.setdefault(table, set()).update(ids)
        if lease.clock() - kept_at > LEASE / 2:
            keep(store, lease)
            kept_at = lease.clock()
    return alive


def _shared(source: Source, stream: StreamSpec) -> set[str]:
    """Tables that other streams of the source write too: one can't tell whose a row is."""
    others = (other for other in source.streams if other.name != stream.name)
    return {table for other in others for table in other.tables}


def _living(connection: Connection, store: Store, lease: Lease, table: str) -> set[str]:
    found = connection.exec_driver_sql(
        store.sql(f"SELECT source_id FROM {table} WHERE source = ? AND deleted_at IS NULL"),
        (lease.source,),
    )
    return {row[0] for row in found}


def _refuse_flood(lease: Lease, stream: StreamSpec, gone: int, living: int) -> None:
    limit = max(FEW_ROWS, stream.sweep_limit * living)
    if gone > limit or gone == living > 1:
        name = lease.source.partition(":")[2]
        raise SourceError(
            f"{lease.stream}: {gone} of {living} rows are gone at the source; nothing was"
            f" deleted. If that is meant: python -m bot sync {name} --full",
            permanent=True,
        )
