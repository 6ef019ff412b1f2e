"""`/leadline silence`: a planned maintenance, an alert, or one thing of which nothing is told.

Evaluations go on; what still fires when a silence ends is told then. Whoever may change an alert
may silence it, as a whole or of one supplier, customer or item. In all alerts, and of everything,
only operators may.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from bot.alerts import own
from bot.alerts.listing import Listed, listed
from bot.alerts.standing import at
from bot.blocks import action_id
from bot.dialogs import Feature
from bot.inputs import plain_text
from bot.mrkdwn import bold, cut, section
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Drawn, Replies
from commands import Ask, FollowUp, Grant, Notice
from commands._grammar import TOPIC_OF, find
from storage.entities import entity, read_entity
from storage.known.customers import identities
from storage.models import Silence

UNSILENCE = "unsilence"
SPAN = re.compile(r"^(\d{1,4})(m|h|d)$", re.ASCII)
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=365)
KINDS = ("supplier", "customer", "item")
MOST = 24
EVERYTHING = "everything"
NOTHING = "Nothing is silent. “/leadline silence 2h borealis” silences it for two hours."
HOW = Notice(
    "How long?", "Write a time of up to a year first, like `silence 2h borealis` or `silence 3d`.",
    (FollowUp("What is silent?", "silence"),), error=True,
)  # fmt: skip
OPERATORS = Notice(
    "Not silenced", "Only operators may silence everything. Name one of your alerts, or what one"
    " is about: `silence 2h borealis`.", error=True,
)  # fmt: skip
NO_ALERT = Notice(
    "Not silenced", "You have no alert here that you may change. Operators may silence it in all"
    " alerts.", error=True,
)  # fmt: skip
NOT_YOURS = Notice("Not ended", "Only who began a silence, and operators, may end it.", error=True)


@dataclass(frozen=True)
class Wanted:
    """What is to be silent: pairs of rule and entity, of which an empty one means all."""

    label: str
    pairs: tuple[tuple[str, str], ...]


def silence_page(replies: Replies, words: Sequence[str], user: str, channel: str) -> Drawn | Notice:
    """Silences what the words say, for as long as they say; without words what is silent now."""
    try:
        grant = replies.access.asking(user, channel)
        rules = listed(replies, user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    if not words:
        return _page(replies, user, grant, rules)
    lasts, rest = _lasts(words[0]), " ".join(words[1:])
    if lasts is None:
        return HOW
    wanted = _wanted(replies, rest, user, channel, grant, rules)
    if isinstance(wanted, Notice):
        return wanted
    until = replies.clock() + lasts
    with replies.desk.store.writer() as session:
        for rule, thing in wanted.pairs:
            silence(session, rule, thing, wanted.label, user, replies.clock(), until)
    told = (
        f"I say nothing of **{wanted.label}** until {at(until, replies.zone)}, and go on looking."
    )
    return _page(replies, user, grant, rules, told)


def silence(
    session: Session, rule: str, thing: str, label: str, user: str, now: datetime,
    until: datetime | None,
) -> None:  # fmt: skip
    """Keeps a silence and who began it, in the caller's transaction; `thing` is an entity.

    What is silent already is so for as long as is said now.
    """
    for one in active(session, now):
        if (one.rule, one.entity) == (rule, thing):
            one.ended_at = now
            session.add(one)
    session.add(Silence(
        rule=rule, entity=thing, label=label, owner=user, begun_at=now, until=until
    ))  # fmt: skip
    after = {"entity": thing, "until": until.isoformat() if until else None}
    own.note(session, rule, user, "silenced", now, after=after)


def unsilence(replies: Replies, value: str, user: str, channel: str) -> Drawn | Notice:
    """Ends a silence; what still fires is told at the next look."""
    try:
        grant = replies.access.asking(user, channel)
        rules = listed(replies, user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    now = replies.clock()
    with replies.desk.store.writer() as session:
        digits = value.isascii() and value.isdigit()
        found = session.get(Silence, int(value)) if digits else None
        if found is None or not _may_end(found, user, grant, rules):
            return NOT_YOURS
        if found.ended_at is None:
            found.ended_at = now
            session.add(found)
            own.note(session, found.rule, user, "silence ended", now)
    told = "I speak of it again; what still fires is told now."
    return _page(replies, user, grant, rules, told)


def active(session: Session, now: datetime) -> list[Silence]:
    """The silences that hold now, those that began last first."""
    query = select(Silence).where(
        col(Silence.ended_at).is_(None), or_(col(Silence.until).is_(None), col(Silence.until) > now)
    )
    return list(session.exec(query.order_by(col(Silence.id).desc())))


def _wanted(
    replies: Replies, text: str, user: str, channel: str, grant: Grant, rules: Sequence[Listed]
) -> Wanted | Notice:
    if not text:
        return Wanted(EVERYTHING, (("", ""),)) if grant.is_operator else OPERATORS
    mine = [one for one in rules if one.may_change and one.may_see]
    named = [one for one in mine if text.casefold() in _names(one)]
    if named:
        return Wanted(_title(named[0]), tuple((one.rule.id, "") for one in named))
    ask = Ask(text, replies.clock(), replies.zone, grant, user, channel)
    with replies.desk.store.reader() as session:
        found = find(session, ask, text, KINDS, "silence 2h")
        if isinstance(found, Notice):
            return found
        who = identities(session)
    keys = {(one.kind, (one.source, one.ref)) for one in found}
    keys |= {(kind, who.get(key, key)) for kind, key in keys if kind == "customer"}
    things = sorted(entity(kind, key) for kind, key in keys)  # type: ignore[arg-type]  # of KINDS
    places = [""] if grant.is_operator else [one.rule.id for one in mine]
    if not places:
        return NO_ALERT
    return Wanted(found[0].name, tuple((rule, thing) for rule in places for thing in things))


def _page(
    replies: Replies, user: str, grant: Grant, rules: Sequence[Listed], told: str = ""
) -> Drawn | Notice:
    """What is silent, as far as one may see what it is of; above it what was just done."""
    with replies.desk.store.reader() as session:
        every = active(session, replies.clock())
    seen = [one for one in every if _may_see(one, user, grant, rules)]
    head = f"{len(seen)} silence{'' if len(seen) == 1 else 's'}" if seen else NOTHING
    blocks = [section(bold(f"{told}\n{head}" if told else head))]
    for one in seen[:MOST]:
        block = section(bold(_line(replies, one, rules)))
        if _may_end(one, user, grant, rules):
            block["accessory"] = _button(str(one.id))
        blocks.append(block)
    if len(seen) > MOST:
        blocks.append(section(bold(f"and {len(seen) - MOST} more, which show when these are over")))
    return Drawn(cut(f"{told} {head}".strip().replace("**", ""), 300), blocks)


def _line(replies: Replies, one: Silence, rules: Iterable[Listed]) -> str:
    until = f"until {at(one.until, replies.zone)}" if one.until else "until someone ends it"
    title = next((_title(rule) for rule in rules if rule.rule.id == one.rule), one.rule)
    what = f"**{one.label or one.entity}**" if one.entity else f"**{title or EVERYTHING}**"
    where = f" in {title}" if one.entity and one.rule else ""
    return f"{what}{where or (' in all alerts' if one.entity else '')} {until}"


def _may_see(one: Silence, user: str, grant: Grant, rules: Sequence[Listed]) -> bool:
    """A silence says what it is of; one of everything says nothing, so that everyone may know."""
    if one.owner == user or not (one.rule or one.entity):
        return True
    if one.rule and not any(rule.rule.id == one.rule and rule.may_see for rule in rules):
        return False
    return not one.entity or _may_see_entity(one.entity, grant)


def _may_see_entity(name: str, grant: Grant) -> bool:
    """Nothing that can't be told to be of one topic is shown to who may not see all of both."""
    found = read_entity(name)
    topic = TOPIC_OF.get(found[0]) if found else None
    return all(map(grant.allows, (topic,) if topic else ("supply", "customers")))


def _may_end(one: Silence, user: str, grant: Grant, rules: Sequence[Listed]) -> bool:
    may_change = any(rule.rule.id == one.rule and rule.may_change for rule in rules)
    return one.owner == user or grant.is_operator or may_change


def _lasts(word: str) -> timedelta | None:
    """A span like "2h"; null for what is none, or longer than a year."""
    match = SPAN.match(word.lower())
    if not match:
        return None
    span = timedelta(**{UNITS[match[2]]: int(match[1])})
    return span if timedelta(0) < span <= LONGEST else None


def _names(one: Listed) -> tuple[str, str]:
    return one.rule.id.casefold(), one.rule.title.casefold()


def _title(one: Listed) -> str:
    return one.rule.title or one.rule.id


def _button(value: str) -> Block:
    return {
        "type": "button", "text": plain_text("End"),
        "action_id": action_id(UNSILENCE, "list", value), "value": value,
    }  # fmt: skip


SILENCES = Feature(pages={"silence": silence_page}, acts={UNSILENCE: unsilence})
