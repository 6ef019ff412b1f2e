"""Whole pages into the store: checked, hashed, and written by one guarded upsert a table."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

import msgspec
from sqlalchemy import Connection

from storage.models import BOOKKEEPING, FACTS, INSERT_ONLY, KEPT
from storage.models._types import (
    MONEY_SCALE,
    QTY_SCALE,
    Instant,
    Money,
    Qty,
    decimal_to_int,
    instant_to_int,
)
from storage.page_log import note
from storage.sources import Row
from storage.store import Store

SANE_YEARS = range(1900, 2201)
HEAD = ("source", "source_id", "source_updated_at", "row_hash", "first_seen_at", "deleted_at")
Encoder = Callable[[Any], Any]


@dataclass(frozen=True)
class Shape:
    """How rows of one fact table are checked and written."""

    table: str
    struct: type[msgspec.Struct]
    columns: tuple[str, ...]
    encoders: tuple[Encoder, ...]
    kept: tuple[str, ...]
    upsert: str


@dataclass(frozen=True)
class Checked:
    """A row that passed: its id, its stamp (microseconds), its hash, its encoded values."""

    source_id: str
    updated: int | None
    row_hash: int
    values: tuple[Any, ...]


@cache
def shape(table: str) -> Shape:
    """The shape of a fact table, made once from its model."""
    model = FACTS[table]
    columns = tuple(name for name in model.model_fields if name not in BOOKKEEPING)
    kinds = [model.__table__.columns[name].type for name in columns]  # type: ignore[attr-defined]  # set by SQLModel
    fields: list[Any] = [("source_id", str), ("source_updated_at", _checked(datetime | None), None)]
    for name in columns:
        info = model.model_fields[name]
        declared = (name, _checked(info.annotation))
        fields.append(declared if info.is_required() else (*declared, info.default))
    struct = msgspec.defstruct(
        table, fields, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
    )
    kept = KEPT.get(table, ())
    return Shape(
        table, struct, columns, tuple(_encoder(kind) for kind in kinds), kept,
        _upsert(table, columns),
    )  # fmt: skip


def check(row: Row, made: Shape) -> Checked:
    """The row as it will be stored; ValueError names the column and what is wrong with it."""
    fact = msgspec.convert(row, made.struct)
    values = tuple(
        None if (value := getattr(fact, name)) is None else encode(value)
        for name, encode in zip(made.columns, made.encoders, strict=True)
    )
    digest = hashlib.blake2b(msgspec.msgpack.encode(values), digest_size=8).digest()
    updated = row.get("source_updated_at")
    return Checked(
        row["source_id"],
        None if updated is None else _instant(updated),
        int.from_bytes(digest, "big", signed=True),
        values,
    )


def write(
    connection: Connection, store: Store, source: str, made: Shape, rows: Sequence[Checked],
    now: int,
) -> int:  # fmt: skip
    """Writes what is new or changed and not older than what is stored; how many that were.

    Values in KEPT that change, or are seen for the first time, go to `fieldchange`.
    """
    latest = {row.source_id: row for row in rows}  # a page may hold an id twice: the last counts
    stored = _stored(connection, store, source, made, list(latest))
    fresh = [row for row in latest.values() if _is_news(row, stored.get(row.source_id))]
    if not fresh:
        return 0
    changes = [change for row in fresh for change in _changes(made, row, stored.get(row.source_id))]
    connection.exec_driver_sql(
        store.sql(made.upsert),
        [(source, r.source_id, r.updated, r.row_hash, now, None, *r.values) for r in fresh],
    )
    if changes:
        connection.exec_driver_sql(
            store.sql(
                "INSERT INTO fieldchange (entity, source, source_id, field, old, new, seen_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
            ),
            [(made.table, source, *change, now) for change in changes],
        )
    note(connection, store, made.table, source, [row.source_id for row in fresh])
    return len(fresh)


def tombstone(
    connection: Connection, store: Store, source: str, table: str, ids: Iterable[str], now: int
) -> int:
    """Marks living rows as deleted at the source; how many that were."""
    statement = store.sql(
        f"UPDATE {table} SET deleted_at = ?"
        " WHERE source = ? AND source_id = ? AND deleted_at IS NULL"
    )
    gone = [
        source_id
        for source_id in ids
        if connection.exec_driver_sql(statement, (now, source, source_id)).rowcount
    ]
    note(connection, store, table, source, gone)
    return len(gone)


def _is_news(row: Checked, stored: tuple[Any, ...] | None) -> bool:
    if stored is None:
        return True
    row_hash, updated, deleted = stored[:3]
    if row_hash == row.row_hash and deleted is None:
        # the stamp alone is news too: what is older than it must not come in later
        return row.updated is not None and (updated is None or row.updated > updated)
    return updated is None or row.updated is None or row.updated >= updated


def _changes(
    made: Shape, row: Checked, stored: tuple[Any, ...] | None
) -> Iterable[tuple[str, str, str | None, str | None]]:
    for position, name in enumerate(made.kept):
        new = _text(row.values[made.columns.index(name)])
        old = _text(stored[3 + position]) if stored else None
        if old != new:  # at first sight: every value that there is
            yield row.source_id, name, old, new


def _stored(
    connection: Connection, store: Store, source: str, made: Shape, ids: list[str]
) -> dict[str, tuple[Any, ...]]:
    columns = ", ".join(("source_id", "row_hash", "source_updated_at", "deleted_at", *made.kept))
    if store.is_sqlite:
        within, bound = "source_id IN (SELECT value FROM json_each(?))", msgspec.json.encode(ids)
        found = connection.exec_driver_sql(
            f"SELECT {columns} FROM {made.table} WHERE source = ? AND {within}",
            (source, bound.decode()),
        )
    else:
        found = connection.exec_driver_sql(
            f"SELECT {columns} FROM {made.table} WHERE source = %s AND source_id = ANY(%s)",
            (source, ids),
        )
    return {row[0]: tuple(row[1:]) for row in found}


def _upsert(table: str, columns: tuple[str, ...]) -> str:
    every = (*HEAD, *columns)
    once = INSERT_ONLY.get(table, ())
    sets = [
        f"{name} = COALESCE({table}.{name}, excluded.{name})"
        if name in once
        else f"{name} = excluded.{name}"
        for name in every
        if name not in ("source", "source_id", "first_seen_at")
    ]
    return (
        f"INSERT INTO {table} ({', '.join(every)}) VALUES ({', '.join('?' * len(every))})"
        f" ON CONFLICT (source, source_id) DO UPDATE SET {', '.join(sets)}"
        f" WHERE ({table}.row_hash IS DISTINCT FROM excluded.row_hash"
        f" OR {table}.deleted_at IS NOT NULL"
        f" OR {table}.source_updated_at IS DISTINCT FROM excluded.source_updated_at)"
        f" AND ({table}.source_updated_at IS NULL OR excluded.source_updated_at IS NULL"
        f" OR excluded.source_updated_at >= {table}.source_updated_at)"
    )


def _checked(annotation: Any) -> Any:
    """The annotation as msgspec checks it: instants must have a zone."""
    aware = Annotated[datetime, msgspec.Meta(tz=True)]
    if annotation is datetime:
        return aware
    if annotation == datetime | None:
        return aware | None
    return annotation


def _encoder(kind: Any) -> Encoder:
    if isinstance(kind, Instant):
        return _instant
    if isinstance(kind, Money):
        return lambda value: decimal_to_int(value, MONEY_SCALE)
    if isinstance(kind, Qty):
        return lambda value: decimal_to_int(value, QTY_SCALE)
    return _plain


def _instant(value: datetime) -> int:
    if value.year not in SANE_YEARS:
        raise ValueError(f"{value.isoformat()} is not a date that can be meant")
    return instant_to_int(value)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise ValueError("text with a NUL character")
    if isinstance(value, date):
        if value.year not in SANE_YEARS:
            raise ValueError(f"{value.isoformat()} is not a date that can be meant")
        return value.isoformat()
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    if isinstance(value, Decimal):
        raise TypeError("a decimal needs a Money or Qty column")
    return value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
