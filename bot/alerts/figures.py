"""The figures of an answer that a rule holds against its threshold: its total, or row by row."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.alerts.rule import Rule
from commands import Answer, Basis, Column, Reading, Sentence, Table, Topic
from storage.watch import Data

TOTAL = ""


@dataclass(frozen=True)
class Why:
    """Why there is nothing to judge by: the state of the data, and in words."""

    data: Data
    words: str


@dataclass(frozen=True)
class Figures:
    """What a rule judges: `values` by entity (null: it has none), and what a person calls each.

    `words` say of an entity what its value alone does not.
    `reading` is the figure that is judged; of rows their column, without a value. Of a rule on new
    rows each has the value 1. `is_fleeting`: an entity that is not there any more is over. `notes`
    say what could not be judged.
    """

    reading: Reading
    values: Mapping[str, float | None]
    labels: Mapping[str, str] = field(default_factory=dict)
    is_fleeting: bool = False
    notes: tuple[Sentence, ...] = ()
    topics: tuple[Topic, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def only(self, kept: Iterable[str]) -> "Figures":
        """The same of some entities; the others are there, but have no value."""
        mine = set(kept)
        values = {one: value if one in mine else None for one, value in self.values.items()}
        return replace(self, values=values)


def figures(answer: Answer, rule: Rule) -> Figures | Why:
    """The figures that a rule is about, in its answer; else why there are none."""
    if rule.each or rule.kind == "new":
        return _rows(answer, rule)
    if not answer.readings:
        return Why("error", "its question gives no figure")
    reading = answer.readings[0]
    if rule.figure:
        named = [one for one in answer.readings if _is(one.name, rule.figure)]
        if not named:
            return Why("error", f"its answer has no figure “{rule.figure}”")
        reading = named[0]
    value = None if reading.value is None else float(reading.value)
    topics: set[Topic] = {*answer.summary.topics, reading.topic}
    if rule.kind == "unusual":
        topics.add("supply")  # its suppliers are named
    return Figures(reading, {TOTAL: value}, topics=tuple(sorted(topics)))


def basis_of(answer: Answer, reading: Reading) -> Basis:
    """What a figure rests on: the basis of its metric, else the first."""
    return next((one for one in answer.basis if one.metric == reading.metric), answer.basis[0])


def _rows(answer: Answer, rule: Rule) -> Figures | Why:
    table = answer.table
    if table is None:
        # a list that has nothing in it is not drawn
        return _none(answer, rule)
    column = _column(table, rule)
    if isinstance(column, str):
        return Why("error", column)
    keys, twins = _keys(table)
    first = table.columns[0]
    values, labels = {}, {}
    for key, row in zip(keys, table.rows, strict=True):
        if key:
            values[key] = 1.0 if rule.kind == "new" or column is None else _figure(row[column])
            labels[key] = str(row[0])
    shown = table.columns[column] if column is not None else Column(first.name, first.topic)
    reading = Reading(shown.name, None, shown.unit, shown.topic, shown.metric)
    topics = tuple(sorted({*answer.summary.topics, first.topic, shown.topic}))
    notes = (Sentence(twins, (first.topic,)),) if twins else ()
    return Figures(reading, values, labels, table.is_fleeting, notes, topics)


def _none(answer: Answer, rule: Rule) -> Figures | Why:
    if not answer.is_list or not answer.readings:
        return Why("error", "its answer has no rows")
    first = answer.readings[0]
    reading = Reading(rule.figure or first.name, None, "", first.topic, first.metric)
    topics = tuple(sorted({*answer.summary.topics, first.topic}))
    return Figures(reading, {}, is_fleeting=True, topics=topics)


def _column(table: Table, rule: Rule) -> int | str | None:
    """The place of the column that is judged; null where only the rows are."""
    if rule.figure:
        named = [at for at, one in enumerate(table.columns) if _is(one.name, rule.figure)]
        if not named:
            return f"its table has no column “{rule.figure}”"
        if table.rows and all(isinstance(row[named[0]], str) for row in table.rows):
            return f"its column “{rule.figure}” has no numbers"
        return named[0]
    numeric = (
        at for at in range(1, len(table.columns))
        if any(isinstance(row[at], (int, float, Decimal)) for row in table.rows)
        and not any(isinstance(row[at], str) for row in table.rows)
    )  # fmt: skip
    found = next(numeric, None)
    if found is None and rule.kind != "new" and table.rows:
        return "its table has no column of numbers"
    return found


def _keys(table: Table) -> tuple[list[str], str]:
    """A name for each row, "" for one that is not watched; and what to say of such rows.

    Of several rows of one thing the first counts: tables stand with the worst first.
    """
    keys = table.keys or ("",) * len(table.rows)
    words = Counter(str(row[0]) for key, row in zip(keys, table.rows, strict=True) if not key)
    named: list[str] = []
    taken: set[str] = set()
    for key, row in zip(keys, table.rows, strict=True):
        word = str(row[0])
        name = key or (word if words[word] == 1 else "")
        named.append("" if name in taken else name)
        taken.add(name)
    twins = sum(count for count in words.values() if count > 1)
    return named, f"{twins} rows bear a name that others bear too: not watched." if twins else ""


def _figure(value: object) -> float | None:
    """A number; null for none, and for a word in its place, such as "out"."""
    if not isinstance(value, (int, float, Decimal)):
        return None
    return float(value) if math.isfinite(value) else None


def _is(name: str, wanted: str) -> bool:
    return name.casefold() == wanted.casefold()
