"""An alert that is being made or changed: all that a dialog knows of it, between two clicks.

It travels in the dialog's private_metadata, so that what is not shown at the moment is not lost.
"""

from decimal import Decimal
from typing import Any

import msgspec

from bot.alerts.condition import CONDITIONS, Condition
from bot.alerts.condition import read as read_condition
from bot.alerts.look import unit_word
from bot.alerts.rule import FollowUps, Rule, Severity
from bot.charts import UNITS
from bot.inputs import entered, has_field
from commands import Answer, Reading, Table, Topic
from storage.metrics import load

# how much Slack takes, with a rest for what grows while it is filled in
METADATA = 2_600
COUNTED = UNITS[""]
MOST_CHOICES = 40
LONGEST_NAME = 70
# for how many hours what is unusual fires at least, so that it can't flap near its threshold
STEADY = "336"
ME, HERE, OTHER = "me", "here", "other"
TEAM = "team:"
# how the id of a figure begins
TOTAL, EACH = "total:", "each:"
# the fields whose block_id is that of the attribute
FIELDS = (
    "line", "figure", "condition", "value", "where", "other", "clear", "pending", "keep", "repeat",
    "quiet_from", "quiet_to", "severity", "runbook", "scope", "follow_ups", "name",
)  # fmt: skip


class Choice(msgspec.Struct, frozen=True, array_like=True):
    """A figure that can be watched: a reading, or with `each` a column of the table, row by row.

    `value` is what it is now, of a column that of its worst row, in the `unit` of a threshold.
    `is_up`: it gets worse as it grows. `topics` are of what is told with it.
    """

    each: bool
    name: str
    unit: str
    value: float | None
    is_up: bool
    topics: tuple[Topic, ...]
    metric: str = ""

    @property
    def id(self) -> str:
        return f"{EACH if self.each else TOTAL}{self.name}"


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """`channel` is where the dialog was opened, empty in the home tab; `number` the row of the
    rule that is changed, 0 for a new one; `owner` whose it is. `turn` counts how often a field was
    filled in anew. The rest stands as it was written; `keep` and `repeat` are hours.
    """

    channel: str
    line: str
    owner: str
    title: str = ""
    number: int = 0
    choices: tuple[Choice, ...] = ()
    figure: str = ""
    condition: str = "above"
    value: str = ""
    where: str = ME
    other: str = ""
    clear: str = ""
    pending: str = "1"
    keep: str = "0"
    repeat: str = "0"
    quiet_from: str = ""
    quiet_to: str = ""
    severity: Severity = "warning"
    runbook: str = ""
    scope: str = "all"
    follow_ups: FollowUps = "default"
    name: str = ""
    is_more: bool = False
    turn: int = 0

    @property
    def choice(self) -> Choice | None:
        """The figure that is chosen; the first where none is."""
        found = (one for one in self.choices if one.id == self.figure)
        return next(found, self.choices[0] if self.choices else None)

    @property
    def wanted(self) -> Condition:
        return CONDITIONS[self.condition]

    @property
    def unit(self) -> str:
        """The unit in which its number is written."""
        if self.wanted.needs == "percent":
            return "%"
        return self.choice.unit if self.choice else ""

    @property
    def unit_said(self) -> str:
        """The same as one says it: nothing of what is counted."""
        return "" if self.unit == COUNTED else self.unit

    @property
    def target(self) -> str:
        """The channel or the person that is told; empty where a channel is still to be chosen."""
        return {ME: self.owner, HERE: self.channel}.get(self.where, self.other)


def read(view: dict[str, Any]) -> Draft:
    """The draft of a dialog with what stands in its fields now."""
    draft = msgspec.json.decode(view["private_metadata"], type=Draft)
    found = {name: entered(view, name) for name in FIELDS if has_field(view, name)}
    return msgspec.convert({**msgspec.to_builtins(draft), **found}, Draft)


def metadata(draft: Draft) -> str:
    """The draft as Slack carries it; where it is too long the last figures are left out."""
    while len(text := msgspec.json.encode(draft).decode()) > METADATA and len(draft.choices) > 1:
        kept = draft.choices[:-1]
        if draft.choices[-1] == draft.choice:
            kept = (*draft.choices[:-2], draft.choices[-1])
        draft = msgspec.structs.replace(draft, choices=kept)
    return text


def choices_of(answer: Answer) -> tuple[Choice, ...]:
    """What can be watched of an answer: its readings, then the columns of numbers of its table."""
    found = [
        Choice(
            False, one.name, unit_word(one), _scaled(one.value, one),
            _is_up(one.metric), tuple(sorted({*answer.summary.topics, one.topic})), one.metric,
        )
        for one in answer.readings if len(one.name) <= LONGEST_NAME
    ]  # fmt: skip
    if answer.table:
        found += _columns(answer, answer.table)
    return tuple(found[:MOST_CHOICES])


def _columns(answer: Answer, table: Table) -> list[Choice]:
    first = table.columns[0]
    found = []
    for at, column in enumerate(table.columns[1:], 1):
        values = [row[at] for row in table.rows if row[at] is not None]
        if not values or any(isinstance(one, str) for one in values):
            continue
        is_up = _is_up(column.metric)
        worst = (max if is_up else min)(float(one) for one in values)  # type: ignore[arg-type]  # no text among them
        topics = tuple(sorted({*answer.summary.topics, first.topic, column.topic}))
        if len(column.name) <= LONGEST_NAME:
            like = Reading(column.name, None, column.unit, column.topic, column.metric)
            now, unit = _scaled(worst, like), unit_word(like)
            found.append(Choice(True, column.name, unit, now, is_up, topics, column.metric))
    return found


def _scaled(value: float | Decimal | None, reading: Reading) -> float | None:
    """A value as a threshold on it is written: a share in percent."""
    if value is None:
        return None
    return float(value) * (100 if reading.unit == "share" else 1)


def _is_up(metric: str) -> bool:
    known = load().get(metric)
    return known is None or known.better == "lower"


def of_rule(rule: Rule, number: int, channel: str) -> Draft:
    """The draft of a rule that is changed, of row `number`, in a dialog opened in `channel`."""
    condition, value, clear = read_condition(rule)
    where = ME if rule.channel == rule.owner else HERE if rule.channel == channel else OTHER
    begins, _, ends = rule.quiet.partition("-")
    return Draft(
        channel, rule.ask, rule.owner, rule.title, number,
        figure=f"{EACH if rule.each else TOTAL}{rule.figure}",
        condition=condition.name, value=value, clear=clear, where=where,
        other=rule.channel if where == OTHER else "", pending=str(rule.pending),
        keep=_hours(rule.keep.total_seconds()),
        repeat=_hours(rule.repeat.total_seconds() if rule.repeat else 0),
        quiet_from=begins, quiet_to=ends, severity=rule.severity, runbook=rule.runbook,
        scope=f"{TEAM}{rule.team}" if rule.scope == "team" else rule.scope,
        follow_ups=rule.follow_ups, name=rule.title, is_more=True,
    )  # fmt: skip


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:g}"
