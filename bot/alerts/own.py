"""Rules that people made in Slack: kept in the store, told to whom they are for, changed by few."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import or_
from sqlmodel import Session, col, select

from bot.access import Access
from bot.alerts.rule import Rule
from storage.episode_rows import among
from storage.episodes import begin_anew, cut_short
from storage.models import AlertRule, Audit, Silence

MOST = 20
OWN = "own:"
# what a rule watches: with another of these what it saw before says nothing of what it sees now
WATCHED = ("ask", "figure", "each", "kind", "versus", "scope", "team")


def all_rules(session: Session) -> list[Rule]:
    """The rules to evaluate, as those of leadline.toml are."""
    query = select(AlertRule).where(col(AlertRule.ended_at).is_(None)).order_by(col(AlertRule.id))
    return [read(one) for one in session.exec(query)]


def read(row: AlertRule) -> Rule:
    """The rule that a row keeps."""
    return msgspec.convert({**row.rule, "id": f"{OWN}{row.id}"}, Rule)


def row_of(session: Session, number: str, *, to_write: bool = False) -> AlertRule | None:
    """The row of a rule by its number, with or without "own:"; null where there is none.

    Nobody else changes it meanwhile if it is `to_write`.
    """
    digits = number.removeprefix(OWN)
    if not (digits.isascii() and digits.isdigit()):
        return None
    return session.get(AlertRule, int(digits), with_for_update=to_write or None)


def rules_of(session: Session, owner: str) -> list[AlertRule]:
    """What a person has, the newest first."""
    query = select(AlertRule).where(AlertRule.owner == owner, col(AlertRule.ended_at).is_(None))
    return list(session.exec(query.order_by(col(AlertRule.id).desc())))


def may_change(access: Access, row: AlertRule, user: str) -> bool:
    """Whether a person may change a rule: its owner and operators may."""
    return row.owner == user or access.of_person(user).is_operator


def keep(session: Session, rule: Rule, owner: str, now: datetime) -> AlertRule:
    """Keeps a rule, in the caller's transaction; the row's id makes that of the rule."""
    row = AlertRule(
        owner=owner, channel=rule.channel, rule=msgspec.to_builtins(rule), created_at=now,
        changed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    note(session, f"{OWN}{row.id}", owner, "made", now, after=row.rule)
    return row


def change(session: Session, row: AlertRule, rule: Rule, who: str, now: datetime) -> None:
    """Puts a rule in the place of another, in the caller's transaction.

    What runs goes on, with the new threshold. Where it watches something else what ran has no
    figure any more: it ends, and what the data were like is forgotten. Where it is told elsewhere
    what runs ends too, and what still fires is told there.
    """
    before, old = dict(row.rule), read(row)
    row.rule, row.channel, row.changed_at = msgspec.to_builtins(rule), rule.channel, now
    session.add(row)
    if is_other(old, rule) or old.channel != rule.channel:
        cut_short(session, old.id, now)
    if is_other(old, rule):
        begin_anew(session, old.id)
    note(session, old.id, who, "changed", now, before=before, after=row.rule)


def is_other(old: Rule, new: Rule) -> bool:
    """Whether a rule watches something else than it did, or the other side of a threshold."""
    is_turned = _is_upper(old) != _is_upper(new)
    return is_turned or any(getattr(old, one) != getattr(new, one) for one in WATCHED)


def _is_upper(rule: Rule) -> bool:
    return rule.when.lower().startswith(("above", "at least"))


def as_read(session: Session, rules: Iterable[Rule]) -> set[str]:
    """The ids of those that still are what they were when they were read; until the transaction
    ends nobody changes them. Those of leadline.toml can't change.
    """
    known = {rule.id: rule for rule in rules}
    numbers = [int(one.removeprefix(OWN)) for one in known if one.startswith(OWN)]
    if not numbers:
        return set(known)
    query = select(AlertRule).where(among(session.connection(), col(AlertRule.id), numbers))
    rows = session.exec(query.order_by(col(AlertRule.id)).with_for_update(read=True))
    same = {now.id for row in rows if not row.ended_at and (now := read(row)) == known[now.id]}
    return same | {one for one in known if not one.startswith(OWN)}


def end(session: Session, row: AlertRule, who: str, now: datetime) -> bool:
    """Gives up a rule and ends what runs of it, in the caller's transaction; false where it was
    given up before. If it is taken back it begins anew.
    """
    if row.ended_at:
        return False
    row.ended_at = now
    session.add(row)
    cut_short(session, f"{OWN}{row.id}", now)
    begin_anew(session, f"{OWN}{row.id}")
    note(session, f"{OWN}{row.id}", who, "given up", now, before=row.rule)
    return True


def take_back(session: Session, row: AlertRule, who: str, now: datetime) -> bool:
    """Watches a rule again that was given up; false where it was not."""
    if row.ended_at is None:
        return False
    row.ended_at = None
    session.add(row)
    note(session, f"{OWN}{row.id}", who, "taken back", now, after=row.rule)
    return True


def active(session: Session) -> set[str]:
    """The ids of the rules that are not given up."""
    query = select(AlertRule.id).where(col(AlertRule.ended_at).is_(None))
    return {f"{OWN}{one}" for one in session.exec(query)}


def silence(
    session: Session, rule: str, who: str, lasts: timedelta | None, now: datetime
) -> Silence:
    """Tells nothing of a rule for a while, or until someone ends that; in the caller's transaction.

    One that is silent already is so for as long as is said now.
    """
    for one in silences(session, rule, now):
        one.ended_at = now
        session.add(one)
    until = now + lasts if lasts else None
    made = Silence(rule=rule, owner=who, begun_at=now, until=until)
    session.add(made)
    note(session, rule, who, "silenced", now, after={"until": until.isoformat() if until else None})
    return made


def end_silence(session: Session, rule: str, who: str, now: datetime) -> bool:
    """Tells of a rule again; false where it was not silent."""
    found = silences(session, rule, now)
    for one in found:
        one.ended_at = now
        session.add(one)
    if found:
        note(session, rule, who, "silence ended", now)
    return bool(found)


def silences(session: Session, rule: str, now: datetime) -> Sequence[Silence]:
    """What keeps the whole of a rule silent now; of all rules where `rule` is empty."""
    query = select(Silence).where(
        Silence.rule == rule, Silence.entity == "", col(Silence.ended_at).is_(None),
        or_(col(Silence.until).is_(None), col(Silence.until) > now),
    )  # fmt: skip
    return session.exec(query).all()


def note(
    session: Session, rule: str, who: str, action: str, now: datetime, *,
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Writes down who did what to a rule."""
    what = f"rule {rule}"
    session.add(Audit(at=now, who=who, what=what, action=action, before=before, after=after))
