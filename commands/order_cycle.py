"""How long do orders take until all is delivered, and how much of it did customers ask for?"""

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
    Topic,
    Value,
)
from commands._basis import basis
from commands._deliveries import (
    PARTIES,
    asked_for,
    name_of,
    said,
    topic_of,
    two_of_a_name,
    without_twins,
)
from commands._duration_words import compared, is_slower, rests_on
from commands._grammar import Query, read
from commands._keys import keys_of
from commands._order_cycle_rows import rows_behind
from commands._order_cycle_words import takes_whole, without_waiting
from commands._window import Window, midnight, month_starts
from storage.known.customers import identities
from storage.known.sales import sales_lines
from storage.metrics._durations import LONGEST, Duration
from storage.metrics.order_cycle import (
    METRIC,
    Cycle,
    Order,
    course,
    now,
    orders,
    placed,
    split,
    usual_cycle,
)

CHART_MONTHS, FEWEST_POINTS = 6, 3


@dataclass(frozen=True)
class _Orders:
    """All orders that a question looks at, and how their cycle is told. `usual` is the
    company's cycle of orders that do not wait."""

    query: Query
    every: list[Order]
    usual: float | None
    ask: Ask

    @property
    def today(self) -> date:
        return self.ask.today

    def figures(self, every: Sequence[Order]) -> Cycle:
        if self.query.is_named:
            return placed(_in(every, self.query.window), self.today, self.usual)
        return now(every, self.today, self.usual)

    def rows(self, found: Cycle) -> Table:
        every = _in(self.every, self.query.window) if self.query.is_named else self.every
        return rows_behind(every, found.gross, self.today, self.usual)

    def before(self, every: Sequence[Order], since: date | None) -> Duration:
        """The gross cycle of the time before; `since`: where the time of these days begins."""
        if self.query.is_named:
            return placed(_in(every, self.query.prior), self.today, None).gross
        then = self.today - timedelta(days=365) if self.query.versus_year else since
        return course(every, [then or self.today])[0]


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account", "item"),
        by=(*METRIC.dimensions, "month"),
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    query = without_twins(session, query)
    if choice := two_of_a_name(session, query, COMMAND.name):
        return choice
    seen = _read(session, ask, query)
    found = seen.figures(seen.every)
    if found.gross.n == 0:
        return _nothing(query)
    before = seen.before(seen.every, found.gross.since)
    return Answer(
        title=f"Order cycle {query.label}".strip(),
        summary=Sentence(takes_whole(query, found), _topics(query)),
        detail=tuple(Sentence(text, ("customers",)) for text in _detail(seen, found, before)),
        readings=_readings(found, before),
        chart=_chart(seen),
        table=_by_month(seen) if query.by == "month" else _table(seen, found),
        evidence=seen.rows(found) if ask.wants_evidence else None,
        basis=(_basis(session, seen, found),),
        notes=tuple(Sentence(text, ("customers",)) for text in rests_on(found.gross)),
        follow_ups=_follow_ups(query),
    )


def _read(session: Session, ask: Ask, query: Query) -> _Orders:
    """Orders of the last years, and of the windows that were named; the usual cycle is that of
    the whole company, whoever is asked about."""
    start = midnight(ask.today - timedelta(days=LONGEST), ask.zone)
    if query.is_named:
        start = min(query.window.start, query.prior.start, start)
    who = identities(session)
    lines = list(sales_lines(session, ask.now, start, zone=ask.zone))
    every = orders(lines)
    usual = usual_cycle(every, ask.today)
    if query.named or query.site:
        every = orders(asked_for(lines, query, who))
    return _Orders(query, every, usual, ask)


def _in(every: Sequence[Order], window: Window) -> list[Order]:
    return [one for one in every if window.start <= one.lines[0].ordered_at < window.end]


def _topics(query: Query) -> tuple[Topic, ...]:
    return ("customers", "supply") if query.refs("item") else ("customers",)


def _detail(seen: _Orders, found: Cycle, before: Duration) -> list[str]:
    label = seen.query.prior.label if seen.query.is_named else _then(seen, found)
    return [compared(found.gross, before, label), without_waiting(found)]


def _then(seen: _Orders, found: Cycle) -> str:
    if seen.query.versus_year:
        return "a year before"
    since = found.gross.since
    return f"in the {(seen.today - since).days if since else 0} days before"


def _readings(found: Cycle, before: Duration) -> tuple[Reading, ...]:
    gross, net = found.gross, found.net
    figures: list[tuple[str, float | None, str]] = [
        ("gross, median", gross.median, "d"),
        ("gross, 9 in 10 within", gross.p90, "d"),
        ("net, median", net.median if net else None, "d"),
        ("net, 9 in 10 within", net.p90 if net else None, "d"),
        ("dwell, median of those that wait", found.dwell, "d"),
        ("orders that wait", found.waiting if net else None, ""),
        ("usual cycle", found.usual, "d"),
        ("orders", gross.n, ""),
        ("open share", gross.open / gross.n, "share"),
        ("gross before, median", before.median, "d"),
        ("orders before", before.n, ""),
    ]
    return tuple(
        Reading(name, value, unit, "customers", METRIC.id) for name, value, unit in figures
    )


