"""Which of the entities that a rule watches are its owner's, or those of a team."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from bot.alerts.figures import Figures, Why
from bot.alerts.owners import plain
from bot.alerts.rule import Rule
from bot.channel import Desk
from commands import Sentence
from storage.known.owners import owners
from storage.models import OwnerLink

NOBODY = "nobody of its scope is known as an owner in the data"
NO_ROWS = "its scope needs figures row by row"


def scoped(desk: Desk, rule: Rule, found: Figures, now: datetime) -> Figures | Why:
    """The figures of what people of the rule's scope look after, as the data names owners.

    What has no owner in the data is in nobody's scope, and is counted in a note. What is in
    another's has no figure: that it changed hands does not mean that it is over.
    """
    if rule.scope == "all":
        return found
    if not (rule.each or rule.kind in ("new", "unusual")):
        return Why("error", NO_ROWS)
    people = {rule.owner} if rule.scope == "mine" else desk.members(rule.team)
    with desk.store.reader() as session:
        theirs = owners(session, found.values, now)
        names = _names_of(session, people)
    if not names:
        return Why("no-data", NOBODY)
    kept = [one for one, of in theirs.items() if names & set(map(plain, of))]
    nobodys = sum(1 for of in theirs.values() if not of)
    return replace(found.only(kept), notes=(*found.notes, *_note(nobodys, found)))


def _names_of(session: Session, people: Iterable[str]) -> set[str]:
    """How the data names some Slack users."""
    known = sorted(filter(None, people))
    query = select(OwnerLink.name).where(col(OwnerLink.slack_user).in_(known))
    return set(map(plain, session.exec(query)))


def _note(count: int, found: Figures) -> tuple[Sentence, ...]:
    if not count:
        return ()
    text = "1 has no owner in the data and is in nobody's scope."
    if count > 1:
        text = f"{count} have no owner in the data and are in nobody's scope."
    return (Sentence(text, found.topics),)
