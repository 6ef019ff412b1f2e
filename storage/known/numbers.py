"""Orders by the numbers that people write of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session

from storage.known._rows import Named
from storage.models._types import instant_to_int

TABLES = {"purchase": "purchaseorder", "sale": "salesorder"}


def orders_numbered(
    session: Session, now: datetime, kinds: Sequence[str], numbers: Sequence[str]
) -> list[Named]:
    """Orders known at `now` whose number is one of these as written; kinds: purchase, sale."""
    found = []
    for kind in kinds:
        query = text(
            f"SELECT source, source_id, number FROM {TABLES[kind]}"
            " WHERE deleted_at IS NULL AND ordered_at < :now AND number IN :numbers"
            " ORDER BY source, source_id"
        ).bindparams(bindparam("numbers", expanding=True))
        rows = session.execute(query, {"now": instant_to_int(now), "numbers": list(numbers)})
        found += [Named(kind, source, ref, number) for source, ref, number in rows]
    return found
