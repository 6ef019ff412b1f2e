"""Tickets as known at `now`, with the company that called, its subject and what was done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_day
from storage.links import Key
from storage.models._types import instant_to_int, int_to_instant


@dataclass(frozen=True, slots=True)
class Case:
    """A call for help. `answered_at` (first response) and `closed_at` are null until then.

    `company` is null where nobody knows whose it is. `status` is the source's own and the last.
    """

    key: Key
    company: Key | None
    number: str | None
    subject: str | None
    status: str | None
    priority: str | None
    opened_at: datetime
    opened_on: date
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_on: date | None = None


def cases(session: Session, now: datetime, who: Mapping[Key, Key]) -> Iterator[Case]:
    """All tickets opened before `now`, oldest first."""
    for row in session.execute(text(_CASES), {"now": instant_to_int(now)}).mappings():
        answered, closed = row["answered_at"], row["closed_at"]
        yield Case(
            (row["source"], row["source_id"]),
            who.get((row["source"], row["account_ref"] or "")),
            row["number"], row["subject"], row["status"], row["priority"],
            int_to_instant(row["opened_at"]), date.fromisoformat(row["opened_on"]),
            None if answered is None else int_to_instant(answered),
            None if closed is None else int_to_instant(closed),
            as_day(row["closed_on"]),
        )  # fmt: skip


_CASES = """
SELECT source, source_id, account_ref, number, subject, status, priority, opened_at, opened_on,
       CASE WHEN first_response_at < :now THEN first_response_at END AS answered_at,
       CASE WHEN closed_at < :now THEN closed_at END AS closed_at,
       CASE WHEN closed_at < :now THEN closed_on END AS closed_on
  FROM ticket WHERE deleted_at IS NULL AND opened_at < :now
 ORDER BY opened_at, source, source_id"""
