"""How long do purchases take from order to receipt, and is that longer than it was?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
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
from commands._duration_words import compared, is_slower, orders, rests_on, takes
from commands._grammar import Query, named_by, read
from commands._keys import keys_of
from commands._lead_time_rows import rows_behind
from commands._lead_time_tryton import answer_by_tryton, without_tryton
from commands._window import Window, midnight, month_starts
from storage.known import Named
from storage.known.purchases import Line, purchase_lines
from storage.metrics._durations import LONGEST, Duration, working_days
from storage.metrics.lead_time import METRIC, course, now, placed, split

CHART_MONTHS, FEWEST_POINTS = 6, 3


@dataclass(frozen=True)
class _Lines:
    """All lines that a question looks at, and how their lead time is told: as of now, or of those
    placed in the window that was named."""

    query: Query
    every: list[Line]
    today: date
    ask: Ask

    @property
    def asked(self) -> list[Line]:
        """Of all lines those of the window, where one was named."""
        return _in(self.every, self.query.window) if self.query.is_named else self.every

    def figures(self, lines: list[Line]) -> Duration:
        if self.query.is_named:
            return placed(_in(lines, self.query.window), self.today)
        return now(lines, self.today)

    def before(self, lines: list[Line], since: date | None) -> Duration:
        """The same of the time before; `since`: where the time of these days begins."""
        if self.query.is_named:
            return placed(_in(lines, self.query.prior), self.today)
        then = self.today - timedelta(days=365) if self.query.versus_year else since
        return course(lines, [then or self.today])[0]


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    if (rest := without_tryton(words)) is not None:
        return answer_by_tryton(session, ask, rest)
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("supplier", "item"),
        by=(*METRIC.dimensions, "month"),
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    seen = _Lines(query, _lines(session, ask, query), ask.today, ask)
    found = seen.figures(seen.every)
    if found.n == 0:
        return _nothing(query)
    before = seen.before(seen.every, found.since)
    return Answer(
        title=f"Lead time {query.label}".strip(),
        summary=Sentence(_summary(query, found), ("supply",)),
        detail=tuple(Sentence(text, ("supply",)) for text in _detail(seen, found, before)),
        readings=_readings(found, before, _working(seen)),
        chart=_chart(seen),
        table=_by_month(seen) if query.by == "month" else _table(seen, found),
        evidence=rows_behind(seen.asked, found, seen.today) if ask.wants_evidence else None,
        basis=(_basis(session, seen, found),),
        notes=tuple(Sentence(text, ("supply",)) for text in rests_on(found)),
        follow_ups=_follow_ups(query, seen.every),
    )


def _lines(session: Session, ask: Ask, query: Query) -> list[Line]:
    """Lines that bear on the question: of the last years, and of the windows that were named."""
    start = midnight(ask.today - timedelta(days=LONGEST), ask.zone)
    if query.is_named:
        start = min(query.window.start, query.prior.start, start)
    return [
        line
        for line in purchase_lines(session, ask.now, start, ask.now, zone=ask.zone)
        if named_by(query, "supplier", line.supplier) and named_by(query, "item", line.item)
        and query.site in (None, line.site)
    ]  # fmt: skip


def _in(lines: Sequence[Line], window: Window) -> list[Line]:
    return [line for line in lines if window.start <= line.ordered_at < window.end]


def _working(seen: _Lines) -> Duration:
    if seen.query.is_named:
        return placed(_in(seen.every, seen.query.window), seen.today, working_days)
    return now(seen.every, seen.today, working_days)


def _summary(query: Query, found: Duration) -> str:
    who = query.label or "A purchase"
    return takes(who, found, f"of {orders(found.n)} placed {query.when}", "orders arrive")


def _detail(seen: _Lines, found: Duration, before: Duration) -> list[str]:
    label = seen.query.prior.label if seen.query.is_named else _then(seen, found)
    return [compared(found, before, label)]


def _then(seen: _Lines, found: Duration) -> str:
    if seen.query.versus_year:
        return "a year before"
    length = (seen.today - found.since).days if found.since else 0
    return f"in the {length} days before"


def _chart(seen: _Lines) -> Chart | None:
    """How long purchases took at the beginning of each of the last months, and take now."""
    days_ = _months(seen)
    found = course(seen.every, days_)
    if sum(one.median is not None and not one.is_thin for one in found) < FEWEST_POINTS:
        return None
    return Chart(
        "line",
        "Days from order to receipt, 30 days to each date",
        tuple(f"{day:%-d %b}" for day in days_),
        (
            Series("median", tuple(None if one.is_thin else one.median for one in found)),
            Series("9 in 10 within", tuple(None if one.is_thin else one.p90 for one in found)),
        ),
        "supply",
        "d",
    )


def _months(seen: _Lines) -> list[date]:
    return [*month_starts(CHART_MONTHS, seen.today), seen.today]


def _readings(found: Duration, before: Duration, working: Duration) -> tuple[Reading, ...]:
    figures: list[tuple[str, float | None, str]] = [
        ("median", found.median, "d"),
        ("9 in 10 within", found.p90, "d"),
        ("median in working days", working.median, "wd"),
        ("9 in 10 within working days", working.p90, "wd"),
        ("orders", found.n, ""),
        ("open share", found.open / found.n, "share"),
        ("cancelled share", found.cancelled / found.n, "share"),
        ("median before", before.median, "d"),
        ("9 in 10 before", before.p90, "d"),
        ("orders before", before.n, ""),
    ]
    return tuple(Reading(name, value, unit, "supply", METRIC.id) for name, value, unit in figures)


def _table(seen: _Lines, whole: Duration) -> Table:
    query = seen.query
    dimension = query.by or ("item" if query.refs("supplier") else "supplier")
    groups = split(seen.every, dimension)
    found = {value: seen.figures(lines) for value, lines in groups.items()}
    ranked = sorted(
        (value for value in found if found[value].n),
        key=lambda value: (-found[value].n, _name(value)),
    )
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for number, value in enumerate(ranked):
        figures, before = found[value], seen.before(groups[value], whole.since)
        rows.append(
            (_name(value), figures.median, figures.p90, before.median, figures.n, figures.open)
        )
        if is_slower(figures, before):
            bold.add(number)
    return Table(_columns(dimension.capitalize()), tuple(rows), frozenset(bold), len(rows),
                 keys_of(ranked))  # fmt: skip


def _by_month(seen: _Lines) -> Table:
    """A row for each month's beginning and for today, the newest first."""
    days_ = _months(seen)
    found = course(seen.every, days_)
    rows = [
        (f"to {day:%-d %b %Y}", one.median, one.p90, before.median if before else None,
         one.n, one.open)
        for day, one, before in zip(days_, found, [None, *found], strict=False)
    ]  # fmt: skip
    return Table(_columns("30 days"), tuple(reversed(rows)), total=len(rows))


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column(first, "supply"),
        Column("Median", "supply", "d", METRIC.id),
        Column("9 in 10", "supply", "d", METRIC.id),
        Column("Before", "supply", "d", METRIC.id),
        Column("Orders", "supply", "", METRIC.id),
        Column("Open", "supply", "", METRIC.id),
    )


