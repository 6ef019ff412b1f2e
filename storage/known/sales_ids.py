"""Which sales lines are meant, as their numbers in the store, by which they are read."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import numbers
from storage.links import Key


def numbers_of(session: Session, keys: Iterable[Key]) -> dict[Key, int]:
    """The number of each line by its key; those that are not there are left out."""
    return numbers(session, "salesline", keys)


def ids_of_order(session: Session, order: Key) -> list[int]:
    """The lines of an order."""
    rows = session.execute(text(_BY_ORDER), {"source": order[0], "order": order[1]})
    return [id_ for (id_,) in rows]


_BY_ORDER = "SELECT id FROM salesline WHERE source = :source AND order_ref = :order"
