"""Rows that can't be believed: held back with their reason, until they come good or are gone."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from storage.lease import Lease
from storage.sources import Rejected
from storage.store import Store

_OURS = "source = ? AND stream = ?"


def quarantine(
    connection: Connection, store: Store, lease: Lease, rejected: Sequence[Rejected], now: int
) -> None:
    """Holds rows back; how often and since when is counted."""
    statement = store.sql(
        "INSERT INTO quarantine (source, stream, source_id, payload_hash, error, first_seen_at,"
        " last_seen_at, count, is_seen) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (source, stream, source_id) DO UPDATE SET error = excluded.error,"
        " payload_hash = excluded.payload_hash, last_seen_at = excluded.last_seen_at,"
        " count = quarantine.count + 1, is_seen = excluded.is_seen"
    )
    for row in rejected:
        digest = hashlib.blake2b(repr(row.payload).encode(), digest_size=8).hexdigest()
        connection.exec_driver_sql(
            statement,
            (lease.source, lease.stream, row.source_id, digest, row.reason[:500], now, now, True),
        )


def release(connection: Connection, store: Store, lease: Lease, source_ids: Iterable[str]) -> None:
    """Rows that came good, or are gone, leave quarantine."""
    ids = list(set(source_ids))
    good: Any = ids
    among = "source_id = ANY(?)"
    if store.is_sqlite:
        good, among = (
            msgspec.json.encode(ids).decode(),
            "source_id IN (SELECT value FROM json_each(?))",
        )
    connection.exec_driver_sql(
        store.sql(f"DELETE FROM quarantine WHERE {_OURS} AND {among}"),
        (lease.source, lease.stream, good),
    )


def unsee(connection: Connection, store: Store, lease: Lease) -> None:
    """A read of all there is begins: which of the rows it comes by again is to be seen."""
    connection.exec_driver_sql(
        store.sql(f"UPDATE quarantine SET is_seen = ? WHERE {_OURS}"),
        (False, lease.source, lease.stream),
    )


def release_unseen(connection: Connection, store: Store, lease: Lease) -> None:
    """That read is over: what it did not come by again is no more, or is another row now."""
    connection.exec_driver_sql(
        store.sql(f"DELETE FROM quarantine WHERE {_OURS} AND is_seen = ?"),
        (lease.source, lease.stream, False),
    )
