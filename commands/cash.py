"""How many days is money tied up, from paying suppliers to being paid by customers?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
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
from commands._grammar import Query, read
from commands._stock_seen import Shelf, shelf
from commands._stock_words import days
from commands._turning import Days, Turning, turning
from storage.known.invoices import Invoice, invoices
from storage.metrics import days_of_inventory
from storage.metrics.cash_to_cash import FEWEST_BILLS, METRIC, Cycle, Owed, owed
from storage.metrics.turnover import FEWEST_DAYS, Turn

CHANGED = 3.0


@dataclass(frozen=True)
class _Found:
    """The three parts in the window and in the one before; `turn` is that of the window."""

    query: Query
    shelf: Shelf
    turn: Turn
    now: Cycle
    before: Cycle


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(session, ask, words, command=COMMAND.name, kinds=(), by=(), days=365)
    if isinstance(query, Notice):
        return query
    seen, bills = shelf(session, ask, query), list(invoices(session, ask.now))
    if not seen.stock and not bills:
        return _nothing()
    turned = turning(session, ask, query, seen)
    turn = _turn(turned, turned.now)
    found = _Found(
        query, seen, turn,
        _cycle(turned, turn, bills, turned.now),
        _cycle(turned, _turn(turned, turned.before), bills, turned.before),
    )  # fmt: skip
    return Answer(
        title="Cash to cash",
        summary=Sentence(_summary(found.now), ("supply",)),
        detail=(Sentence(_compared(found), ("supply",)),),
        readings=_readings(found),
        table=_table(found),
        basis=_basis(session, ask, found),
        notes=tuple(Sentence(text, ("supply",)) for text in _lacks(found)),
        follow_ups=(
            FollowUp("How often stock turns", "turnover"),
            FollowUp("What lies still", "stock"),
            FollowUp("How is this computed?", f"define {METRIC.id}"),
        ),
    )


def _turn(found: Turning, days_: Days) -> Turn:
    length = (days_[1] - days_[0]).days + 1
    return found.turn(found.held, days_, min(FEWEST_DAYS, max(1, length)))


def _cycle(found: Turning, turn: Turn, bills: Sequence[Invoice], days_: Days) -> Cycle:
    return Cycle(
        days_of_inventory.days(turn),
        owed(bills, "out", *days_, found.rates, found.into),
        owed(bills, "in", *days_, found.rates, found.into),
    )


def _summary(now: Cycle) -> str:
    parts = (
        f"{days(now.inventory)} in stock + {days(now.customers.days)} until customers pay"
        f" − {days(now.suppliers.days)} until suppliers are paid"
    )
    if now.days is None:
        return f"**Cash to cash can't be told**: {parts}."
    return f"**Money is tied up for {days(now.days)}**: {parts}."


def _compared(found: _Found) -> str:
    now, before, label = found.now.days, found.before.days, found.query.prior.label
    if now is None or before is None:
        return f"Too little is known {label} to compare with."
    if abs(now - before) < CHANGED:
        return f"● About as {label}: {days(before)} then."
    word = "▲ longer" if now > before else "▼ shorter"
    return f"{word} than {label}: {days(before)} then."


def _readings(found: _Found) -> tuple[Reading, ...]:
    now = found.now
    figures = [
        ("cash to cash", now.days),
        ("days of inventory", now.inventory),
        ("days until customers pay", now.customers.days),
        ("days until suppliers are paid", now.suppliers.days),
        ("cash to cash before", found.before.days),
    ]
    return tuple(Reading(name, value, "d", "supply", METRIC.id) for name, value in figures)


def _table(found: _Found) -> Table:
    now, before = found.now, found.before
    rows: tuple[tuple[Value, ...], ...] = (
        ("in stock", now.inventory, before.inventory, f"{found.turn.n} items at sites"),
        ("customers pay", now.customers.days, before.customers.days, _bills(now.customers)),
        ("suppliers are paid", now.suppliers.days, before.suppliers.days, _bills(now.suppliers)),
        ("cash to cash", now.days, before.days, "the first two less the third"),
    )
    columns = (
        Column("Part", "supply"),
        Column("Days", "supply", "d", METRIC.id),
        Column("Before", "supply", "d", METRIC.id),
        Column("Rests on", "supply"),
    )
    return Table(columns, rows, frozenset({3}), len(rows))


def _bills(found: Owed) -> str:
    return f"{found.n} bills, {found.open} open"


def _lacks(found: _Found) -> list[str]:
    """What is missing for each part that can't be told."""
    notes = []
    if found.now.inventory is None:
        notes.append("Days of inventory need stock levels, stock moves, costs, and goods sold.")
    for part, who in ((found.now.customers, "to customers"), (found.now.suppliers, "of suppliers")):
        if part.days is not None:
            continue
        if part.n < FEWEST_BILLS:
            notes.append(f"Of bills {who} there are {part.n} in that time, and {FEWEST_BILLS} are"
                         " needed.")  # fmt: skip
        else:
            notes.append(f"Bills {who} are in several currencies, or their amounts are not known.")
    return notes


def _basis(session: Session, ask: Ask, found: _Found) -> tuple[Basis, ...]:
    window, now = found.query.window, found.now
    bills, waiting = now.customers.n + now.suppliers.n, now.customers.open + now.suppliers.open
    notes = []
    if found.turn.unvalued:
        text = f"{found.turn.unvalued} items at sites without a cost, left out"
        notes.append(Sentence(text, ("supply",)))
    made = basis(
        session, ask, METRIC, window.start, window.end, n=found.turn.n + bills, open=waiting,
        notes=tuple(notes),
    )  # fmt: skip
    return (made,)


def _nothing() -> Notice:
    return Notice(
        "Cash to cash can't be told yet",
        "It needs stock levels, stock moves with costs, and invoices of both directions. See what"
        " has been read so far.",
        (FollowUp("Data status", "status"),),
    )


COMMAND = Command(
    name="cash",
    summary="Days from paying suppliers to being paid by customers, in its three parts.",
    usage="cash [window] [in site]",
    examples=("cash", "cash last 90 days", "cash this year"),
    topics=("supply",),
    answer=answer,
    synonyms=("cash to cash", "c2c", "cash conversion cycle", "cash cycle"),
    asks=(
        "how much cash is tied up in stock",
        "cash to cash cycle",
        "how long until we get paid",
        "working capital",
    ),
)
