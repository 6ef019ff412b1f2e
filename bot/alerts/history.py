"""The dialog that tells of a rule: when it fired in the last 90 days, and who changed what."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.alerts.card import ON, SO, amount
from bot.alerts.listing import listed, number
from bot.alerts.rule import Rule
from bot.alerts.standing import at, audits_of, episodes_since
from bot.dialogs import View, dialog
from bot.mrkdwn import cut, plain, section
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from commands import Notice
from commands._basis import ago
from storage.models import Audit, Episode

TITLE = "History"
LAST = timedelta(days=90)
MOST_EPISODES, MOST_CHANGES = 40, 30
IN_SECTION = 10
HIDDEN = Notice("Not shown", "There is no such alert that you may see.", error=True)
# what is compared of a rule, and how it is called
NAMES = {
    "ask": "question", "figure": "figure", "each": "each row", "when": "fires", "clear": "over",
    "channel": "told to", "kind": "kind", "versus": "against", "scope": "of", "pending": "looks",
    "keep": "keeps firing", "repeat": "told again", "quiet": "quiet hours", "title": "name",
    "severity": "severity", "runbook": "what to do", "follow_ups": "changes told",
}  # fmt: skip
# what people do, and how it is told
DEEDS = {
    "made": "made it", "given up": "gave it up", "taken back": "took it back",
    "acknowledged": "acknowledged it", "assigned": "assigned it to", "snoozed": "snoozed it {note}",
    "muted": "muted what it is about in all alerts {note}",
}  # fmt: skip
DONE = {
    "expedite": "expedited it", "call": "called them", "credit": "gave a credit",
    "substitute": "substituted it", "other": "did something else",
}  # fmt: skip


def history_view(replies: Replies, value: str, user: str, channel: str) -> View | Notice:
    """What a rule did and what was done to it, for a person who may see what it is about."""
    wanted = number(value)[0]
    try:
        seen = [one for one in listed(replies, user, channel) if one.rule.id == wanted]
    except FAILURES:
        return UNKNOWN_ASKER
    if not seen or not seen[0].may_see:
        return HIDDEN
    rule, now = seen[0].rule, replies.clock()
    with replies.desk.store.reader() as session:
        fired = episodes_since(session, rule.id, now - LAST)
        changes = audits_of(session, rule)
    told = [_episode(one, replies.zone, rule) for one in fired[:MOST_EPISODES]]
    done = [_audit(one, replies.zone) for one in changes[:MOST_CHANGES]]
    view = dialog(plain(rule.title or rule.id), TITLE)
    view["blocks"] += _part("It fired", told, len(fired), "It did not fire in the last 90 days.")
    view["blocks"] += _part("What was done to it", done, len(changes), "Nobody changed it.")
    return view


def _part(head: str, lines: Sequence[str], count: int, none: str) -> list[Block]:
    more = f" ({len(lines)} of {count})" if count > len(lines) else ""
    parts = [lines[at : at + IN_SECTION] for at in range(0, len(lines), IN_SECTION)]
    texts = [f"*{head}*{more}", *("\n".join(one) for one in parts)] if lines else [none]
    return [section(one) for one in texts]


def _episode(one: Episode, zone: ZoneInfo, rule: Rule) -> str:
    begun = one.fired_at or one.begun_at
    name = f"{one.label or one.entity}, " if one.entity else ""
    value = "" if one.fired_value is None or rule.kind in SO else f" at {_figure(one, rule)}"
    how = "watched no more" if one.phase in ON else "over"
    over = f"{how} after {ago(one.ended_at - begun)}" if one.ended_at else "not over"
    acked = f", acknowledged by <@{one.acked_by}>" if one.acked_by else ""
    return f"• {plain(f'{name}{at(begun, zone)}{value}: {over}')}{acked}"


def _figure(one: Episode, rule: Rule) -> str:
    """The value with which it fired, in the unit of its threshold."""
    is_share = rule.kind == "change" or rule.when.endswith("%")
    return amount(one.fired_value, "share" if is_share else rule.unit)


def _audit(one: Audit, zone: ZoneInfo) -> str:
    """Who did what and when; of a change what was and what is."""
    whom = f" <@{(one.after or {}).get('note')}>" if one.action == "assigned" else ""
    return f"• {plain(at(one.at, zone))}: <@{one.who}> {plain(_deed(one, zone))}{whom}"


def _deed(one: Audit, zone: ZoneInfo) -> str:
    after = one.after or {}
    if one.action == "silenced":
        until = after.get("until")
        ends = at(datetime.fromisoformat(until), zone) if until else "someone ends that"
        return f"silenced it until {ends}"
    if one.action == "silence ended":
        return "ended the silence"
    if one.action == "changed":
        return f"changed it: {_changes(one.before or {}, after)}"
    if one.action in DONE:
        return f"{DONE[one.action]}{f': {note}' if (note := after.get('note')) else ''}"
    return DEEDS.get(one.action, one.action).format(note=after.get("note"))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    found = [
        f"{name} {_value(before.get(key))} → {_value(after.get(key))}"
        for key, name in NAMES.items() if before.get(key) != after.get(key)
    ]  # fmt: skip
    return "; ".join(found) or "nothing of it"


def _value(value: Any) -> str:
    return "none" if value in (None, "") else f"“{cut(str(value), 80)}”"
