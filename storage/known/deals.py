"""Opportunities as known at `now`: what they are for, what they may bring, and how they ended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_day, as_money, at_now
from storage.links import Key
from storage.models._types import instant_to_int, int_to_instant


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal. kind: new, renewal, upsell or the source's own. `is_won` is null while it is open.

    `closes_on` is the day last seen by then, null where none was; `closed_at` when it closed.
    """

    key: Key
    company: Key | None
    name: str | None
    kind: str | None
    stage: str | None
    amount: Decimal | None
    currency: str | None
    closes_on: date | None
    closed_at: datetime | None
    is_won: bool | None
    owner: str | None


def deals(session: Session, now: datetime, who: Mapping[Key, Key]) -> Iterator[Deal]:
    """All deals first seen, or closed, before `now`, by the day on which they are to close."""
    stamp = instant_to_int(now)
    before = at_now(session, "opportunity", now)
    for row in session.execute(text(_DEALS), {"now": stamp, "yes": True}).mappings():
        key = (row["source"], row["source_id"])
        was = before.get(key, {})
        closed = row["closed_at"]
        is_closed = bool(row["is_closed"]) and (closed is None or closed < stamp)
        yield Deal(
            key, who.get((row["source"], row["account_ref"] or "")), row["name"], row["kind"],
            was.get("stage", row["stage"]), as_money(row["amount"]), row["currency"],
            as_day(was.get("closes_on", row["closes_on"])),
            int_to_instant(closed) if is_closed and closed is not None else None,
            bool(row["is_won"]) if is_closed else None, row["owner"],
        )  # fmt: skip


_DEALS = """
SELECT source, source_id, account_ref, name, kind, stage, amount, currency, closes_on, is_closed,
       is_won, closed_at, owner
  FROM opportunity
 WHERE deleted_at IS NULL
   AND (first_seen_at < :now OR (is_closed = :yes AND closed_at < :now))
 ORDER BY closes_on, source, source_id"""
