"""How the sending does: what waits, what failed, and what nobody can tell arrived."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from storage.models import Outbox

WAITING = ("pending", "unsure", "sending")
LATELY = timedelta(days=1)
# An edit of a message that was deleted, or that was never sent, is nobody's loss.
DELETED = "message_not_found"
PARENTLESS = "the message that it belongs to was not sent"


@dataclass(frozen=True)
class Delivery:
    """Messages that are due and wait, and those that failed or may have arrived in the last day.

    `why` is the newest reason among them; null where nothing went wrong.
    """

    waiting: int
    failed: int
    unknown: int
    why: str | None

    @property
    def is_well(self) -> bool:
        return not (self.waiting or self.failed or self.unknown)


def delivery(session: Session, now: datetime) -> Delivery:
    """What is told of the outbox at `now`."""
    concerned = or_(_waits(now), _is_lost(now))
    query = select(Outbox.state, func.count()).where(concerned).group_by(Outbox.state)
    counts = dict(session.exec(query).all())
    reasons = select(Outbox.error).where(concerned, col(Outbox.error).is_not(None))
    newest = reasons.order_by(col(Outbox.claimed_at).desc(), col(Outbox.id).desc()).limit(1)
    return Delivery(
        sum(counts.get(one, 0) for one in WAITING),
        counts.get("failed", 0),
        counts.get("doubt", 0),
        session.exec(newest).first(),
    )


def _waits(now: datetime) -> ColumnElement[bool]:
    due = or_(col(Outbox.not_before).is_(None), col(Outbox.not_before) <= now)
    return and_(col(Outbox.state).in_(WAITING), due)


def _is_lost(now: datetime) -> ColumnElement[bool]:
    is_needless = and_(col(Outbox.kind) == "edit", col(Outbox.error).in_((DELETED, PARENTLESS)))
    return and_(
        col(Outbox.state).in_(("failed", "doubt")),
        col(Outbox.claimed_at) > now - LATELY,
        ~is_needless,
    )
