"""How long do purchases take from order to receipt, and is that longer than it was?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Chart,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._basis import basis
from commands._grammar import Query, read
from commands._window import Window, last_days, month_starts
from storage.known import Line, Named, purchase_lines
from storage.metrics.lead_time import METRIC, LeadTime, measure, measure_by

FEW = 5
CHART_MONTHS, CHART_DAYS, FEWEST_POINTS = 6, 90, 3
CHANGED = 0.15


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("supplier", "item"),
        by=METRIC.dimensions,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    today = ask.now.astimezone(ask.zone).date()
    lines, prior_lines = (
        _lines(session, ask, query, query.window),
        _lines(session, ask, query, query.prior),
    )
    now, prior = measure(lines, today), measure(prior_lines, today)
    if now.n == 0:
        return _nothing(query)
    dimension = query.by or ("item" if query.refs("supplier") else "supplier")
    return Answer(
        title=f"Lead time {query.label}".strip(),
        summary=Sentence(_summary(query, now), ("supply",)),
        detail=(Sentence(_compared(query, now, prior), ("supply",)),),
        readings=_readings(now, prior),
        chart=_chart(session, ask, query),
        table=_table(lines, prior_lines, today, dimension),
        basis=(
            basis(
                session, ask, METRIC, query.window.start, query.window.end,
                n=now.n, open=now.open, notes=_basis_notes(now),
            ),
        ),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(now)),
        follow_ups=_follow_ups(query, lines),
    )  # fmt: skip


def _chart(session: Session, ask: Ask, query: Query) -> Chart | None:
    """What the answer would have been at the beginning of each of the last months, and now."""
    instants = [*month_starts(CHART_MONTHS, ask.now, ask.zone), ask.now]
    found = [_as_of(session, ask, query, at) for at in instants]
    if sum(one.median is not None for one in found) < FEWEST_POINTS:
        return None
    return Chart(
        "line",
        f"Days from order to receipt, {CHART_DAYS} days to each date",
        tuple(f"{at.astimezone(ask.zone):%-d %b}" for at in instants),
        (
            Series("median", tuple(one.median for one in found)),
            Series("9 in 10 within", tuple(one.p90 for one in found)),
        ),
        "supply",
        "d",
    )


def _as_of(session: Session, ask: Ask, query: Query, at: datetime) -> LeadTime:
    window = last_days(CHART_DAYS, at, ask.zone)
    return measure(
        _lines(session, replace(ask, now=at), query, window), at.astimezone(ask.zone).date()
    )


def _lines(session: Session, ask: Ask, query: Query, window: Window) -> list[Line]:
    suppliers, items = query.refs("supplier"), query.refs("item")
    return [
        line
        for line in purchase_lines(session, ask.now, window.start, window.end)
        if _is_one_of(line.supplier, suppliers) and _is_one_of(line.item, items)
    ]


def _is_one_of(named: Named | None, wanted: set[tuple[str, str]]) -> bool:
    return not wanted or (named is not None and (named.source, named.ref) in wanted)


def _summary(query: Query, now: LeadTime) -> str:
    who = query.label or "A purchase"
    if now.median is None:
        return (
            f"**{who}: not yet estimable**: of {_orders(now.n)} placed {_when(query)} fewer than"
            " half have arrived."
        )
    text = f"**{who} takes {_days(now.median)}** (median)"
    if now.p90 is None:
        return f"{text}; how long 9 in 10 take can't be told yet, {now.open} of {now.n} are open."
    return f"{text}; 9 in 10 orders arrive within {now.p90:g}."


def _compared(query: Query, now: LeadTime, prior: LeadTime) -> str:
    if prior.median is None or prior.n < FEW:
        return f"Too few orders {query.prior.label} to compare with ({prior.n})."
    if now.median is None:
        return f"It was {_days(prior.median)} {query.prior.label}."
    change = now.median - prior.median
    if abs(change) < max(1.0, CHANGED * prior.median):
        return f"● About as {query.prior.label}: {_days(prior.median)} then."
    word = "▲ slower" if change > 0 else "▼ faster"
    return f"{word} by {_days(abs(change))} than {query.prior.label}: {_days(prior.median)} then."


def _readings(now: LeadTime, prior: LeadTime) -> tuple[Reading, ...]:
    figures = [
        ("median", now.median, "d"),
        ("9 in 10 within", now.p90, "d"),
        ("orders", now.n, ""),
        ("open share", now.open / now.n, "share"),
        ("cancelled share", now.cancelled / now.n, "share"),
        ("median before", prior.median, "d"),
        ("9 in 10 before", prior.p90, "d"),
        ("orders before", prior.n, ""),
    ]
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _table(lines: list[Line], prior_lines: list[Line], today: date, dimension: str) -> Table:
    now = measure_by(lines, today, dimension)
    prior = measure_by(prior_lines, today, dimension)
    ranked = sorted(now.items(), key=lambda found: (-found[1].n, _name(found[0])))
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for number, (value, figures) in enumerate(ranked):
        before = prior.get(value)
        rows.append(
            (_name(value), figures.median, figures.p90, before.median if before else None,
             figures.n, figures.open)
        )  # fmt: skip
        if _is_slower(figures, before):
            bold.add(number)
    columns = (
        Column(dimension.capitalize(), "supply"),
        Column("Median", "supply", "d", METRIC.id),
        Column("9 in 10", "supply", "d", METRIC.id),
        Column("Before", "supply", "d", METRIC.id),
        Column("Orders", "supply", "", METRIC.id),
        Column("Open", "supply", "", METRIC.id),
    )
    return Table(columns, tuple(rows), frozenset(bold), len(rows))


def _is_slower(now: LeadTime, before: LeadTime | None) -> bool:
    if before is None or before.median is None or now.median is None:
        return False
    if min(now.n, before.n) < FEW:
        return False
    return now.median - before.median >= max(1.0, CHANGED * before.median)


def _basis_notes(now: LeadTime) -> tuple[Sentence, ...]:
    if not now.absurd:
        return ()
    text = f"{now.absurd} received before they were ordered, left out"
    return (Sentence(text, ("supply",)),)


def _notes(now: LeadTime) -> list[str]:
    notes = []
    if now.n < FEW:
        notes.append(f"Only {_orders(now.n)}: one more can change this much.")
    if now.cancelled:
        notes.append(f"{now.cancelled} of {_orders(now.n)} cancelled, counted until then.")
    return notes


def _follow_ups(query: Query, lines: list[Line]) -> tuple[FollowUp, ...]:
    window = f" {query.window.label}" if query.is_named else ""
    name = f" {query.label}" if query.named else ""
    other = "item" if query.by == "supplier" or not query.named else "supplier"
    ups = [FollowUp(f"By {other}", f"lead-time{name} by {other}{window}")]
    if not query.named and lines:
        busiest = _busiest(lines)
        if busiest:
            ups.append(FollowUp(busiest, f"lead-time {busiest}{window}"))
    if not query.is_named:
        ups.append(FollowUp("Last year", f"lead-time{name} last 365 days"))
    return tuple(ups)


def _busiest(lines: list[Line]) -> str | None:
    names = [line.supplier.name for line in lines if line.supplier]
    return max(sorted(set(names)), key=names.count) if names else None


def _nothing(query: Query) -> Notice:
    of = f" from {query.label}" if query.named else ""
    longer = f"lead-time {query.label} last 2 years".replace("  ", " ")
    return Notice(
        f"No purchases{of} {_when(query)}",
        "Nothing was ordered in that time, as far as I know.",
        (FollowUp("Last 2 years", longer), FollowUp("Data status", "status")),
    )


def _when(query: Query) -> str:
    label = query.window.label
    return f"in the {label}" if label.startswith("last") else label


def _days(value: float) -> str:
    return f"{value:g} day{'' if value == 1 else 's'}"


def _orders(count: int) -> str:
    return f"{count} order{'' if count == 1 else 's'}"


def _name(value: Named | str | None) -> str:
    if value is None:
        return "unknown"
    return value.name if isinstance(value, Named) else value


COMMAND = Command(
    name="lead-time",
    summary="How many days purchases take from order to receipt, open orders counted.",
    usage="lead-time [supplier or item] [by supplier | item | category | site | country] [window]",
    examples=("lead-time", "lead-time by item", "lead-time last 2 years by supplier"),
    topics=("supply",),
    answer=answer,
    synonyms=("leadtimes", "supplier lead time", "delivery time"),
    slash="/leadtime",
)
