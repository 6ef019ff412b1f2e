"""Takes a request once: a second one of the same name, also after a restart, is told apart."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from storage.models._types import instant_to_int

# Slack tries an event again for five minutes and takes a signature of five; a day is ample.
KEPT = timedelta(days=1)


def claim(session: Session, key: str, now: datetime) -> bool:
    """Whether `key` is new, in the caller's transaction: its effect and the claim go together."""
    stamp = instant_to_int(now)
    session.execute(
        text("DELETE FROM seenrequest WHERE seen_at < :old"), {"old": stamp - _micros(KEPT)}
    )
    taken = session.execute(
        text("INSERT INTO seenrequest (key, seen_at) VALUES (:key, :now) ON CONFLICT DO NOTHING"),
        {"key": key, "now": stamp},
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]  # an INSERT has one


def _micros(age: timedelta) -> int:
    return age // timedelta(microseconds=1)
