"""Removes what is known of a person: rows, history, messages, and their traces in the files."""

import hashlib
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, bindparam, or_, select
from sqlmodel import AutoString, SQLModel

from storage.page_log import note_any
from storage.store import Store

SHORTEST = 5
WHOLE_ROW = "contact"  # a person and nothing else: the row goes
HOLD_MESSAGES = (
    "outbox", "quarantine", "syncrun", "syncstate", "fieldchange", "episode", "alertmessage",
    "deed", "silence", "audit", "forecastissued",
)  # fmt: skip


class NotErasable(ValueError):
    """The id is none that one could mean; the message says why."""


def erase(store: Store, person: str) -> dict[str, int]:
    """Erases an id, e-mail address or name; how many rows it stood in, by table.

    Where a value is exactly that, a pseudonym takes its place; in messages and histories every
    mention of it does. Rows of contacts go. A sync brings back what the source still has.
    """
    wanted = person.strip()
    if len(wanted) < SHORTEST:
        raise NotErasable(f"{person!r} is too short to be one person: at least {SHORTEST} letters")
    pseudonym = f"erased-{hashlib.blake2b(wanted.encode(), digest_size=6).hexdigest()}"
    found: dict[str, int] = {}
    with store.bulk() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        for table in SQLModel.metadata.sorted_tables:
            count = _erase_in(connection, table, wanted, pseudonym)
            if count:
                found[table.name] = count
        note_any(connection, store)
    store.compact()
    return found


def _erase_in(connection: Connection, table: Table, wanted: str, pseudonym: str) -> int:
    texts = [one for one in table.columns if _is_text(one)]
    if table.name == WHOLE_ROW:
        holds = [one == wanted for one in texts]
        gone = [row[0] for row in connection.execute(select(table.c.id).where(or_(*holds)))]
        for key in gone:
            connection.execute(table.delete().where(table.c.id == key))
        return len(gone)
    keys = list(table.primary_key.columns)
    count = 0
    for row in connection.execute(select(*keys, *texts)).mappings().all():
        changed = {
            one.name: new
            for one in texts
            if (new := _without(row[one.name], wanted, pseudonym, table.name)) != row[one.name]
        }
        if changed:
            same = [key == bindparam(f"key_{key.name}", row[key.name]) for key in keys]
            connection.execute(table.update().where(*same).values(changed))
            count += 1
    return count


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, AutoString | JSON)


def _without(value: Any, wanted: str, pseudonym: str, table: str) -> Any:
    """The value with the pseudonym in place of the person; JSON is gone through."""
    if isinstance(value, str):
        if table in HOLD_MESSAGES:
            return value.replace(wanted, pseudonym)
        return pseudonym if value == wanted else value
    if isinstance(value, dict):
        return {name: _without(one, wanted, pseudonym, table) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, wanted, pseudonym, table) for one in value]
    return value
