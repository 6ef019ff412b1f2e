"""Open lines and how their promises moved: every promise that was seen of each, in its order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlmodel import Session

from commands._contract import Ask, Topic
from commands._grammar import Query
from storage.known import Named
from storage.known.customers import identities
from storage.known.orders import Promise, promises, promises_from, promises_since
from storage.known.purchases import Line, purchase_lines
from storage.known.sales import SalesLine, sales_lines
from storage.links import Key


@dataclass(frozen=True)
class Moved:
    """An open line of which the promise moved: every promise seen of it, the oldest first."""

    line: Line | SalesLine
    ledger: tuple[Promise, ...]

    @property
    def first(self) -> date | None:
        """The first promise that is known; kept by the source, or the first that we saw."""
        return self.line.promised_first or next((one.on for one in self.ledger if one.on), None)

    @property
    def days(self) -> int | None:
        """How far it moved from the first promise to the one that stands; later is more."""
        now = self.line.promised_on
        return (now - self.first).days if now and self.first else None

    @property
    def times(self) -> int:
        return sum(1 for before, after in pairwise(self.ledger) if before.on != after.on)

    @property
    def last(self) -> datetime:
        """When the last move was seen."""
        return max(
            after.seen_at for before, after in pairwise(self.ledger) if before.on != after.on
        )


@dataclass(frozen=True)
class Found:
    """What moved among the open lines of one side, the latest first."""

    query: Query
    is_supply: bool
    lines: Sequence[Line | SalesLine]
    moved: Sequence[Moved]
    history_from: datetime | None

    @property
    def topic(self) -> Topic:
        return "supply" if self.is_supply else "customers"

    @property
    def later(self) -> list[Moved]:
        return [one for one in self.moved if (one.days or 0) > 0]


def moved_lines(session: Session, ask: Ask, query: Query, is_supply: bool) -> Found:
    """The open lines that are asked about, and which of their promises moved in the window."""
    table = "purchaseline" if is_supply else "salesline"
    who = identities(session) if query.named and not is_supply else {}
    wanted = {who.get((one.source, one.ref), (one.source, one.ref)) for one in query.named}
    lines = [
        line
        for line in _open(session, ask, is_supply)
        if query.site in (None, line.site) and (not wanted or _key(line, who) in wanted)
    ]
    recent = promises_since(session, ask.now, table, query.window.start)
    keys = [line.key for line in lines if line.key in recent]
    ledger = promises(session, ask.now, table, keys)
    every = [Moved(line, tuple(ledger[line.key])) for line in lines if line.key in ledger]
    window = query.window
    found = [one for one in every if one.times and window.start <= one.last < window.end]
    found.sort(key=lambda one: (one.last, one.days or 0, one.line.key), reverse=True)
    return Found(query, is_supply, lines, found, promises_from(session, ask.now, table))


def _open(session: Session, ask: Ask, is_supply: bool) -> Iterable[Line | SalesLine]:
    if is_supply:
        return purchase_lines(session, ask.now, open_only=True, zone=ask.zone)
    return sales_lines(session, ask.now, open_only=True, zone=ask.zone)


def party(line: Line | SalesLine) -> Named | None:
    return line.supplier if isinstance(line, Line) else line.customer


def _key(line: Line | SalesLine, who: Mapping[Key, Key]) -> Key | None:
    """Whose a line is: the supplier, or the one key of the customer's company."""
    one = party(line)
    return who.get((one.source, one.ref), (one.source, one.ref)) if one else None
