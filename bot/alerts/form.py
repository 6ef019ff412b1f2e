"""“Alert me”: a dialog that makes a rule of an answer's first figure, told to one or a channel."""

from decimal import Decimal
from typing import Any

import msgspec

from bot.alerts.look import look, unit_word
from bot.alerts.own import MOST, keep, rules_of
from bot.alerts.rule import Rule
from bot.charts import UNITS
from bot.dialogs import wrong
from bot.mrkdwn import bold, cut
from bot.plans import Block
from bot.post import FAILURES
from bot.replies import UNKNOWN_ASKER, Replies
from bot.text import shown
from commands import Grant, Notice, Reading, Topic
from storage.metrics import load
from storage.seen import claim
from storage.watch import BadBound, read_watch

WATCH_VIEW = "watch"
TITLE = "Alert me"
WORDS = ("above", "below")
ME, CHANNEL = "me", "channel"
# how far from now the first threshold lies that the dialog offers
STEP = 0.2
LONGEST_TITLE = 60
NO_FIGURE = Notice("There is no figure to watch", "That answer has no figure that you may see now.",
                   error=True)  # fmt: skip
NOT_THERE = Notice("Not watched", "Not all who read this channel may see that figure.", error=True)
TOO_MANY = Notice(
    "Not watched", f"You have {MOST} alerts: give one up in my home tab first.", error=True
)


class Watched(msgspec.Struct, frozen=True):
    """What a dialog is about: a line, asked in a channel; `unit` is that of a threshold."""

    line: str
    channel: str
    title: str
    unit: str


def watch_view(replies: Replies, line: str, user: str, channel: str) -> dict[str, Any] | Notice:
    """The dialog, filled in with a threshold one fifth worse than now; or why there is none."""
    try:
        grant = replies.access.asking(user, channel)
        may_tell = replies.access.of_channel(channel) if channel else Grant()
    except FAILURES:
        return UNKNOWN_ASKER
    found = _reading(replies, line, channel, grant)
    if found is None:
        return NO_FIGURE
    title, reading, value, topics = found
    unit = unit_word(reading)
    word, limit = _worse(reading, value * (100 if unit == "%" else 1))
    places = [(ME, "me alone")]
    if channel and all(map(may_tell.allows, topics)):
        name = replies.access.directory.place(channel).name
        places.append((CHANNEL, f"#{name}"))
    asked = Watched(line, channel, title, unit)
    now = bold(f"**{title}**, {reading.name}: {shown(value, reading.unit)} now.")
    return {
        "type": "modal",
        "callback_id": WATCH_VIEW,
        "title": _plain(TITLE),
        "submit": _plain("Watch"),
        "close": _plain("Cancel"),
        "private_metadata": msgspec.json.encode(asked).decode(),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": now, "verbatim": True}},
            _select("when", "When it goes", [(one, one) for one in WORDS], word),
            _number("value", f"this value ({unit})", limit),
            _select("where", "Tell", places, ME),
        ],
    }


def faults(replies: Replies, view: dict[str, Any], user: str) -> dict[str, Any]:
    """What is wrong with what was filled in, by the field that it stands in."""
    try:
        read_watch(_bound(view))
    except BadBound:
        return wrong({"value": "Write a number like 40 or 2.5"})
    return {}


def watch(replies: Replies, view: dict[str, Any], user: str) -> Notice:
    """Keeps the rule of a dialog that was sent, once; rights are asked again."""
    asked, bound = _asked(view), _bound(view)
    is_for_me = _chosen(view, "where") == ME
    access = replies.access
    try:
        grant = (access.asking if is_for_me else access.sharing)(user, asked.channel)
    except FAILURES:
        return UNKNOWN_ASKER
    if _reading(replies, asked.line, asked.channel, grant) is None:
        return NO_FIGURE if is_for_me else NOT_THERE
    unit = "" if asked.unit in ("%", UNITS[""]) else asked.unit
    rule = Rule(
        "", asked.line, user if is_for_me else asked.channel, bound,
        title=cut(asked.title, LONGEST_TITLE), unit=unit, owner=user,
    )  # fmt: skip
    with replies.desk.store.writer() as session:
        if len(rules_of(session, user)) >= MOST:
            return TOO_MANY
        if claim(session, f"watch:{view['id']}", replies.clock()):
            keep(session, rule, user, replies.clock())
    told = f"{bound} {unit}".strip()
    whom = "you" if is_for_me else "the channel"
    return Notice(
        f"I watch {asked.title}",
        f"I tell {whom} when it goes {told}. In my home tab you can give it up.",
    )


def _reading(
    replies: Replies, line: str, channel: str, grant: Grant
) -> tuple[str, Reading, float, tuple[Topic, ...]] | None:
    """The title of the answer to a line, its first figure, its value and what these speak of, if
    they may be seen.
    """
    probe = Rule("", line, channel, "above 0")
    found = look(replies.desk, probe, grant, replies.clock(), replies.zone)
    if found.answer is None or found.reading is None or found.seen.value is None:
        return None
    return found.answer.title, found.reading, found.seen.value, found.topics


def _worse(reading: Reading, value: float) -> tuple[str, str]:
    """The direction in which the figure gets worse, and a threshold there."""
    metric = load().get(reading.metric)
    is_up = metric is None or metric.better == "lower"
    limit = value + (STEP if is_up else -STEP) * abs(value)
    return ("above" if is_up else "below"), format(Decimal(f"{limit:.3g}"), "f")


def _asked(view: dict[str, Any]) -> Watched:
    return msgspec.json.decode(view["private_metadata"], type=Watched)


def _bound(view: dict[str, Any]) -> str:
    """The threshold as rules write it: "above 40", "below 5 %"."""
    value = str(view["state"]["values"]["value"]["value"].get("value") or "").strip()
    percent = " %" if _asked(view).unit == "%" else ""
    return f"{_chosen(view, 'when')} {value}{percent}"


def _chosen(view: dict[str, Any], name: str) -> str:
    return str(view["state"]["values"][name][name]["selected_option"]["value"])


def _select(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> Block:
    made = [{"text": _plain(text), "value": value} for value, text in options]
    initial = next(one for one in made if one["value"] == chosen)
    element = {
        "type": "static_select", "action_id": name, "options": made, "initial_option": initial,
    }  # fmt: skip
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element}


def _number(name: str, label: str, value: str) -> Block:
    element = {
        "type": "number_input", "action_id": name, "is_decimal_allowed": True,
        "initial_value": value,
    }  # fmt: skip
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": cut(text, 75)}
