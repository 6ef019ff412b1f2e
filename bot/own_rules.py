"""Rules that people made in Slack: kept in the store, told to whom they are for."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from bot.settings import Rule
from storage.models import OwnRule

MOST = 20
WRITTEN = re.compile(r"(\D*[\d.]*(?: ?%)?) ?(.*)")


def all_rules(session: Session) -> list[Rule]:
    """The rules to evaluate, as those of leadline.toml are."""
    query = select(OwnRule).where(col(OwnRule.ended_at).is_(None)).order_by(col(OwnRule.id))
    return [_rule(one) for one in session.exec(query)]


def _rule(own: OwnRule) -> Rule:
    """A threshold is kept as it was told, "above 40 days"; one that is a count bears no unit."""
    found = WRITTEN.match(own.fires_when)
    assert found  # whatever the text is
    when, unit = found.groups()
    return Rule(f"own:{own.id}", own.ask, when, own.channel, own.clears_when, own.title, unit=unit)


def rules_of(session: Session, owner: str) -> list[OwnRule]:
    """What a person has, the newest first."""
    query = select(OwnRule).where(OwnRule.owner == owner, col(OwnRule.ended_at).is_(None))
    return list(session.exec(query.order_by(col(OwnRule.id).desc())))


def end(session: Session, owner: str, number: int, now: datetime) -> bool:
    """Gives up a rule, in the caller's transaction; false where it is not this person's."""
    found = session.get(OwnRule, number)
    if found is None or found.owner != owner or found.ended_at:
        return False
    found.ended_at = now
    session.add(found)
    return True
