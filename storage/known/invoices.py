"""Invoices to customers and from suppliers as known at `now`, and whether they were paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_money
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill without tax, negative for a credit note. direction: out to a customer, in from a
    supplier. `paid_on` is null while it is unpaid."""

    direction: Literal["out", "in"]
    amount: Decimal | None
    currency: str | None
    issued_on: date
    paid_on: date | None


def invoices(session: Session, now: datetime) -> Iterator[Invoice]:
    """All bills issued before `now`, of both directions."""
    for row in session.execute(text(_INVOICES), {"now": instant_to_int(now)}):
        paid_on = date.fromisoformat(row.paid_on) if row.paid_on else None
        yield Invoice(
            row.direction, as_money(row.amount), row.currency, date.fromisoformat(row.issued_on),
            paid_on,
        )  # fmt: skip


_INVOICES = """
SELECT direction, amount, currency, issued_on,
       CASE WHEN paid_at < :now THEN paid_on END AS paid_on
  FROM invoice
 WHERE deleted_at IS NULL AND direction IN ('in', 'out') AND issued_at < :now
 ORDER BY issued_at, source, source_id"""
