"""The dialog of an alert as Block Kit: what, when and where; the rest under “More options”."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.alerts.condition import CONDITIONS
from bot.alerts.draft import COUNTED, HERE, ME, OTHER, TEAM, Choice, Draft, metadata
from bot.inputs import (
    Field,
    Option,
    channel_select,
    modal,
    number_input,
    plain_text,
    select,
    text_input,
    time_picker,
    url_input,
)
from bot.mrkdwn import bold, section
from bot.plans import Block

WATCH_VIEW = "watch-view"
MAKE, CHANGE = "Alert me", "Change the alert"
# the elements that change the dialog
LINE, FIGURE, CONDITION, WHERE, VALUE, MORE, TRY = (
    "watch-line", "watch-figure", "watch-condition", "watch-where", "watch-value", "watch-more",
    "watch-try",
)  # fmt: skip
HOURS = {"1": "1 hour", "4": "4 hours", "24": "1 day", "168": "1 week", "336": "2 weeks"}


@dataclass(frozen=True)
class Around:
    """What a dialog offers beside what its draft holds: the name of the channel in which it was
    opened, empty where it can't be told there; goals by metric; whether what it watches can be
    tested for what is unusual; the teams of the person (user group and name); the zone of hours.
    """

    place: str = ""
    goals: Mapping[str, float] = field(default_factory=dict)
    has_unusual: bool = False
    teams: Sequence[tuple[str, str]] = ()
    zone: str = "UTC"


def view(draft: Draft, around: Around, trial: Sequence[Block] = ()) -> dict[str, Any]:
    """The dialog; `trial` says what the rule would have done."""
    blocks = [_now(draft), *_what(draft), *_when(draft, around), *_where(draft, around)]
    if draft.is_more:
        blocks += [*_over(draft, around), *_told(draft, around)]
    blocks += [*trial, _buttons(draft)]
    title, submit = (CHANGE, "Keep") if draft.number else (MAKE, "Watch")
    return modal(WATCH_VIEW, title, submit, blocks, metadata(draft))


def _now(draft: Draft) -> Block:
    choice, text = draft.choice, f"**{draft.title}**"
    if choice and not choice.each and choice.value is not None:
        text += f", {choice.name}: {_amount(choice)} now."
    return section(bold(text))


def _what(draft: Draft) -> list[Block]:
    """The line, where it is to be chosen, and which of its figures."""
    blocks = []
    if draft.is_more:
        hint = "A question, as after /leadline; press Enter to see its figures."
        blocks.append(text_input(Field("line", "What", hint, LINE), draft.line))
    options = [Option(one.id, _figure(one)) for one in draft.choices]
    if len(options) > 1:
        name = f"figure:{draft.turn}"
        chosen = draft.choice.id if draft.choice else ""
        blocks.append(select(Field(name, "Which figure", action=FIGURE), options, chosen))
    return blocks


def _when(draft: Draft, around: Around) -> list[Block]:
    choice = draft.choice
    is_rows = any(one.each for one in draft.choices)
    has_goal = bool(choice and choice.metric in around.goals)
    offered = [
        Option(one.name, one.text) for one in CONDITIONS.values()
        if (has_goal or not one.is_goal)
        and (is_rows or one.kind != "new")
        and (around.has_unusual or one.kind != "unusual")
    ]  # fmt: skip
    condition = Field("condition", "When it", action=CONDITION)
    blocks = [select(condition, offered, draft.condition)]
    if draft.wanted.needs != "nothing":
        label = "By how much" if draft.wanted.needs == "percent" else "This number"
        number = Field(f"value:{draft.turn}", f"{label}{_unit(draft)}", action=VALUE)
        blocks.append(number_input(number, draft.value))
    return blocks


def _where(draft: Draft, around: Around) -> list[Block]:
    places = [Option(ME, "me alone" if not draft.number else "its owner alone")]
    if around.place:
        places.append(Option(HERE, f"#{around.place}"))
    places.append(Option(OTHER, "another channel…"))
    blocks = [select(Field("where", "Tell", action=WHERE), places, draft.where)]
    if draft.where == OTHER:
        hint = "I must be in it, and all who read it must be allowed to see the figure."
        blocks.append(channel_select(Field("other", "Channel", hint), draft.other))
    return blocks


def _over(draft: Draft, around: Around) -> list[Block]:
    """When it counts, and when it is over."""
    blocks = []
    if draft.wanted.needs != "nothing":
        hint = "So that noise round the threshold can't fire again and again. Empty: 5 % back."
        over = Field(f"clear:{draft.turn}", f"Over when back at{_unit(draft)}", hint,
                     is_optional=True)  # fmt: skip
        blocks.append(number_input(over, draft.clear))
    looks = Field("pending", "Only if it is so for this many looks in a row")
    people = [Option("all", "everything"), Option("mine", "what I own")]
    people += [Option(f"{TEAM}{group}", f"what {name} owns") for group, name in around.teams]
    return [
        *blocks,
        number_input(looks, draft.pending, is_decimal=False, least="1"),
        select(Field(f"keep:{draft.turn}", "Keep firing for at least"),
               _hours(draft.keep, "as it is"), draft.keep),
        select(Field("scope", "Of"), people, draft.scope),
    ]  # fmt: skip


def _told(draft: Draft, around: Around) -> list[Block]:
    """How it is told."""
    severities = [Option("info", "info"), Option("warning", "warning"),
                  Option("critical", "critical", "told in quiet hours too")]  # fmt: skip
    follow_ups = [Option("default", "as the channel does", "in its thread, unless told otherwise"),
                  Option("thread", "in its thread"), Option("channel", "in the channel"),
                  Option("both", "in both")]  # fmt: skip
    hint = "Held back until they end, and then told in one message."
    quiet = Field("quiet_from", f"Quiet hours begin ({around.zone})", hint, is_optional=True)
    link = Field("runbook", "What to do then", "A link that begins with https://",
                 is_optional=True)  # fmt: skip
    return [
        select(Field("repeat", "Tell again while nobody acknowledges it"),
               _hours(draft.repeat, "never"), draft.repeat),
        select(Field("follow_ups", "Tell changes"), follow_ups, draft.follow_ups),
        select(Field("severity", "Severity"), severities, draft.severity),
        time_picker(quiet, draft.quiet_from),
        time_picker(Field("quiet_to", "Quiet hours end", is_optional=True), draft.quiet_to),
        url_input(link, draft.runbook),
        text_input(Field("name", "Its name", is_optional=True), draft.name, like=draft.title),
    ]  # fmt: skip


def _unit(draft: Draft) -> str:
    return f" ({draft.unit_said})" if draft.unit_said else ""


def _hours(chosen: str, none: str) -> list[Option]:
    more = {} if chosen in ("0", *HOURS) else {chosen: f"{chosen} hours"}
    return [Option(value, text) for value, text in ({"0": none} | HOURS | more).items()]


def _buttons(draft: Draft) -> Block:
    more = "Fewer options" if draft.is_more else "More options…"
    named = [(TRY, "Try it"), (MORE, more)]
    elements = [
        {"type": "button", "text": plain_text(text), "action_id": name, "value": name}
        for name, text in named
    ]
    return {"type": "actions", "block_id": "buttons", "elements": elements}


def _figure(choice: Choice) -> str:
    if choice.each:
        return f"each row: {choice.name}"
    now = "" if choice.value is None else f" ({_amount(choice)} now)"
    return f"{choice.name}{now}"


def _amount(choice: Choice) -> str:
    assert choice.value is not None
    digits = ".2f" if abs(choice.value) >= 1 else ".3g"
    number = f"{Decimal(f'{choice.value:{digits}}'):,f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return number if choice.unit == COUNTED else f"{number} {choice.unit}".strip()
