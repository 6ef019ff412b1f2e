"""Which orders has the supplier not acknowledged, and since when?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._basis import basis, source_label
from commands._duration_words import days
from commands._grammar import Query, named_by, read
from commands._money import column, readings, said
from commands._purchase_rows import purchase_rows
from storage.entities import entity
from storage.known.purchases import Line, purchase_lines
from storage.known.rates import Rates, Sums, rates
from storage.known.told import told
from storage.metrics._durations import Duration
from storage.metrics.unacknowledged import METRIC, Waiting, unacknowledged, usually


@dataclass(frozen=True)
class _Found:
    """The orders that wait, how long suppliers usually take, and the sources that don't tell."""

    query: Query
    lines: list[Line]
    waiting: list[Waiting]
    usual: Duration
    rates: Rates
    silent: list[str]

    @property
    def value(self) -> Sums:
        return self.rates.total(amount for one in self.waiting for amount in one.amounts)

    def is_long(self, one: Waiting) -> bool:
        """Whether it waits for longer than 9 in 10 usually do."""
        return self.usual.p90 is not None and one.days > self.usual.p90


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(session, ask, words, command=COMMAND.name, kinds=("supplier",), by=())
    if isinstance(query, Notice):
        return query
    every = [
        line
        for line in purchase_lines(session, ask.now, zone=ask.zone)
        if query.site in (None, line.site) and named_by(query, "supplier", line.supplier)
    ]
    if query.is_named:
        window = query.window
        every = [line for line in every if window.start <= line.ordered_at < window.end]
    sources = told(session, ask.now).acknowledged
    silent = sorted({line.key[0] for line in every} - sources)
    waiting = unacknowledged(every, sources, ask.today)
    usual = usually(every, sources, ask.today)
    if waiting is None or usual is None:
        return _silent(query, silent)
    if not every:
        return _nothing(query)
    home = rates(session, ask.now, ask.currency)
    return _answer(session, ask, _Found(query, every, waiting, usual, home, silent))


def _answer(session: Session, ask: Ask, found: _Found) -> Answer:
    waiting = {one.key for one in found.waiting}
    start = min((line.ordered_at for line in found.lines), default=ask.now)
    return Answer(
        title=f"Unacknowledged orders {found.query.label}".strip(),
        summary=Sentence(_summary(found), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(found)),
        readings=_readings(found),
        table=_table(found) if found.waiting else None,
        is_list=True,
        evidence=purchase_rows(line for line in found.lines if line.order in waiting),
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=found.usual.n, open=len(waiting)),
        ),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(found)),
        follow_ups=_follow_ups(found),
    )  # fmt: skip


def _summary(found: _Found) -> str:
    if not found.waiting:
        return _none_waits(found)
    of = f" of {found.query.label}" if found.query.named else ""
    first, count = found.waiting[0], len(found.waiting)
    are = "is" if count == 1 else "are"
    who = f" from {first.supplier.name}" if first.supplier and not found.query.named else ""
    oldest = f"{first.number}{who}, {days(first.days)} old"
    if count == 1:
        return f"**1 order{of} {are} not acknowledged**: {oldest}."
    return f"**{count} orders{of} {are} not acknowledged**; the oldest is {oldest}."


def _none_waits(found: _Found) -> str:
    """Said only of the sources that tell of acknowledgements, by name where others don't."""
    telling = [line for line in found.lines if line.key[0] not in found.silent]
    names = ", ".join(source_label(name) for name in sorted({line.key[0] for line in telling}))
    whose = [found.query.label] if found.query.named else []
    whose += [names] if found.silent else []
    of = f" of {' in '.join(whose)}" if whose else ""
    if not any(line.is_open for line in telling):
        return f"**No order{of} is open**: none waits to be acknowledged."
    return f"**Every open order{of} has been acknowledged**."


