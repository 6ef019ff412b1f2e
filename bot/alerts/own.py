"""Rules that people made in Slack: kept in the store, told to whom they are for."""

from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from bot.alerts.rule import Rule
from storage.models import AlertRule

MOST = 20


def all_rules(session: Session) -> list[Rule]:
    """The rules to evaluate, as those of leadline.toml are."""
    query = select(AlertRule).where(col(AlertRule.ended_at).is_(None)).order_by(col(AlertRule.id))
    return [read(one) for one in session.exec(query)]


def read(row: AlertRule) -> Rule:
    """The rule that a row keeps."""
    return msgspec.convert({**row.rule, "id": f"own:{row.id}"}, Rule)


def keep(session: Session, rule: Rule, owner: str, now: datetime) -> AlertRule:
    """Keeps a rule, in the caller's transaction; the row's id makes that of the rule."""
    row = AlertRule(
        owner=owner, channel=rule.channel, rule=msgspec.to_builtins(rule), created_at=now,
        changed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def rules_of(session: Session, owner: str) -> list[AlertRule]:
    """What a person has, the newest first."""
    query = select(AlertRule).where(AlertRule.owner == owner, col(AlertRule.ended_at).is_(None))
    return list(session.exec(query.order_by(col(AlertRule.id).desc())))


def end(session: Session, owner: str, number: int, now: datetime) -> bool:
    """Gives up a rule, in the caller's transaction; false where it is not this person's."""
    found = session.get(AlertRule, number)
    if found is None or found.owner != owner or found.ended_at:
        return False
    found.ended_at = now
    session.add(found)
    return True
