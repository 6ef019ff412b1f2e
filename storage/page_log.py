"""Which rows pages changed, written with them, so that what is kept in memory can follow."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from storage.store import Store

# the tables that are kept in memory by column
FOLLOWED = frozenset({
    "party", "item", "location", "purchaseorder", "purchaseline", "receipt", "salesorder",
    "salesline", "shipment",
})  # fmt: skip
# the tables of which something is kept that is read anew as a whole: that one changed is enough
WATCHED = frozenset({"stocklevel", "stockmove"})
# of so many pages it is known; who was away for longer reads all there is
PAGES = 2_000


def note(
    connection: Connection, store: Store, entity: str, source: str, refs: Sequence[str]
) -> None:
    """Writes down that rows of a table changed, in the transaction in which they did."""
    if not refs or entity not in FOLLOWED | WATCHED:
        return
    named = list(refs) if entity in FOLLOWED else []
    _insert(connection, store, entity, source, msgspec.json.encode(named).decode())
    connection.exec_driver_sql(
        store.sql("DELETE FROM pagechange WHERE id <= (SELECT MAX(id) FROM pagechange) - ?"),
        (PAGES,),
    )


def note_any(connection: Connection, store: Store) -> None:
    """Writes down that any row may have changed, and forgets which did before."""
    _insert(connection, store, "", "", "[]")
    connection.exec_driver_sql("DELETE FROM pagechange WHERE id < (SELECT MAX(id) FROM pagechange)")


def _insert(connection: Connection, store: Store, entity: str, source: str, refs: str) -> None:
    connection.exec_driver_sql(
        store.sql("INSERT INTO pagechange (entity, source, refs) VALUES (?, ?, ?)"),
        (entity, source, refs),
    )
