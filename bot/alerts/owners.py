"""Who the owners in the data are in Slack: found by their e-mail address, set right by a person."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import Session, col, select

from bot.post import FAILURES
from storage.known.owner_names import owner_names
from storage.known.owners import owners
from storage.models import Audit, Heartbeat, OwnerLink
from storage.store import Store

MAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,255}$")
# Slack is asked that seldom about addresses, and about so many of them at a time
EVERY = timedelta(hours=6)
ASKED_AGAIN = timedelta(days=7)
MOST_AT_ONCE = 40
BEAT = "owners"
ABSENT = "users_not_found"


def plain(name: str) -> str:
    """An owner's name or address as `OwnerLink` has it: without regard to case and spacing."""
    return re.sub(r"\s+", " ", name).casefold().strip()


def users_of(session: Session, entities: Sequence[str], now: datetime) -> list[str]:
    """The Slack users who look after some entities, those of the first one first."""
    of = owners(session, entities, now)
    names = [name for one in entities for name in sorted(map(plain, of[one]))]
    linked = _linked(session, names)
    return list(dict.fromkeys(linked[name] for name in names if linked.get(name)))


def links(session: Session) -> dict[str, OwnerLink | None]:
    """Everyone whom the data names, or a person has set, with who that is; null: not known."""
    found: dict[str, OwnerLink | None] = {plain(one): None for one in owner_names(session)}
    return found | {one.name: one for one in session.exec(select(OwnerLink))}


def correct(session: Session, name: str, user: str, by: str, now: datetime) -> None:
    """A person's word on who an owner is, in the caller's transaction; nobody if `user` is empty.

    It stands until a person says otherwise: no address displaces it. Who said it is kept.
    """
    link = session.get(OwnerLink, plain(name))
    before = {"slack_user": link.slack_user} if link else None
    session.add(Audit(at=now, who=by, what=_what(name), action="set", before=before,
                      after={"slack_user": user}))  # fmt: skip
    _keep(session, plain(name), user, by, now)


def corrections(session: Session, name: str) -> list[Audit]:
    """What people said of who an owner is, the newest first."""
    query = select(Audit).where(Audit.what == _what(name))
    return list(session.exec(query.order_by(col(Audit.id).desc())))


def _what(name: str) -> str:
    return f"owner {plain(name)}"


def refresh(store: Store, client: WebClient, now: datetime) -> None:
    """Looks up the owners with an e-mail address that nobody was found for yet, now and then.

    Works without the scope for it: then only those are known that a person has set.
    """
    with store.reader() as session:
        beat = session.get(Heartbeat, BEAT)
        if beat and beat.at <= now < beat.at + EVERY:
            return
        wanted = _unknown(session, now)
    found = dict(_looked_up(client, wanted[:MOST_AT_ONCE]))
    with store.writer() as session:
        for name, user in found.items():
            _keep(session, name, user, None, now)
        session.merge(Heartbeat(name=BEAT, at=now))


def _unknown(session: Session, now: datetime) -> list[str]:
    """The addresses to ask for: those never asked for first, then those not found long ago."""
    known = {one.name: one for one in session.exec(select(OwnerLink))}
    mails = sorted({plain(one) for one in owner_names(session) if MAIL.match(plain(one))})
    old = [one for one in mails if (link := known.get(one)) and _is_due(link, now)]
    return [one for one in mails if one not in known] + old


def _is_due(link: OwnerLink, now: datetime) -> bool:
    return link.said_by is None and not link.at <= now < link.at + ASKED_AGAIN


def _looked_up(client: WebClient, mails: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each address with its user, "" where there is none; as far as Slack lets us ask now."""
    for mail in mails:
        try:
            yield mail, str(client.users_lookupByEmail(email=mail)["user"]["id"])
        except SlackApiError as error:
            if error.response.get("error") != ABSENT:
                return
            yield mail, ""
        except FAILURES:
            return


def _keep(session: Session, name: str, user: str, by: str | None, now: datetime) -> None:
    link = session.get(OwnerLink, name) or OwnerLink(name=name, slack_user=user, at=now)
    if by is None and link.said_by is not None:
        return  # a person said so meanwhile
    link.slack_user, link.said_by, link.at = user, by, now
    session.add(link)


def _linked(session: Session, names: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(names))
    query = select(OwnerLink).where(col(OwnerLink.name).in_(wanted))
    return {one.name: one.slack_user for one in session.exec(query)}
