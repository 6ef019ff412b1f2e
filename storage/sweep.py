"""Deletes what a source no longer names, unless so much is gone that it can't be meant."""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from storage.bulk import tombstone
from storage.lease import LEASE, Lease, Result, hold, keep
from storage.models import SyncState
from storage.models._types import instant_to_int
from storage.quarantine import release_unseen
from storage.sources import Source, SourceError, StreamSpec
from storage.spill import Spill
from storage.store import Store

FEW_ROWS = 10
BATCH = 5_000


def sweep(
    store: Store, lease: Lease, source: Source, stream: StreamSpec, now: datetime, full: bool
) -> Result:
    """Deletes what the source no longer names, when that is due and believable.

    The source is asked, and the store compared with it, before the transaction begins: nobody
    waits for either. Who lost the lease meanwhile deletes nothing. Rows in
    quarantine that a snapshot did not come by again go.
    """
    if not _is_due(store, lease, stream, now, full):
        return Result(stream.name)
    alive = {} if stream.keeps_absent else _named(store, lease, source.ids(stream))
    absent: dict[str, list[str]] = {}
    for table in sorted(alive.keys() - _shared(source, stream)):
        absent[table], living = _absent(store, lease, table, alive[table])
        if not full:
            _refuse_flood(lease, stream, len(absent[table]), living)
    stamp = instant_to_int(now)
    with store.bulk() as connection:
        hold(connection, store, lease)
        gone = sum(
            tombstone(connection, store, lease.source, table, ids, stamp)
            for table, ids in absent.items()
        )
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
) -> dict[str, Spill[None]]:
    """All ids that the source names, by table; the lease is kept while it does."""
    alive: dict[str, Spill[None]] = {}
    kept_at = lease.clock()
    for table, ids in batches:
        named = alive.setdefault(table, Spill())
        for source_id in ids:
            named.put(source_id, None)
        if lease.clock() - kept_at > LEASE / 2:
            keep(store, lease)
            kept_at = lease.clock()
    return alive


def _shared(source: Source, stream: StreamSpec) -> set[str]:
    """Tables that other streams of the source write too: one can't tell whose a row is."""
    others = (other for other in source.streams if other.name != stream.name)
    return {table for other in others for table in other.tables}


def _absent(store: Store, lease: Lease, table: str, alive: Container[str]) -> tuple[list[str], int]:
    """The living of a table that are not named, and how many living there are.

    They are read a batch at a time, along the index of the key, while others may write.
    """
    statement = store.sql(
        f"SELECT source_id FROM {table} WHERE source = ? AND source_id > ? AND deleted_at IS NULL"
        f" ORDER BY source_id LIMIT {BATCH}"
    )
    absent, living, last = list[str](), 0, ""
    with store.reader() as session:
        found = session.connection().exec_driver_sql
        while batch := [row[0] for row in found(statement, (lease.source, last))]:
            absent += [one for one in batch if one not in alive]
            living, last = living + len(batch), batch[-1]
    return absent, living


def _refuse_flood(lease: Lease, stream: StreamSpec, gone: int, living: int) -> None:
    limit = max(FEW_ROWS, stream.sweep_limit * living)
    if gone > limit or gone == living > 1:
        name = lease.source.partition(":")[2]
        raise SourceError(
            f"{lease.stream}: {gone} of {living} rows are gone at the source; nothing was"
            f" deleted. If that is meant: python -m bot sync {name} --full",
            permanent=True,
        )
