"""What customers answered to surveys, as known at `now`: NPS, CSAT and CES with their scale."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_qty
from storage.links import Key
from storage.models._types import instant_to_int, int_to_instant


@dataclass(frozen=True, slots=True)
class Voice:
    """One answer. kind: nps, csat or ces; `scale` is its highest score, null where not told.

    `company` is null where nobody knows who answered; `who` is the account that did.
    """

    key: Key
    company: Key | None
    who: Key | None
    kind: str
    score: Decimal | None
    scale: int | None
    at: datetime
    on: date
    comment: str | None = None


def voices(
    session: Session, now: datetime, who: Mapping[Key, Key], kind: str | None = None
) -> Iterator[Voice]:
    """All answers before `now`, oldest first; of one kind where it is given."""
    bound = {"now": instant_to_int(now), "kind": kind or ""}
    for row in session.execute(text(_VOICES), bound).mappings():
        ref = (row["source"], row["account_ref"]) if row["account_ref"] else None
        yield Voice(
            (row["source"], row["source_id"]), who.get(ref) if ref else None, ref, row["kind"],
            None if row["score"] is None else as_qty(row["score"]), row["scale"],
            int_to_instant(row["responded_at"]), date.fromisoformat(row["responded_on"]),
            row["comment"],
        )  # fmt: skip


_VOICES = """
SELECT source, source_id, account_ref, kind, score, scale, responded_at, responded_on, comment
  FROM surveyresponse
 WHERE deleted_at IS NULL AND responded_at < :now AND (:kind = '' OR kind = :kind)
 ORDER BY responded_at, source, source_id"""
