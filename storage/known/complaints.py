"""What customers complained of at `now`: their tickets, and their bad answers to surveys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import text
from sqlmodel import Session

from storage.known.customers import identities
from storage.links import Key
from storage.models._types import QTY_SCALE, instant_to_int


@dataclass(frozen=True, slots=True)
class Complaint:
    """A ticket, or an answer that says that a customer is not content.

    `customer` is the one key of the company (`identities`); null where nobody is named. `text` is
    the ticket's subject or the answer's comment.
    """

    on: date
    customer: Key | None
    kind: Literal["ticket", "survey"]
    text: str | None = None


def complaints(
    session: Session, now: datetime, who: Mapping[Key, Key] | None = None
) -> list[Complaint]:
    """All tickets, and the survey answers that are bad, by day.

    Bad is 0 to 6 of an NPS, and the lower two fifths of a satisfaction scale; an answer about
    effort is none, as vendors disagree on which end is bad.
    """
    known = identities(session) if who is None else who
    bounds = {"now": instant_to_int(now), "detractor": 6 * QTY_SCALE, "one": QTY_SCALE}
    return [
        Complaint(
            date.fromisoformat(row.happened_on),
            known.get((row.source, row.account_ref)) if row.account_ref else None,
            row.kind,
            row.words,
        )
        for row in session.execute(text(_COMPLAINTS), bounds)
    ]


def heard(session: Session, who: Mapping[Key, Key]) -> frozenset[Key]:
    """The companies that have an account: if they complained it would be known."""
    rows = session.execute(text("SELECT source, source_id FROM account WHERE deleted_at IS NULL"))
    return frozenset(who[source, ref] for source, ref in rows if (source, ref) in who)


_COMPLAINTS = """
SELECT source, account_ref, opened_on AS happened_on, 'ticket' AS kind, subject AS words
  FROM ticket WHERE deleted_at IS NULL AND opened_at < :now
UNION ALL
SELECT source, account_ref, responded_on, 'survey', comment
  FROM surveyresponse
 WHERE deleted_at IS NULL AND responded_at < :now
   AND ((kind = 'nps' AND score <= :detractor)
     OR (kind = 'csat' AND scale IS NOT NULL AND 5 * score <= 2 * scale * :one))
 ORDER BY 3, 1, 2, 4, 5"""
