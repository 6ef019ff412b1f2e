"""How many tickets wait, and how long do a first response and a solution take?"""

from collections.abc import Callable, Sequence
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
from commands._basis import basis
from commands._book import Book, open_book
from commands._customer_rows import cases_behind
from commands._grammar import Query, read
from commands._window import Window
from storage.entities import entity
from storage.known.cases import Case, cases
from storage.metrics.tickets import (
    METRIC,
    RECENT,
    Hours,
    Until,
    first_response,
    opened,
    resolution,
    under_way,
    waiting,
)

FEW = 5
LONG_OPEN = 10
CHANGED = 0.25


@dataclass(frozen=True)
class _Seen:
    """The tickets that a question looks at, and how their hours are told."""

    ask: Ask
    query: Query
    every: list[Case]

    def before(self) -> Hours:
        """The same of the time before: of those opened then, or of all under way a month ago."""
        if self.query.is_named or self.query.versus_year:
            return self.hours(self.every, resolution, self.query.prior)
        return under_way(self.every, resolution, self.ask.now - RECENT)

    def hours(self, some: Sequence[Case], until: Until, window: Window | None = None) -> Hours:
        """Those opened in a window that was named, else all that were under way lately."""
        named = window or (self.query.window if self.query.is_named else None)
        if named:
            return opened(some, until, named.start, named.end, self.ask.now)
        return under_way(some, until, self.ask.now)


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"),
        by=METRIC.dimensions, days=30,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    book = open_book(session, ask, query)
    wanted = book.asked(query)
    every = [
        one for one in cases(session, ask.now, book.who) if not wanted or one.company in wanted
    ]
    if not every:
        return _nothing(query)
    seen = _Seen(ask, query, every)
    solved, answered = seen.hours(every, resolution), seen.hours(every, first_response)
    open_ = waiting(every)
    return Answer(
        title=f"Tickets {query.label}".strip(),
        summary=Sentence(_summary(query, open_, solved), ("customers",)),
        detail=(Sentence(_compared(seen, solved, answered), ("customers",)),),
        readings=_readings(seen, open_, solved, answered),
        table=_split(seen, book) if query.by else _waiting(seen, book, open_),
        is_list=not query.by,
        basis=(
            basis(
                session, ask, METRIC, query.window.start, query.window.end,
                n=solved.n, open=solved.open,
            ),
        ),
        evidence=cases_behind(ask, book, every),
        notes=_notes(seen, solved, answered),
        follow_ups=(
            FollowUp("By priority", "tickets by priority"),
            FollowUp("What are they about?", "feedback"),
            FollowUp("Last 90 days", "tickets last 90 days"),
        ),
    )  # fmt: skip


def _summary(query: Query, open_: Sequence[Case], solved: Hours) -> str:
    count = f"{len(open_)} ticket{'' if len(open_) == 1 else 's'}"
    who = f" of {query.label}" if query.named else ""
    if solved.median is None:
        return f"**{count}{who} open**; how long a solution takes can't be told yet."
    text = f"**{count}{who} open; a solution takes {_time(solved.median)}** (median)"
    if solved.p90 is None:
        return f"{text}; how long 9 in 10 take can't be told yet."
    return f"{text}, 9 in 10 within {_time(solved.p90)}."


def _compared(seen: _Seen, solved: Hours, answered: Hours) -> str:
    first = (
        f"A first response takes {_time(answered.median)} (median)."
        if answered.median is not None
        else "How long a first response takes can't be told."
    )
    prior = seen.query.prior
    before = seen.before()
    if solved.median is None or before.median is None or before.n < FEW:
        return f"{first} Too few tickets {prior.label} to compare with ({before.n})."
    change = solved.median - before.median
    if abs(change) < CHANGED * before.median:
        return f"{first} ● A solution takes about as long as {prior.label}."
    word = "▲ slower" if change > 0 else "▼ faster"
    return f"{first} {word} than {prior.label}: {_time(before.median)} then."


