"""What the message of an alert is made of: what a rule saw, and whom that touches."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session

from bot.alerts.card import Card, Touch, amount
from bot.alerts.look import Look
from bot.alerts.rule import Rule
from bot.channel import Desk
from bot.text import basis_line
from commands import Answer, Ask, Grant, Topic
from commands._lookup import command_of
from commands._mentions import mentions
from storage.entities import read_entity
from storage.watch import Bound

# which command knows who feels it, by what an alert is of
FELT = {"supplier": "impact", "item": "impact", "customer": "exposed"}


def make_card(rule: Rule, look: Look, zone: ZoneInfo) -> Card:
    """The card of what a rule saw, with nobody that it touches yet."""
    assert look.answer is not None  # what fires was seen
    assert look.reading is not None
    unit = look.reading.unit
    when, clear = _limits(rule, look, unit)
    return Card(
        rule=rule.id, title=rule.title or rule.id, of=_of(rule, look), column=_column(rule, look),
        unit=unit, when=when, clear=clear, is_upper=look.watch.when.is_upper, line=rule.ask,
        basis=basis_text(look, zone), topics=look.topics, kind=rule.kind,
        words=dict(look.words), severity=rule.severity, owner=rule.owner, runbook=rule.runbook,
        before=_before(rule, look),
    )  # fmt: skip


def blind_card(rule: Rule, look: Look, topics: tuple[Topic, ...]) -> Card:
    """The same where there is no answer now: what the rule itself says, as `topics` allow."""
    title = rule.title or rule.id
    return Card(
        rule=rule.id, title=title, of=title, unit="share" if "%" in rule.when else rule.unit,
        when="", clear="", is_upper=look.watch.when.is_upper, line=rule.ask, basis="",
        topics=topics, kind=rule.kind, severity=rule.severity, owner=rule.owner,
        runbook=rule.runbook, why=look.why,
    )  # fmt: skip


def renewed(card: Card, rule: Rule, look: Look, zone: ZoneInfo) -> Card:
    """The card with what was seen now, as the rule is now; whom it touches stays."""
    made = make_card(rule, look, zone)
    return msgspec.structs.replace(
        made, topics=tuple(sorted({*card.topics, *made.topics})),
        words={**card.words, **made.words}, touches=card.touches, affects=card.affects,
        held_back=card.held_back,
    )  # fmt: skip


def basis_text(look: Look, zone: ZoneInfo) -> str:
    """What the figure rests on, and as of when."""
    assert look.answer is not None
    assert look.reading is not None
    found = look.answer.basis
    basis = next((one for one in found if one.metric == look.reading.metric), found[0])
    as_of = f"as of {basis.as_of.astimezone(zone):%-d %b %H:%M %Z}"
    return " · ".join([basis_line(basis, zone), as_of, *(one.text for one in look.notes)])


def affects(entity: str) -> str:
    """The line that asks who feels it when an entity is late or lost; empty where none does."""
    found = read_entity(entity)
    if found is None or found[0] not in FELT:
        return ""
    # with its kind: a supplier and an item may have one number
    return f"{FELT[found[0]]} {entity}"


def named_in(session: Session, desk: Desk, line: str, now: datetime, zone: ZoneInfo) -> str:
    """The same of the one supplier, customer or item that a line names after its command."""
    _, words = command_of(line.split(), desk.registry)
    ask = Ask(line, now, zone, Grant.everything())
    found = [one for one in mentions(session, ask, " ".join(words), ()) if one.kind in FELT]
    return f"{FELT[found[0].kind]} {found[0].name}" if len(found) == 1 else ""


def touches(
    desk: Desk, line: str, grant: Grant, now: datetime, zone: ZoneInfo
) -> tuple[Touch, ...]:
    """Whom it touches, by the answer to a line, of which `grant` allows all."""
    said = desk.ask(line, "", now, zone, grant) if line else None
    if not isinstance(said, Answer):
        return ()
    sentences = (said.summary, *said.detail)
    allowed = (one for one in sentences if one.topics and all(map(grant.allows, one.topics)))
    return tuple(Touch(one.text, one.topics) for one in allowed)


def _before(rule: Rule, look: Look) -> float | None:
    """What a total was in the window before, where its answer has a reading of that by name."""
    reading = look.reading
    if look.answer is None or reading is None or rule.kind != "value" or rule.each:
        return None
    wanted = (f"{reading.name} before", reading.unit)
    for one in look.answer.readings:
        if (one.name, one.unit) == wanted and one.topic in look.topics and one.value is not None:
            return float(one.value)
    return None


def _of(rule: Rule, look: Look) -> str:
    """What the rule asks as a whole: of rows what they are rows of."""
    assert look.answer is not None
    assert look.reading is not None
    title = look.answer.title
    return title if _column(rule, look) else f"{title}, {look.reading.name}"


def _column(rule: Rule, look: Look) -> str:
    """The figure of each row, as it stands in a sentence; empty where there is none."""
    if not rule.each or rule.kind == "new" or look.reading is None:
        return ""
    name = look.reading.name
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _limits(rule: Rule, look: Look, unit: str) -> tuple[str, str]:
    """The thresholds in words; none of what is so or is not."""
    if rule.kind in ("new", "unusual"):
        return "", ""
    is_counted = _is_counted(rule, look)
    when, clear = (_limit(one, unit, is_counted) for one in (look.watch.when, look.watch.clear))
    return when, clear


def _limit(bound: Bound, unit: str, is_counted: bool) -> str:
    """A threshold in words; of what is counted the whole number that comes to the same."""
    limit = bound.limit
    if is_counted and math.isfinite(limit):
        is_next = bound.word in ("below", "at least")
        limit = float(math.ceil(limit) if is_next else math.floor(limit))
    return f"{bound.word} {amount(limit, unit)}"


def _is_counted(rule: Rule, look: Look) -> bool:
    """Whether the figure is a number of things, which is whole now and ever."""
    assert look.answer is not None
    assert look.reading is not None
    if rule.kind != "value" or look.reading.unit:
        return False
    found: list[object] = [look.reading.value]
    if rule.each and (table := look.answer.table):
        names = [one.name for one in table.columns]
        at = names.index(look.reading.name) if look.reading.name in names else 0
        found = [row[at] for row in table.rows if row[at] is not None]
    return all(type(one) is int for one in found)
