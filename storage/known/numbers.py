"""By which numbers the store knows order lines that are named by their keys."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from storage.known._kept_sql import SALES
from storage.known._rows import among, bound
from storage.links import Key


def sales_numbers(session: Session, keys: Iterable[Key]) -> dict[Key, int]:
    """The number of each sales line; those that the store does not hold are left out."""
    refs: dict[str, list[str]] = defaultdict(list)
    for source, ref in keys:
        refs[source].append(ref)
    found: dict[Key, int] = {}
    for source, theirs in refs.items():
        query = text(_NUMBERS.format(among=among(session)))
        rows = session.execute(query, {"source": source, "refs": bound(session, theirs)})
        found.update(((source, ref), number) for ref, number in rows)
    return found


_NUMBERS = f"SELECT source_id, id FROM {SALES.line} WHERE source = :source AND source_id {{among}}"
