"""The message of an alert: what it was made of, and how it looks as its episodes stand."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.facts import SOMEONE as SOMEONE
from bot.alerts.facts import Acts as Acts
from bot.alerts.facts import Card as Card
from bot.alerts.facts import Touch as Touch
from bot.alerts.facts import seen as seen
from bot.alerts.facts import topics as topics
from bot.blocks import ASK, BUTTON, CONTEXT, action_id
from bot.mrkdwn import TEXT, bold, cut, escape, plain, section, spoken, text_object
from bot.plans import Block
from commands._basis import ago
from storage.models import Episode

TOP = 5
MINUTE = timedelta(minutes=1)
LABEL = 80
ON = ("firing", "recovering")
MARKS = {
    "firing": "🔴", "acknowledged": "🟠", "recovering": "🔵", "over": "🟢", "untold": "⚪",
    "left": "⚪",
}  # fmt: skip
# what the buttons do
ACK, ASSIGN, SNOOZE, MUTE, AFFECTED, DID = "ack", "assign", "snooze", "mute", "affected", "did"
LINK = re.compile(r"^https?://[^\s<>|]{1,1000}$")
# kinds whose value only says that it is so
SO = ("new", "unusual")


def state(card: Card, episodes: Sequence[Episode]) -> str:
    """How all of it stands, in one word: a key of `MARKS`."""
    standing = [one for one in episodes if one.phase in ON]
    if not standing:
        return "over"
    if card.left:
        return "left"
    if card.why or all(one.data != "ok" for one in standing):
        return "untold"
    firing = [one for one in standing if one.phase == "firing"]
    if not firing:
        return "recovering"
    return "acknowledged" if all(one.acked_at for one in firing) else "firing"


def drawn(
    card: Card,
    episodes: Sequence[Episode],
    acts: Acts,
    number: int,
    now: datetime,
    zone: ZoneInfo,
    *,
    mentions: Sequence[str] = (),
    is_direct: bool = False,
) -> tuple[str, list[Block]]:
    """The text of its notification, and its blocks.

    `number` is the message's, which the buttons carry; `mentions` are the Slack users it names so
    that they are told. In a conversation with one person there is nobody to assign it to.
    """
    worst = worst_first(card, episodes)
    words = _many(card, worst, acts) if len(worst) > 1 else _one(card, worst[0], acts)
    words.append(_times(card, worst, now, zone))
    blocks = [section("\n".join(map(bold, words)))]
    if card.held_back:
        blocks.append(section(plain(f"Held back in quiet hours, {card.held_back}.")))
    if card.touches:
        blocks.append(section(bold(" ".join(one.text for one in card.touches))))
    if acts.done:
        blocks.append(section("\n".join(map(plain, acts.done[-TOP:]))))
    if mentions:
        blocks.append(section(f"For {', '.join(f'<@{one}>' for one in mentions)}"))
    blocks.append(_context(card, acts))
    if not card.left:
        buttons = _buttons(card, worst, number, is_direct=is_direct)
        blocks.append({"type": "actions", "elements": buttons})
    return cut(spoken(words[0]), TEXT), blocks


def worst_first(card: Card, episodes: Sequence[Episode]) -> list[Episode]:
    """What still stands first, and of that what is farthest beyond the threshold."""
    sign = -1 if card.is_upper else 1

    def rank(one: Episode) -> tuple[bool, bool, float, str]:
        return one.phase not in ON, one.value is None, sign * (one.value or 0.0), one.label

    return sorted(episodes, key=rank)


def amount(value: float | None, unit: str) -> str:
    """A figure as a person reads it."""
    if value is None:
        return "n/a"
    if unit == "share":
        return f"{_short(value * 100)} %"
    number = _short(value)
    said = {"d": "day" if number == "1" else "days"}.get(unit, unit)
    return f"{number} {said}".strip()


def _short(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def figure(card: Card, episode: Episode) -> str:
    """What is so of an entity, with its words where its value alone tells too little."""
    if episode.data == "ok" and (words := card.words.get(episode.entity)):
        return words
    return card.kind if card.kind in SO else amount(episode.value, card.unit)


def at(moment: datetime | None, zone: ZoneInfo) -> str:
    """An instant in the rule's zone, with its name."""
    return f"{moment.astimezone(zone):%-d %b %H:%M %Z}" if moment else "now"


def name(card: Card, episode: Episode) -> str:
    """What the figure is of: the entity, or what the rule asks as a whole."""
    return cut(episode.label or episode.entity, LABEL) if episode.entity else card.of


def subject(card: Card, episode: Episode) -> str:
    """The same with the figure that it is."""
    column = f", {card.column}" if card.column and episode.entity else ""
    return f"{name(card, episode)}{column}"


def memory(card: Card, episode: Episode) -> str:
    """What it was in the window before, else when it fired, and at worst, where that is not what it
    is now. What is over has only what it was itself.
    """
    if card.kind in SO:
        return ""
    told = []
    if card.before is not None and not episode.entity and episode.phase in ON:
        told.append(f"was {amount(card.before, card.unit)}")
    elif episode.fired_value is not None and episode.fired_value != episode.value:
        told.append(f"{amount(episode.fired_value, card.unit)} when it fired")
    if episode.worst is not None and episode.worst not in (episode.value, episode.fired_value):
        told.append(f"{amount(episode.worst, card.unit)} at worst")
    return f"; {', '.join(told)}" if told else ""


