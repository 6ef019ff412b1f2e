"""Digests that people made in Slack: kept in the store, each change of them written down."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from sqlmodel import Session, col, select

from bot.digests.plan import Digest, Plan, legs
from bot.digests.run import begin
from bot.schedule import Due, upcoming
from commands import Command, FollowUp, Grant
from commands._audience import may_ask
from storage.models import Audit, DigestPlan

MOST = 20
OWN = "own:"


def all_plans(session: Session) -> list[Plan]:
    """All that is made in Slack and not ended, the oldest first."""
    query = select(DigestPlan).where(col(DigestPlan.ended_at).is_(None))
    return [read(one) for one in session.exec(query.order_by(col(DigestPlan.id)))]


def read(row: DigestPlan) -> Plan:
    """The digest that a row keeps, and where it stands."""
    digest = msgspec.convert({**row.plan, "id": f"{OWN}{row.id}", "owner": row.owner}, Digest)
    return Plan(digest, row.id, row.paused_at is not None, row.skips)


def of_channel(plans: Iterable[Plan], channel: str) -> list[Plan]:
    """Those that go to a channel."""
    return [one for one in plans if channel in (one.digest.channel, *one.digest.also)]


def of_person(plans: Iterable[Plan], user: str) -> list[Plan]:
    """Those that a person made, or gets."""
    return [one for one in plans if user == one.digest.owner or of_channel([one], user)]


def found(session: Session, number: int) -> Plan | None:
    """One that is not ended, by its number."""
    row = session.get(DigestPlan, number)
    return None if row is None or row.ended_at else read(row)


def ended(session: Session, number: int) -> Plan | None:
    """One that was given up, by its number."""
    row = session.get(DigestPlan, number)
    return read(row) if row is not None and row.ended_at else None


def may_change(plan: Plan, user: str, *, is_operator: bool) -> bool:
    """Whether a person may change a digest: who made it, and who runs Leadline."""
    return not plan.is_fixed and (user == plan.digest.owner or is_operator)


def may_see(plan: Plan, grant: Grant, registry: Mapping[str, Command]) -> bool:
    """Whether a person may see some of what a digest is about."""
    return any(may_ask(FollowUp("", line), grant, registry) for line in plan.digest.ask)


def keep(session: Session, digest: Digest, owner: str, now: datetime) -> Plan:
    """Keeps a new digest, in the caller's transaction; the row's id makes that of the digest."""
    row = DigestPlan(
        owner=owner, channel=digest.channel, plan=_written(digest), created_at=now, changed_at=now
    )
    session.add(row)
    session.flush()
    made = read(row)
    begin(session, made.digest, now)
    _audit(session, row, owner, "made", None, now)
    return made


def change(session: Session, number: int, digest: Digest, who: str, now: datetime) -> bool:
    """Puts another digest in the place of one; a place that is new owes nothing of before."""

    def changed(row: DigestPlan) -> None:
        known = {leg.id for leg in legs(read(row).digest)}
        row.plan, row.channel = _written(digest), digest.channel
        for leg in legs(read(row).digest):
            if leg.id not in known:
                begin(session, leg, now)

    return _change(session, number, who, "changed", now, changed)


def pause(session: Session, number: int, who: str, now: datetime) -> bool:
    """Nothing is due any more, until it goes on."""

    def paused(row: DigestPlan) -> None:
        row.paused_at = row.paused_at or now

    return _change(session, number, who, "paused", now, paused)


def go_on(session: Session, number: int, who: str, now: datetime) -> bool:
    """It is due again; nothing of the time in which it was paused."""

    def going_on(row: DigestPlan) -> None:
        row.paused_at = None
        begin(session, read(row).digest, now)

    return _change(session, number, who, "went on", now, going_on)


def skip_next(session: Session, number: int, who: str, now: datetime) -> bool:
    """Leaves out the next period, once; again what is left out already is not."""

    def skipped(row: DigestPlan) -> None:
        coming = next_due(read(row).digest, now)
        period = coming.period if coming else None
        row.skips = None if row.skips == period else period

    return _change(session, number, who, "skips", now, skipped)


def end(session: Session, number: int, who: str, now: datetime) -> bool:
    """Gives it up; it can be restored."""

    def over(row: DigestPlan) -> None:
        row.ended_at = now

    return _change(session, number, who, "ended", now, over)


def restore(session: Session, number: int, who: str, now: datetime) -> bool:
    """Takes back that it was given up; nothing of the time between is due."""
    row = session.get(DigestPlan, number)
    if row is None or row.ended_at is None:
        return False
    before = _state(row)
    row.ended_at, row.changed_at = None, now
    begin(session, read(row).digest, now)
    _audit(session, row, who, "restored", before, now)
    session.add(row)
    return True


def next_due(digest: Digest, now: datetime) -> Due | None:
    """The next period; null for a schedule that has an end."""
    return next(islice(upcoming(digest.cron, digest.zone, now), 1), None)


def changes(session: Session, number: int) -> Sequence[Audit]:
    """What was done to a digest, the newest first."""
    query = select(Audit).where(Audit.what == f"digest {OWN}{number}")
    return list(session.exec(query.order_by(col(Audit.id).desc())))


def _change(
    session: Session,
    number: int,
    who: str,
    action: str,
    now: datetime,
    make: Callable[[DigestPlan], None],
) -> bool:
    """Changes a row in the caller's transaction and writes down who did; false if it is gone.

    Two who change it at once: the later one waits, and changes what the first one made.
    """
    query = select(DigestPlan).where(DigestPlan.id == number).with_for_update()
    row = session.exec(query).first()
    if row is None or row.ended_at:
        return False
    before = _state(row)
    make(row)
    row.changed_at = now
    _audit(session, row, who, action, before, now)
    session.add(row)
    return True


def _written(digest: Digest) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(digest)
    return made


def _state(row: DigestPlan) -> dict[str, Any]:
    return {
        "plan": row.plan, "paused": row.paused_at is not None, "skips": row.skips,
        "ended": row.ended_at is not None,
    }  # fmt: skip


def _audit(
    session: Session,
    row: DigestPlan,
    who: str,
    action: str,
    before: dict[str, Any] | None,
    now: datetime,
) -> None:
    what = f"digest {OWN}{row.id}"
    session.add(Audit(at=now, who=who, what=what, action=action, before=before, after=_state(row)))