def _chart(seen: _Orders) -> Chart | None:
    """How long orders took at the beginning of each of the last months, and take now."""
    days_ = _months(seen)
    found = course(seen.every, days_)
    if sum(one.median is not None and not one.is_thin for one in found) < FEWEST_POINTS:
        return None
    return Chart(
        "line",
        "Days from order to delivery, 30 days to each date",
        tuple(f"{day:%-d %b}" for day in days_),
        (
            Series("median", tuple(None if one.is_thin else one.median for one in found)),
            Series("9 in 10 within", tuple(None if one.is_thin else one.p90 for one in found)),
        ),
        "customers",
        "d",
    )


def _months(seen: _Orders) -> list[date]:
    return [*month_starts(CHART_MONTHS, seen.today), seen.today]


def _table(seen: _Orders, whole: Cycle) -> Table:
    by = seen.query.by or ("item" if said(seen.query.named, PARTIES) else "customer")
    groups = split(seen.every, by)
    found = {value: seen.figures(every) for value, every in groups.items()}
    ranked = sorted(
        (value for value in found if found[value].gross.n),
        key=lambda value: (-found[value].gross.n, name_of(value)),
    )
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for number, value in enumerate(ranked):
        one, before = found[value], seen.before(groups[value], whole.gross.since)
        net = one.net.median if one.net else None
        rows.append(
            (name_of(value), one.gross.median, one.gross.p90, net, before.median, one.gross.n)
        )
        if is_slower(one.gross, before):
            bold.add(number)
    return Table(_columns(by.capitalize(), topic_of(by, "customers")), tuple(rows),
                 frozenset(bold), len(rows), keys_of(ranked))  # fmt: skip


def _by_month(seen: _Orders) -> Table:
    """A row for each month's beginning and for today, the newest first."""
    days_ = _months(seen)
    found = course(seen.every, days_)
    rows = [
        (f"to {day:%-d %b %Y}", one.median, one.p90, before.median if before else None, one.n)
        for day, one, before in zip(days_, found, [None, *found], strict=False)
    ]
    columns = _columns("30 days", "customers")
    return Table((*columns[:3], *columns[4:]), tuple(reversed(rows)), total=len(rows))


def _columns(first: str, topic: Topic) -> tuple[Column, ...]:
    return (
        Column(first, topic),
        Column("Median", "customers", "d", METRIC.id),
        Column("9 in 10", "customers", "d", METRIC.id),
        Column("Net", "customers", "d", METRIC.id),
        Column("Before", "customers", "d", METRIC.id),
        Column("Orders", "customers", "", METRIC.id),
    )


def _basis(session: Session, seen: _Orders, found: Cycle) -> Basis:
    start = seen.query.window.start
    if found.gross.since:
        start = midnight(found.gross.since, seen.ask.zone)
    end = seen.query.window.end if seen.query.is_named else seen.ask.now
    absurd = f"{found.gross.absurd} delivered before they were ordered, left out"
    return basis(
        session, seen.ask, METRIC, start, end, n=found.gross.n, open=found.gross.open,
        notes=(Sentence(absurd, ("customers",)),) if found.gross.absurd else (),
    )  # fmt: skip


def _follow_ups(query: Query) -> tuple[FollowUp, ...]:
    window = f" {query.window.label}" if query.is_named else ""
    names = "".join(f" {name}" for name in dict.fromkeys(one.name for one in query.named))
    by = "item" if query.by == "customer" or not names or said(query.named, PARTIES) else "customer"
    ups = [
        FollowUp(f"By {by}", f"order-cycle{names} by {by}{window}"),
        FollowUp("On time and in full", f"otif{names}{window}"),
        FollowUp("What is owed now", f"backorders{names}"),
    ]
    if not query.is_named:
        ups.append(FollowUp("Last year", f"order-cycle{names} last 365 days"))
    return tuple(ups)


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"No orders{of} {query.when}" if query.is_named else f"No orders{of} yet",
        "I know no customer's order there.",
        (
            FollowUp("Last 2 years", f"order-cycle {query.label} last 2 years".replace("  ", " ")),
            FollowUp("Data status", "status"),
        ),
    )


COMMAND = Command(
    name="order-cycle",
    summary="How many days customers' orders take until all is delivered, gross and net.",
    usage=(
        "order-cycle [customer or item] [by customer | item | category | site | country | owner |"
        " segment | month] [window] [vs last year] [in site]"
    ),
    examples=("order-cycle", "order-cycle by customer", "order-cycle last 2 years by item"),
    topics=("customers", "supply"),
    answer=answer,
    synonyms=("order cycle time", "cycle time", "ofct", "order to delivery", "fulfilment time"),
    asks=(
        "how long do customers wait for their orders",
        "how long from order to delivery for customers", "order cycle time",
        "how quickly do we fulfil customer orders", "fulfilment time",
    ),
)  # fmt: skip
