"""Which sales lines are meant, as their numbers in the store, by which they are read."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import among, bound
from storage.links import Key


def numbers_of(session: Session, keys: Iterable[Key]) -> dict[Key, int]:
    """The number of each line by its key; those that are not there are left out."""
    refs: dict[str, list[str]] = defaultdict(list)
    for source, ref in keys:
        refs[source].append(ref)
    query = text(_BY_KEY.format(among=among(session)))
    return {
        (source, ref): id_
        for source, some in refs.items()
        for ref, id_ in session.execute(query, {"source": source, "refs": bound(session, some)})
    }


def ids_of_order(session: Session, order: Key) -> list[int]:
    """The lines of an order."""
    rows = session.execute(text(_BY_ORDER), {"source": order[0], "order": order[1]})
    return [id_ for (id_,) in rows]


_BY_KEY = "SELECT source_id, id FROM salesline WHERE source = :source AND source_id {among}"

_BY_ORDER = "SELECT id FROM salesline WHERE source = :source AND order_ref = :order"
