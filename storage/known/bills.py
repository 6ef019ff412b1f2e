"""Invoices to customers as known at `now`, and whether they were paid by then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_day, as_money
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill to a company, without tax; negative for a credit note. Unpaid: `paid_on` is null."""

    company: Key
    number: str | None
    amount: Decimal | None
    currency: str | None
    issued_on: date
    due_on: date | None
    paid_on: date | None


def bills(session: Session, now: datetime, who: Mapping[Key, Key]) -> Iterator[Bill]:
    """All bills to customers issued before `now`, oldest first."""
    for row in session.execute(text(_BILLS), {"now": instant_to_int(now)}).mappings():
        if company := who.get((row["source"], row["party_ref"])):
            yield Bill(
                company, row["number"], as_money(row["amount"]), row["currency"],
                date.fromisoformat(row["issued_on"]), as_day(row["due_on"]),
                as_day(row["paid_on"]),
            )  # fmt: skip


_BILLS = """
SELECT source, party_ref, number, amount, currency, issued_on, due_on,
       CASE WHEN paid_at < :now THEN paid_on END AS paid_on
  FROM invoice
 WHERE deleted_at IS NULL AND direction = 'out' AND party_ref IS NOT NULL AND issued_at < :now
 ORDER BY issued_at, source, source_id"""
