"""`/leadline alerts`: what is watched in a channel and for a person, and how it stands.

Each rule has its sentence and a row of buttons; a button carries the id of the rule and the number
of the first one on the page, so that the same page is shown again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, or_, select

from bot.access import PEOPLE
from bot.alerts import own
from bot.alerts.condition import read as read_condition
from bot.alerts.rule import Rule
from bot.alerts.standing import standing, words
from bot.blocks import WATCH, action_id
from bot.inputs import Option, plain_text
from bot.mrkdwn import bold, coded, plain, section
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Drawn, Replies
from commands import FollowUp, Grant, Notice
from commands._audience import may_ask
from commands._lookup import command_of
from storage.models import AlertRule

EDIT, HISTORY, SILENCE, SPEAK, GIVE_UP, TAKE_BACK, PAGE = (
    "alert-edit", "alert-history", "alert-silence", "alert-speak", "alert-end", "alert-back",
    "alert-page",
)  # fmt: skip
SILENCES = (Option("1", "for 1 hour"), Option("24", "for 1 day"), Option("0", "until I end it"))
ON_PAGE = 12
TEXT = 2_900
NO_LONGER = "An alert that you may not see"
NONE = Notice(
    "Nothing is watched here, or for you",
    "Press “Alert me…” on an answer, or write `/leadline alerts new lead-time`.",
)


@dataclass(frozen=True)
class Listed:
    """A rule in the list of a person. `may_see` what it is about; `may_change` it."""

    rule: Rule
    may_see: bool
    may_change: bool
    is_declared: bool


def listing(replies: Replies, said: Sequence[str], user: str, channel: str) -> Drawn | Notice:
    """The list for a person in a channel; with `new` and a line the dialog that makes one."""
    if said and said[0].casefold() == "new":
        return _new(" ".join(said[1:]) or "lead-time")
    return page(replies, user, channel, 0)


def page(replies: Replies, user: str, channel: str, first: int, told: str = "") -> Drawn | Notice:
    """A page of the list, from its rule number `first` on; above it what was just done."""
    try:
        every = listed(replies, user, channel)
    except FAILURES:
        return UNKNOWN_ASKER
    if not every and not told:
        return NONE
    first = min(first, max(0, (len(every) - 1) // ON_PAGE * ON_PAGE))
    count = f"{len(every)} alert{'' if len(every) == 1 else 's'}"
    head = f"**{count}** for you and this channel" if channel else f"**{count}** for you"
    blocks = [section(bold(f"{told}\n{head}" if told else head))]
    with replies.desk.store.reader() as session:
        for one in every[first : first + ON_PAGE]:
            blocks += drawn(session, replies, one, first)
    return Drawn(
        plain(f"{told} {head}".replace("**", "").strip()), [*blocks, _pages(len(every), first)]
    )


def listed(replies: Replies, user: str, channel: str) -> list[Listed]:
    """One's own rules and those of the channel, the newest first, then those of leadline.toml."""
    access = replies.access
    grant, person = access.asking(user, channel), access.of_person(user)
    with replies.desk.store.reader() as session:
        rows = _rows(session, user, channel)
    found = [
        Listed(rule := own.read(one), may_see(replies, rule, grant, is_own=one.owner == user),
               one.owner == user or person.is_operator, is_declared=False)
        for one in rows
    ]  # fmt: skip
    declared = [one for one in replies.rules if one.channel in {user, channel}]
    return found + [
        Listed(one, may_see(replies, one, grant), person.is_operator, is_declared=True)
        for one in declared
    ]


def mine(replies: Replies, user: str) -> list[Block]:
    """A person's own alerts for the home tab."""
    access = replies.access
    try:
        grant = access.asking(user, "")
    except FAILURES:
        grant = Grant()
    blocks = []
    with replies.desk.store.reader() as session:
        for row in own.rules_of(session, user):
            rule = own.read(row)
            one = Listed(rule, may_see(replies, rule, grant, is_own=True), True, is_declared=False)
            blocks += drawn(session, replies, one, 0)
    return blocks