def _readings(
    seen: _Seen, open_: Sequence[Case], solved: Hours, answered: Hours
) -> tuple[Reading, ...]:
    oldest = (seen.ask.today - open_[0].opened_on).days if open_ else None
    window = seen.query.window
    fresh = sum(1 for one in seen.every if window.start <= one.opened_at < window.end)
    figures: list[tuple[str, float | None, str]] = [
        ("open", len(open_), ""), ("oldest open", oldest, "d"), ("opened", fresh, ""),
        ("first response, median", answered.median, "h"),
        ("first response, 9 in 10", answered.p90, "h"),
        ("resolution, median", solved.median, "h"), ("resolution, 9 in 10", solved.p90, "h"),
        ("tickets counted", solved.n, ""), ("reopened", None, ""),
    ]  # fmt: skip
    return tuple(
        Reading(name, value, unit, "customers", METRIC.id) for name, value, unit in figures
    )


def _waiting(seen: _Seen, book: Book, open_: Sequence[Case]) -> Table | None:
    """Those that wait, the oldest first."""
    if not open_:
        return None
    columns = (
        Column("Ticket", "customers"),
        Column("Customer", "customers"),
        Column("Priority", "customers"),
        Column("Open for", "customers", "d", METRIC.id),
        Column("Answered", "customers"),
        Column("Subject", "customers"),
    )
    ages = [(seen.ask.today - one.opened_on).days for one in open_]
    rows: list[tuple[Value, ...]] = [
        (one.number, book.name(one.company), one.priority, age,
         "yes" if one.answered_at else "▲ no", one.subject)
        for one, age in zip(open_, ages, strict=True)
    ]  # fmt: skip
    bold = frozenset(at for at, age in enumerate(ages) if age > LONG_OPEN)
    keys = tuple(entity("ticket", one.key) for one in open_)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _split(seen: _Seen, book: Book) -> Table:
    """Hours by a dimension, the value with the most tickets first; months the newest first."""
    dimension = seen.query.by
    assert dimension is not None
    groups: dict[str, list[Case]] = {}
    for one in seen.every:
        groups.setdefault(_value(book, dimension)(one), []).append(one)
    rows: list[tuple[Value, ...]] = []
    for name, some in groups.items():
        solved = opened(some, resolution, some[0].opened_at, seen.ask.now, seen.ask.now) if (
            dimension == "month"
        ) else seen.hours(some, resolution)  # fmt: skip
        answered = seen.hours(some, first_response)
        if solved.n:
            rows.append((name, solved.median, solved.p90, answered.median, solved.n, solved.open))
    rows.sort(key=lambda row: (-int(row[4] or 0), str(row[0])))
    if dimension == "month":
        rows.sort(key=lambda row: str(row[0]), reverse=True)
    columns = (
        Column(dimension.capitalize(), "customers"),
        Column("Median", "customers", "h", METRIC.id),
        Column("9 in 10", "customers", "h", METRIC.id),
        Column("First response", "customers", "h", METRIC.id),
        Column("Tickets", "customers", "", METRIC.id),
        Column("Open", "customers", "", METRIC.id),
    )
    return Table(columns, tuple(rows), total=len(rows))


def _value(book: Book, dimension: str) -> Callable[[Case], str]:
    if dimension == "priority":
        return lambda one: one.priority or "unknown"
    if dimension == "month":
        return lambda one: f"{one.opened_on:%Y-%m}"
    return lambda one: book.dimension(one.company, dimension)


def _notes(seen: _Seen, solved: Hours, answered: Hours) -> tuple[Sentence, ...]:
    notes = ["Hours of the clock, nights and weekends counted; open tickets count as still open."]
    if not any(one.answered_at for one in seen.every):
        notes.append("First responses are n/a: no source tells when they were.")
    if solved.is_thin:
        notes.append("Few were under way at a time: these are tickets of the last 30 days.")
    if solved.n < FEW:
        notes.append(f"Only {solved.n}: one more can change this much.")
    notes.append("How many were opened again is n/a: sources overwrite the state.")
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _time(hours: float) -> str:
    """Hours as one says them; days from two days on."""
    if hours < 1:
        return f"{60 * hours:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"No tickets{of} yet",
        "No ticket is known: it needs the CRM's tickets, or a file of them.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="tickets",
    summary="How many tickets wait, and how long a first response and a solution take.",
    usage="tickets [customer] [by priority | segment | owner | month] [window]",
    examples=("tickets", "tickets by priority", "tickets last 90 days"),
    topics=("customers",),
    answer=answer,
    synonyms=("ticket load", "first response", "resolution time", "open tickets"),
    asks=(
        "how many tickets are open",
        "how fast do we answer tickets",
        "support response time",
        "open tickets",
        "how long does support take to solve a ticket",
    ),
)
