"""What people are called who did something about an alert, and what they did, in words.

A name is shown instead of a mention, as Slack would ping whoever is mentioned.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from bot.alerts.card import SOMEONE, Acts
from storage.models import Deed, SlackName

# what one can say that one did
DONE = {
    "expedite": "Expedited it", "call": "Called them", "credit": "Gave a credit",
    "substitute": "Substituted it", "other": "Something else",
}  # fmt: skip

# of who assigns it to themselves
TAKEN = "{by} takes care of it."


def names_of(session: Session, users: Iterable[str | None]) -> dict[str, str]:
    """What Slack users are called, where that is known."""
    wanted = sorted({one for one in users if one})
    if not wanted:
        return {}
    query = select(SlackName).where(col(SlackName.slack_user).in_(wanted))
    return {one.slack_user: one.name for one in session.exec(query)}


def keep_name(session: Session, user: str, name: str, now: datetime) -> None:
    """Writes down what a Slack user is called, in the caller's transaction."""
    found = session.get(SlackName, user)
    if found is None:
        session.add(SlackName(slack_user=user, name=name, at=now))
    elif found.name != name:
        found.name, found.at = name, now
        session.add(found)
    session.flush()


def acts_of(session: Session, message: str, owner: str, *, is_over: bool) -> Acts:
    """What people did about the alert of a message.

    That one is acknowledged is a part of how it stands, so it is told here only once it is over.
    """
    query = select(Deed).where(Deed.message == message).order_by(col(Deed.id))
    deeds = list(session.exec(query))
    assigned = [one.note for one in deeds if one.what == "assigned"]
    names = names_of(session, [owner, *(one.owner for one in deeds), *assigned])
    told = [one for one in deeds if is_over or one.what != "acknowledged"]
    return Acts(tuple(_told(one, names) for one in told), names)


def _told(deed: Deed, names: dict[str, str]) -> str:
    by = names.get(deed.owner, SOMEONE)
    if deed.what == "acknowledged":
        return f"Acknowledged by {by}."
    if deed.what == "assigned" and deed.note == deed.owner:
        return TAKEN.format(by=by)
    if deed.what == "assigned":
        return f"Assigned to {names.get(deed.note, SOMEONE)} by {by}."
    if deed.what in ("snoozed", "muted"):
        return f"{deed.what.capitalize()} by {by} {deed.note}."
    note = f": {deed.note}" if deed.note else ""
    return f"{DONE.get(deed.what, deed.what)} ({by}){note}"
