"""Deletes what a source no longer names, unless so much is gone that it can't be meant."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from storage.bulk import tombstone
from storage.lease import Lease, Result
from storage.models import SyncState
from storage.models._types import instant_to_int
from storage.sources import Source, SourceError, StreamSpec
from storage.store import Store

FEW_ROWS = 10


def sweep(
    store: Store, lease: Lease, source: Source, stream: StreamSpec, now: datetime, full: bool
) -> Result:
    """Deletes what the source no longer names, when that is due and believable."""
    if stream.keeps_absent or not _is_sweep_due(store, lease, stream, now, full):
        return Result(stream.name)
    stamp = instant_to_int(now)
    with store.bulk() as connection:
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE alive (tbl TEXT NOT NULL, source_id TEXT NOT NULL,"
            " PRIMARY KEY (tbl, source_id))"
        )
        try:
            named = _name_alive(connection, store, source.ids(stream))
            gone = sum(_delete_absent(connection, store, lease, stream, table, stamp, full)
                       for table in sorted(named))  # fmt: skip
        finally:
            connection.exec_driver_sql("DROP TABLE alive")
        connection.execute(
            text(
                "UPDATE syncstate SET swept_at = :now WHERE source = :source AND stream = :stream"
            ),
            {"now": stamp, "source": lease.source, "stream": lease.stream},
        )
    return Result(stream.name, deleted=gone)


def _name_alive(
    connection: Connection, store: Store, batches: Iterable[tuple[str, Sequence[str]]]
) -> set[str]:
    named = set()
    for table, ids in batches:
        named.add(table)
        rows = [(table, source_id) for source_id in dict.fromkeys(ids)]
        if rows:
            connection.exec_driver_sql(
                store.sql("INSERT INTO alive VALUES (?, ?) ON CONFLICT DO NOTHING"), rows
            )
    return named


def _delete_absent(
    connection: Connection,
    store: Store,
    lease: Lease,
    stream: StreamSpec,
    table: str,
    now: int,
    full: bool,
) -> int:
    absent = (
        f" FROM {table} WHERE source = ? AND deleted_at IS NULL AND NOT EXISTS"
        f" (SELECT 1 FROM alive WHERE tbl = ? AND alive.source_id = {table}.source_id)"
    )
    gone = [
        row[0]
        for row in connection.exec_driver_sql(
            store.sql(f"SELECT source_id{absent}"), (lease.source, table)
        )
    ]
    living = connection.exec_driver_sql(
        store.sql(f"SELECT count(*) FROM {table} WHERE source = ? AND deleted_at IS NULL"),
        (lease.source,),
    ).scalar_one()
    limit = max(FEW_ROWS, stream.sweep_limit * living)
    if not full and gone and (len(gone) > limit or len(gone) == living > 1):
        raise SourceError(
            f"{lease.stream}: {len(gone)} of {living} rows are gone at the source; nothing was"
            f" deleted. If that is meant: python -m bot sync {lease.source} --full",
            permanent=True,
        )
    return tombstone(connection, store, lease.source, table, gone, now)


def _is_sweep_due(
    store: Store, lease: Lease, stream: StreamSpec, now: datetime, full: bool
) -> bool:
    if full or stream.mode == "snapshot":
        return True
    if stream.sweep_every is None:
        return False
    with store.reader() as session:
        state = session.get_one(SyncState, (lease.source, lease.stream))
    return state.swept_at is None or now - state.swept_at >= stream.sweep_every