def _one(card: Card, episode: Episode, acts: Acts) -> list[str]:
    state_word = _state(card, [episode], acts)
    told = f"{_limit(card, episode)}{memory(card, episode)}"
    return [f"{state_word} · {subject(card, episode)}: **{figure(card, episode)}**{told}."]


def _limit(card: Card, episode: Episode) -> str:
    limit = card.when if episode.phase == "firing" else card.clear
    if not _is_known(card, episode):
        return " when it was last known"
    return f", {limit}" if limit else ""


def _is_known(card: Card, episode: Episode) -> bool:
    """Whether its figure is that of now; what is over had its last one."""
    return episode.phase not in ON or (episode.data == "ok" and not (card.why or card.left))


def _many(card: Card, worst: Sequence[Episode], acts: Acts) -> list[str]:
    standing = sum(1 for one in worst if one.phase in ON)
    limit = f" {card.when}" if card.when else ""
    count = f"{standing} of {len(worst)}" if standing < len(worst) else f"{len(worst)}"
    told = f"{card.of}: **{count}{limit}**"
    if card.column:
        told = f"{card.of}, {card.column}{limit}: **{count}**"
    lines = [f"{_state(card, worst, acts)} · {told}."]
    lines += [_row(card, one) for one in worst[:TOP]]
    more = len(worst) - TOP
    return [*lines, f"and {more} more"] if more > 0 else lines


def _row(card: Card, one: Episode) -> str:
    word = {"recovering": ", recovering", "normal": ", over"}.get(one.phase, "")
    if not _is_known(card, one):
        word = " when it was last known"
    return f"• **{name(card, one)}**: {figure(card, one)}{word}{memory(card, one)}"


def _state(card: Card, episodes: Sequence[Episode], acts: Acts) -> str:
    word = state(card, episodes)
    acked = next((one for one in episodes if one.acked_at and one.phase in ON), None)
    by = f"acknowledged by {acts.name(acked.acked_by)}" if acked else ""
    said = {
        "firing": "**Firing**",
        "acknowledged": f"**Acknowledged** by {acts.name(acked.acked_by)}" if acked else "",
        "recovering": f"**Recovering**{', ' if by else ''}{by}",
        "over": "**Over**",
        "left": f"**No longer watched**: {card.left}",
        "untold": f"**Can't be judged now**: {card.why or 'there is no figure'}",
    }[word]
    return f"{MARKS[word]} {said}"


def _times(card: Card, worst: Sequence[Episode], now: datetime, zone: ZoneInfo) -> str:
    """Since when, for how long, and when it clears."""
    begun = min((one.fired_at for one in worst if one.fired_at), default=now)
    ended = [one.ended_at for one in worst]
    last = max((one for one in ended if one), default=now)
    if card.left:
        return f"Since {at(begun, zone)}, watched until {at(last, zone)}."
    if all(ended):
        return f"From {at(begun, zone)} to {at(last, zone)}, for {ago(last - begun)}."
    long = f", for {ago(now - begun)}" if now - begun >= MINUTE else ""
    each = "each clears" if len(worst) > 1 else "clears"
    clear = f" · {each} {card.clear}" if card.clear else ""
    return f"Since {at(begun, zone)}{long}{clear}."


def _context(card: Card, acts: Acts) -> Block:
    by = f" by {plain(acts.name(card.owner))}" if card.owner in acts.names else ""
    parts = [f"rule _{plain(card.title)}_{by}", plain(card.severity)]
    if LINK.match(card.runbook):
        parts.append(f"<{escape(card.runbook)}|Runbook>")
    elif card.runbook:
        parts.append(f"runbook: {plain(card.runbook)}")
    text = cut(" · ".join(filter(None, [*parts, plain(card.basis)])), CONTEXT)
    return {"type": "context", "elements": [text_object(text)]}


def _buttons(card: Card, worst: Sequence[Episode], number: int, *, is_direct: bool) -> list[Block]:
    """What can be done; after it was acknowledged also what was done."""
    standing = [one for one in worst if one.phase in ON]
    acts = []
    if any(one.acked_at is None for one in standing):
        acts.append((ACK, "Acknowledge"))
    if any(one.acked_at for one in worst):
        acts.append((DID, "What did you do?"))
    if standing:
        acts += [] if is_direct else [(ASSIGN, "Assign")]
        acts += [(SNOOZE, "Snooze"), (MUTE, "Mute")]
    if card.affects or any(one.entity for one in worst):
        acts.append((AFFECTED, "Who is affected?"))
    made = [_button(kind, label, str(number)) for kind, label in acts]
    if made and acts[0][0] == ACK:
        made[0]["style"] = "primary"
    more = len(worst) - TOP
    return [*made, _button(ASK, f"{more} more" if more > 0 else "Show", card.line)]


def _button(kind: str, label: str, value: str) -> Block:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": cut(label, BUTTON)},
        "action_id": action_id(kind, "alert", value),
        "value": value,
    }
