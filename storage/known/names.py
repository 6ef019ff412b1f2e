"""The names that a question can be about, and the one that was in use last."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import Named
from storage.models._types import instant_to_int


def names(session: Session, kinds: Sequence[str]) -> list[Named]:
    """All living names of the given kinds: supplier, customer, item, category, site, account."""
    found = []
    for kind in kinds:
        table, condition = _NAMES[kind]
        rows = session.execute(
            text(f"SELECT source, source_id, name FROM {table} WHERE deleted_at IS NULL{condition}")
        )
        found += [Named(kind, source, ref, name) for source, ref, name in rows]
    return found


def latest(session: Session, now: datetime, kind: str) -> Named | None:
    """The supplier or customer of the last order known at `now`: a name that has an answer."""
    table, ref = {"supplier": ("purchaseorder", "supplier_ref"),
                  "customer": ("salesorder", "customer_ref")}[kind]  # fmt: skip
    row = session.execute(
        text(f"""
SELECT p.source, p.source_id, p.name FROM {table} o
  JOIN party p ON p.source = o.source AND p.source_id = o.{ref}
 WHERE o.deleted_at IS NULL AND p.deleted_at IS NULL AND o.ordered_at < :now
 ORDER BY o.ordered_at DESC, p.name LIMIT 1"""),
        {"now": instant_to_int(now)},
    ).first()
    return Named(kind, *row) if row else None


def currencies(session: Session) -> set[str]:
    """All currencies that an order, an invoice or a rate is in."""
    tables = ("purchaseorder", "salesorder", "invoice", "contract", "fxrate")
    union = " UNION ".join(f"SELECT currency FROM {table}" for table in tables)
    return {code for (code,) in session.execute(text(union)) if code}


_NAMES = {
    "supplier": ("party", " AND kind IN ('supplier', 'both')"),
    "customer": ("party", " AND kind IN ('customer', 'both')"),
    "item": ("item", ""),
    "category": (
        (
            "(SELECT DISTINCT source, category AS source_id, category AS name,"
            " deleted_at FROM item WHERE category IS NOT NULL) AS category"
        ),
        "",
    ),
    "site": (
        "location",
        (
            " AND site_ref IS NULL AND COALESCE(kind, '') NOT IN"
            " ('supplier', 'customer', 'production', 'inventory')"
        ),
    ),
    "account": ("account", ""),
}
