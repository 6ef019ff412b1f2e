"""What takes long to read, kept in memory until a page changes the store.

It may hang on the instant of a question only by which events are over: these are part of its key.
"""

from collections.abc import Callable, Hashable, Sized
from typing import TypeVar

from sqlalchemy import text
from sqlmodel import Session

from storage.memory import Memory

# of each name so many rows at most, and under so many keys, the last ones
MOST_ROWS, MOST_KEYS = 100_000, 4
Found = TypeVar("Found", bound=Sized)

_TO_COME = "(SELECT COUNT(*) FROM {} WHERE {} >= :now)"
_PAGES = "SELECT COUNT(*), MAX(id), SUM(id) FROM pagechange"


def remembered(session: Session, name: str, key: Hashable, read: Callable[[], Found]) -> Found:
    """What `read` gives, or gave for the same key when the store was the same. Whoever gets it must
    not change it."""
    memory = session.info.get("memory")
    if not isinstance(memory, Memory):
        return read()
    mark = tuple(session.execute(text(_PAGES)).one())
    held = memory.get(name)
    if held is None or held[0] != mark:
        held = (mark, {})
    found: Found | None = held[1].get(key)
    if found is None:
        found = read()
        if len(found) <= MOST_ROWS:
            others = list(held[1].items())[1 - MOST_KEYS :]
            while sum(len(one) for _, one in others) + len(found) > MOST_ROWS:
                others.pop(0)
            memory.keep(name, (mark, {**dict(others), key: found}))
    return found


def to_come(session: Session, stamp: int, *columns: str) -> tuple[int, ...]:
    """How many rows have each instant (`table.column`) at `stamp` or later: they are not over yet,
    and as long as they are as many, the same is known."""
    counts = ", ".join(_TO_COME.format(*name.split(".")) for name in columns)
    return tuple(session.execute(text(f"SELECT {counts}"), {"now": stamp}).one())