def _basis(session: Session, seen: _Lines, found: Duration) -> Basis:
    start = seen.query.window.start
    if found.since:
        start = midnight(found.since, seen.ask.zone)
    end = seen.query.window.end if seen.query.is_named else seen.ask.now
    absurd = f"{found.absurd} received before they were ordered, left out"
    notes = (Sentence(absurd, ("supply",)),) if found.absurd else ()
    return basis(session, seen.ask, METRIC, start, end, n=found.n, open=found.open, notes=notes)


def _follow_ups(query: Query, lines: list[Line]) -> tuple[FollowUp, ...]:
    window = f" {query.window.label}" if query.is_named else ""
    name = f" {query.label}" if query.named else ""
    other = "item" if query.by == "supplier" or not query.named else "supplier"
    ups = [FollowUp(f"By {other}", f"lead-time{name} by {other}{window}")]
    if not query.named and (busiest := _busiest(lines)):
        ups.append(FollowUp(busiest, f"lead-time {busiest}{window}", ("supply",)))
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
        f"No purchases{of} {query.when}" if query.is_named else f"No purchases{of} yet",
        "Nothing was ordered in that time, as far as I know.",
        (FollowUp("Last 2 years", longer), FollowUp("Data status", "status")),
    )


def _name(value: Named | str | None) -> str:
    if value is None:
        return "unknown"
    return value.name if isinstance(value, Named) else value


COMMAND = Command(
    name="lead-time",
    summary="How many days purchases take from order to receipt, open orders counted.",
    usage=(
        "lead-time [supplier or item] [by supplier | item | category | site | lane | country |"
        " month] [window] [vs last year] [in site] | lead-time tryton [by supplier | item]"
    ),
    examples=("lead-time", "lead-time by item", "lead-time last 2 years by supplier"),
    topics=("supply",),
    answer=answer,
    synonyms=("leadtimes", "supplier lead time", "delivery time"),
    slash="/leadtime",
    asks=(
        "lead time",
        "how long do purchases take",
        "how long does delivery from our supplier take",
        "when do goods arrive after ordering",
        "days from order to receipt",
        "average lead time",
        "leadtime",
        "lead time trend",
        "is it slower",
        "is it faster",
        "delivery time of a supplier",
        "delivery time",
        "how fast does a supplier deliver",
        "procurement replenishment time",
        "wait for material",
    ),
)