def drawn(session: Session, replies: Replies, one: Listed, first: int) -> list[Block]:
    """A rule in the list: what it is and how it stands, and what can be done with it."""
    now, zone = replies.clock(), replies.zone
    found = standing(session, one.rule.id, now)
    stands = words(found, one.rule.every, now, zone, may_name=one.may_see)
    lines = [f"{bold(_title(one))}{coded(_when(one))}", plain(stands), _whose(one)]
    value = f"{one.rule.id} {first}"
    deeds = [_button(HISTORY, "History", value)] if one.may_see else []
    if one.may_change and not one.is_declared:
        deeds.insert(0, _button(EDIT, "Edit", value))
    if one.may_change:
        deeds.append(_button(SPEAK, "End silence", value) if found.silence and found.silence.rule
                     else _silence(value))  # fmt: skip
    if one.may_change and not one.is_declared:
        deeds.append(_button(GIVE_UP, "Give up", value))
    made = [section("\n".join(lines))]
    return [*made, {"type": "actions", "elements": deeds}] if deeds else made


def number(value: str) -> tuple[str, int, str]:
    """What a button carries: the rule, the first one of its page, and what more there is."""
    rule, first, more = (*value.split(), "", "", "")[:3]
    return rule, int(first) if first.isascii() and first.isdigit() else 0, more


def _rows(session: Session, user: str, channel: str) -> list[AlertRule]:
    places = {user, channel} - {""}
    query = select(AlertRule).where(
        col(AlertRule.ended_at).is_(None),
        or_(col(AlertRule.owner) == user, col(AlertRule.channel).in_(sorted(places))),
    )  # fmt: skip
    return list(session.exec(query.order_by(col(AlertRule.id).desc())))


def may_see(replies: Replies, rule: Rule, grant: Grant, *, is_own: bool = False) -> bool:
    """Whether a person may read what a rule is about: of their own some of it, of another's all."""
    registry = replies.desk.registry
    if is_own:
        return may_ask(FollowUp("", rule.ask), grant, registry)
    command, _ = command_of(rule.ask.split(), registry)
    return command is not None and all(map(grant.allows, command.topics))


def _title(one: Listed) -> str:
    return f"**{one.rule.title or one.rule.id}**" if one.may_see else NO_LONGER


def _when(one: Listed) -> str:
    """When it fires, as one says it."""
    if not one.may_see:
        return ""
    rule = one.rule
    condition, value, _ = read_condition(rule)
    # a rule of leadline.toml may name no figure; then its line says what it is of
    named = rule.figure or f"`{rule.ask}`"
    what = f"{named} of each row" if rule.each and rule.figure else named
    unit = "%" if condition.needs == "percent" or rule.when.endswith("%") else rule.unit
    amount = f"{value} {unit}".strip()
    text = condition.text.replace("a number", amount).replace("some %", amount)
    return f": {f'{what} {text}'.strip()}"


def _whose(one: Listed) -> str:
    """Who made it and whom it is told, in small words; ids are drawn by Slack."""
    where = "" if one.rule.channel.startswith(PEOPLE) else f" · told in <#{one.rule.channel}>"
    if one.is_declared:
        return f"made in leadline.toml, and changed there{where}"
    return f"of <@{one.rule.owner}>{where}"


def _pages(count: int, first: int) -> Block:
    elements = [_button(WATCH, "New…", "lead-time")]
    if first:
        elements.append(_button(PAGE, "Newer", f"- {max(0, first - ON_PAGE)} back"))
    if first + ON_PAGE < count:
        more = count - first - ON_PAGE
        elements.append(_button(PAGE, f"{more} more", f"- {first + ON_PAGE} on"))
    return {"type": "actions", "elements": elements}


def _new(line: str) -> Drawn:
    text = f"An alert on {plain(line)}"
    button = _button(WATCH, "Alert me…", line)
    blocks = [section(text), {"type": "actions", "elements": [button]}]
    return Drawn(text, blocks, opens=(WATCH, line))


def _button(kind: str, label: str, value: str) -> dict[str, Any]:
    return {
        "type": "button",
        "text": plain_text(label),
        "action_id": action_id(kind, "list", value),
        "value": value,
    }


def _silence(value: str) -> dict[str, Any]:
    options = [{"text": plain_text(one.text), "value": f"{value} {one.value}"} for one in SILENCES]
    return {
        "type": "static_select",
        "placeholder": plain_text("Silence…"),
        "action_id": action_id(SILENCE, "list", value),
        "options": options,
    }
