"""Average lead time by Tryton's own definition, for those who compare it with Tryton's screen."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session

from commands._basis import basis, source_label
from commands._contract import (
    Answer,
    Ask,
    Column,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._grammar import Query, named_by, read
from commands._window import midnight
from storage.known import Named
from storage.known.arrivals import Arrival, arrivals
from storage.metrics.lead_time_tryton import DIMENSIONS, METRIC, average, average_by, since

TRYTON = re.compile(r"^tryton(?:'s)?$", re.IGNORECASE)
BEFORE, AFTER = frozenset({"by", "as", "like", "per"}), frozenset({"definition", "does", "way"})
BY = ("supplier", "item")
DAY = timedelta(days=1)


def without_tryton(words: Sequence[str]) -> list[str] | None:
    """The words without "by Tryton's definition", or "tryton"; null where they don't say so."""
    at = next((at for at, word in enumerate(words) if TRYTON.match(word)), None)
    if at is None:
        return None
    start = at - 1 if at and words[at - 1].lower() in BEFORE else at
    end = at + 2 if at + 1 < len(words) and words[at + 1].lower() in AFTER else at + 1
    return [*words[:start], *words[end:]]


def answer_by_tryton(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    """The answer to the words that are left; of the orders of Tryton alone."""
    query = read(
        session, ask, words, command="lead-time tryton", kinds=("supplier", "item"), by=BY
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    first = since(ask.today)
    found = [
        one
        for one in arrivals(session, ask.now, first)
        if one.source.startswith("tryton:") and named_by(query, "supplier", one.supplier)
        and named_by(query, "item", one.item)
    ]  # fmt: skip
    mean = average(found, ask.today)
    if mean is None:
        return _nothing(query)
    waiting = sum(1 for one in found if one.received_on is None)
    start = midnight(first, ask.zone)
    return Answer(
        title=f"Lead time by Tryton's definition {query.label}".strip(),
        summary=Sentence(_summary(query, mean, len(found)), ("supply",)),
        detail=(Sentence(_detail(waiting, len(found)), ("supply",)),),
        readings=(
            Reading("average by Tryton's definition", mean / DAY, "d", "supply", METRIC.id),
            Reading("receipts and open rests", len(found), "", "supply", METRIC.id),
            Reading("open rests", waiting, "", "supply", METRIC.id),
        ),
        table=_table(query, found, ask.today),
        evidence=_evidence(found, ask.today),
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=len(found), open=waiting),
        ),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(query, found)),
        follow_ups=_follow_ups(query),
    )  # fmt: skip


def _summary(query: Query, mean: timedelta, n: int) -> str:
    who = query.label or "A purchase"
    receipts = "1 receipt or open rest" if n == 1 else f"{n} receipts and open rests"
    return f"**{who} takes {mean / DAY:.1f} days on average by Tryton's definition**: {receipts}."


def _detail(waiting: int, n: int) -> str:
    return (
        f"{waiting} of {n} have not come and count up to the day planned or today, so what was"
        " ordered lately looks quick; `lead-time` counts them as not arrived yet."
    )


def _table(query: Query, found: Sequence[Arrival], today: date) -> Table:
    dimension = query.by or ("item" if query.refs("supplier") else "supplier")
    value_of = DIMENSIONS[dimension]
    counts = Counter(value_of(one) for one in found)
    waiting = Counter(value_of(one) for one in found if one.received_on is None)
    means = average_by(found, today, dimension)
    ranked = sorted(means, key=lambda value: (-counts[value], _name(value)))
    rows: list[tuple[Value, ...]] = [
        (_name(value), _days(means[value]), counts[value], waiting[value]) for value in ranked
    ]
    columns = (
        Column(dimension.capitalize(), "supply"),
        Column("Average", "supply", "d", METRIC.id),
        Column("Receipts, rests", "supply", "", METRIC.id),
        Column("Open", "supply", "", METRIC.id),
    )
    return Table(columns, tuple(rows), total=len(rows))


def _evidence(found: Sequence[Arrival], today: date) -> Table:
    """Every receipt and open rest with the days that it counts."""
    names = ("Supplier", "Item", "Ordered", "Received", "Planned", "Days", "State")
    rows: list[tuple[Value, ...]] = []
    for one in found:
        mean = average([one], today)
        state = "open" if one.received_on is None else "received"
        rows.append(
            (
                _name(one.supplier), _name(one.item), one.ordered_on.isoformat(),
                one.received_on.isoformat() if one.received_on else None,
                one.planned_on.isoformat() if one.planned_on else None,
                _days(mean), "called off" if one.is_given_up else state,
            )
        )  # fmt: skip
    return Table(tuple(Column(name, "supply") for name in names), tuple(rows), total=len(rows))


def _notes(query: Query, found: Sequence[Arrival]) -> list[str]:
    sources = ", ".join(source_label(one) for one in sorted({one.source for one in found}))
    notes = [f"Of purchases in {sources}."]
    if query.is_named:
        notes.append("Tryton's average is always of the last year; the time asked for is not used.")
    return notes


def _follow_ups(query: Query) -> tuple[FollowUp, ...]:
    name = f" {query.label}" if query.named else ""
    other = "item" if query.by == "supplier" or not query.named else "supplier"
    return (
        FollowUp("As Leadline counts", f"lead-time{name}"),
        FollowUp(f"By {other}", f"lead-time tryton{name} by {other}"),
        FollowUp("How is this computed?", f"define {METRIC.id}"),
    )


def _nothing(query: Query) -> Notice:
    of = f" from {query.label}" if query.named else ""
    return Notice(
        f"No purchases{of} of Tryton in the last year",
        "This is Tryton's own average: it needs a source of that kind, with purchases. The lead"
        " time of every source is `lead-time`.",
        (
            FollowUp("Lead time", f"lead-time {query.label}".strip()),
            FollowUp("How is this computed?", f"define {METRIC.id}"),
        ),
    )


def _days(mean: timedelta | None) -> float | None:
    return None if mean is None else round(mean / DAY, 1)


def _name(value: Named | None) -> str:
    return value.name if value else "unknown"