def _detail(found: _Found) -> list[str]:
    told_ = []
    if found.waiting:
        long = sum(map(found.is_long, found.waiting))
        text = f"Worth {said(found.value)}"
        told_.append(f"{text}; longer than 9 in 10 usually take: {long}." if long else f"{text}.")
    if found.usual.median is None:
        return [*told_, "Fewer than half of such orders are ever acknowledged."]
    most = f", 9 in 10 within {found.usual.p90:g}" if found.usual.p90 is not None else ""
    return [*told_, f"Half are acknowledged within {days(found.usual.median)}{most}."]


def _readings(found: _Found) -> tuple[Reading, ...]:
    figures: list[tuple[str, float | None, str]] = [
        ("unacknowledged", len(found.waiting), ""),
        ("oldest", found.waiting[0].days if found.waiting else None, "d"),
        ("longer than 9 in 10", sum(map(found.is_long, found.waiting)), ""),
        ("days to acknowledge, median", found.usual.median, "d"),
        ("days to acknowledge, 9 in 10", found.usual.p90, "d"),
    ]
    return (
        *(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures),
        *readings("value", found.value, "supply", METRIC.id),
    )


def _table(found: _Found) -> Table:
    money, unit = column([found.rates.total(one.amounts) for one in found.waiting])
    rows: list[tuple[Value, ...]] = [
        (
            one.number, one.supplier.name if one.supplier else "unknown", one.days,
            one.working_days, one.due_on.isoformat() if one.due_on else None, amount,
        )
        for one, amount in zip(found.waiting, money, strict=True)
    ]  # fmt: skip
    columns = (
        Column("Order", "supply"),
        Column("Supplier", "supply"),
        Column("Age", "supply", "d", METRIC.id),
        Column("Working", "supply", "wd", METRIC.id),
        Column("Due", "supply"),
        Column("Value", "supply", unit, METRIC.id),
    )
    bold = frozenset(at for at, one in enumerate(found.waiting) if found.is_long(one))
    keys = tuple(entity("purchase", one.key) for one in found.waiting)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _notes(found: _Found) -> list[str]:
    notes = []
    if found.silent:
        names = ", ".join(map(source_label, found.silent))
        notes.append(f"{names}: n/a, no order there was ever acknowledged with a date.")
    if found.query.is_named:
        notes.append(f"Only orders placed {found.query.when}.")
    return notes


def _follow_ups(found: _Found) -> tuple[FollowUp, ...]:
    if not found.waiting:
        return (FollowUp("Suppliers", "suppliers"), FollowUp("Lead times", "lead-time"))
    first = found.waiting[0]
    ups = [FollowUp(f"Order {first.number}", f"order {first.number}")]
    if first.supplier:
        name = first.supplier.name
        ups.append(FollowUp(name, f"suppliers {name}", ("supply",)))
        ups.append(FollowUp(f"Who waits for {name}?", f"impact {name}", ("supply",)))
    return tuple(ups)


def _silent(query: Query, silent: Sequence[str]) -> Notice:
    names = ", ".join(map(source_label, silent))
    return Notice(
        f"n/a: no acknowledgement is told of {query.label or 'any order'}",
        f"{names} gives no day on which a supplier acknowledged an order, so none can be called"
        " missing. I need that day: from a file it is the column `acknowledged_at`.",
        (FollowUp("Suppliers", f"suppliers {query.label}".strip()),
         FollowUp("How is this computed?", f"define {METRIC.id}")),
    )  # fmt: skip


def _nothing(query: Query) -> Notice:
    return Notice(
        f"No purchases from {query.label}" if query.named else "No purchases yet",
        "Nothing was ordered in that time, as far as I know.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="unacknowledged",
    summary="Orders that the supplier has not acknowledged, the oldest first.",
    usage="unacknowledged [supplier] [window] [in site]",
    examples=("unacknowledged",),
    topics=("supply",),
    answer=answer,
    synonyms=("unconfirmed", "not acknowledged", "missing acknowledgements"),
    asks=(
        "which purchases are not acknowledged",
        "unconfirmed purchase orders",
        "which orders has a supplier not confirmed",
        "acknowledgement missing",
    ),
)
