"""The rows behind figures about customers: each answer to a survey, each customer's revenue, each
ticket, and what it counted as."""

from collections.abc import Iterable, Sequence
from datetime import date

from commands._book import Book
from commands._contract import Ask, Column, Table, Value
from storage.known.cases import Case
from storage.known.voices import Voice
from storage.metrics.retention import Pair


def pairs_behind(ask: Ask, pairs: Iterable[Pair]) -> Table | None:
    """Each customer with revenue at the start: what it brings at the end, and what that is."""
    if not ask.wants_evidence:
        return None
    columns = (
        Column("Customer", "customers"),
        Column("At start", "revenue"),
        Column("At end", "revenue"),
        Column("Currency", "revenue"),
        Column("State", "customers"),
    )
    rows: list[tuple[Value, ...]] = [
        (pair.customer.name, pair.start, pair.end, pair.currency, _kept(pair)) for pair in pairs
    ]
    return Table(columns, tuple(rows), total=len(rows))


def _kept(pair: Pair) -> str:
    if pair.end == 0:
        return "lost"
    if pair.end == pair.start:
        return "kept"
    return "more" if pair.end > pair.start else "less"


def voices_behind(
    ask: Ask,
    book: Book,
    every: Sequence[Voice],
    counted: Sequence[Voice],
    window: tuple[date, date],
) -> Table | None:
    """Each answer of a window: those counted, and why the others were not."""
    if not ask.wants_evidence:
        return None
    keys = {one.key for one in counted}
    columns = (
        Column("Customer", "customers"),
        Column("On", "customers"),
        Column("Score", "customers"),
        Column("Scale", "customers"),
        Column("Comment", "personal"),
        Column("State", "customers"),
    )
    rows: list[tuple[Value, ...]] = [
        (book.name(one.company), one.on.isoformat(), one.score, one.scale, one.comment,
         _counted(one, keys))
        for one in every
        if window[0] <= one.on < window[1]
    ]  # fmt: skip
    return Table(columns, tuple(rows), total=len(rows))


def _counted(one: Voice, keys: set[tuple[str, str]]) -> str:
    if one.score is None:
        return "left out: no score"
    return "counted" if one.key in keys else "left out: the company answered again later"


def cases_behind(ask: Ask, book: Book, every: Iterable[Case]) -> Table | None:
    """Each ticket with its instants in UTC."""
    if not ask.wants_evidence:
        return None
    names = ("Ticket", "Customer", "Priority", "Opened", "Answered", "Closed", "State")
    rows: list[tuple[Value, ...]] = [
        (one.number, book.name(one.company), one.priority, one.opened_at.isoformat(),
         one.answered_at.isoformat() if one.answered_at else None,
         one.closed_at.isoformat() if one.closed_at else None,
         "closed" if one.closed_at else "open")
        for one in every
    ]  # fmt: skip
    columns = tuple(Column(name, "customers") for name in names)
    return Table(columns, tuple(rows), total=len(rows))
