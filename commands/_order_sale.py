"""The card of a customer's order: what has gone out, what was promised, when the rest will come."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from commands import Answer, Ask, Column, FollowUp, Reading, Sentence, Table, Value
from commands._basis import basis
from commands._order_told import told_of
from commands._promise_words import moved
from commands._supply import Supply, supply
from commands._supply_words import SHARES, by, chance, comes, day, heading, late
from storage.known.orders import Numbered, promises
from storage.known.sales import SalesLine, sales_lines
from storage.known.sales_ids import ids_of_order
from storage.metrics._trace import Node
from storage.metrics.expected_arrival import METRIC, Forecast, lateness


@dataclass(frozen=True)
class Card:
    """All lines of an order, and of its open ones when what they wait for will be there."""

    order: Numbered
    lines: tuple[SalesLine, ...]
    supply: Supply

    @property
    def open(self) -> list[SalesLine]:
        return [line for line in self.lines if line.is_open]

    def last(self) -> tuple[SalesLine, Forecast | None] | None:
        """The open line that is there last, one that can't be told before all; null when done."""
        if not self.open:
            return None
        found = [(line, self.supply.forecast(line)) for line in self.open]
        return max(found, key=lambda one: lateness(one[1]))


def read_card(session: Session, ask: Ask, order: Numbered) -> Card:
    """The lines of an order as known at the asker's now."""
    ids = ids_of_order(session, order.key)
    lines = tuple(sales_lines(session, ask.now, ids=ids)) if ids else ()
    return Card(order, lines, supply(session, ask))


def sale_card(session: Session, ask: Ask, order: Numbered) -> Answer:
    card = read_card(session, ask, order)
    ledger = promises(session, ask.now, "salesline", [line.key for line in card.lines])
    slips = [text for line in card.lines if (text := moved(ledger.get(line.key, ())))]
    start = card.lines[0].ordered_at if card.lines else ask.now
    return Answer(
        title=f"Order {order.number}",
        summary=Sentence(_summary(card), ("customers",)),
        detail=tuple(Sentence(text, ("customers",)) for text in _detail(card, slips)),
        readings=_readings(card),
        table=_table(card) if card.lines else None,
        basis=(
            basis(
                session, ask, METRIC, start, ask.now, n=len(card.lines), open=len(card.open)
            ),
        ),
        notes=_notes(card),
        follow_ups=_follow_ups(card),
        statements=told_of(card.supply, card.open),
    )  # fmt: skip


def _summary(card: Card) -> str:
    of = f"{card.order.number} of {card.order.party or 'an unknown customer'}"
    if not card.lines:
        return f"**{of} has no lines** that are known."
    if not card.open:
        ends = [line.completed_on for line in card.lines if line.completed_on]
        if not ends:
            return f"**{of} was called off**."
        last_on = day(max(ends), card.supply.today)
        if off := sum(1 for line in card.lines if line.cancelled_on):
            gone = len(card.lines) - off
            return f"**{gone} of {len(card.lines)} lines of {of} have gone out**, {off} called off."
        if any(line.called_off for line in card.lines):
            return f"**{of} has gone out, less what was called off**, the last on {last_on}."
        return f"**{of} has all gone out**, the last on {last_on}."
    last = card.last()
    assert last is not None
    line, forecast = last
    stands = late(line.due_on, card.supply.today)
    return (
        f"**{of}: {len(card.open)} of {len(card.lines)} lines open**, {stands};"
        f" {comes(forecast, card.supply.track)}."
    )


def _detail(card: Card, slips: Sequence[str]) -> list[str]:
    ordered = card.lines[0].ordered_on if card.lines else None
    text = f"Ordered {day(ordered, card.supply.today)}" if ordered else ""
    dues = sorted({line.due_on for line in card.lines if line.due_on})
    if dues:
        text += f", first promised for {day(dues[0], card.supply.today)}"
    said = [f"{text}; {slips[0]}." if slips else f"{text}."] if text else []
    told = (_misses(card), card.supply.track.sentence() if card.open else None)
    return [*said, *(one for one in told if one)]


def _misses(card: Card) -> str | None:
    """With what chance the last of its open lines misses a day that is still ahead."""
    line, forecast = card.last() or (None, None)
    due = line.due_on if line else None
    if forecast is None or due is None or due < card.supply.today:
        return None
    misses = chance(forecast.after(due))
    return f"It misses {day(due, card.supply.today)} with a chance of {misses}."


def _readings(card: Card) -> tuple[Reading, ...]:
    days = [(card.supply.today - line.due_on).days for line in card.open if line.due_on]
    last = card.last()
    chance = None
    if last and last[1] and last[0].due_on:
        chance = last[1].after(last[0].due_on)
    figures: list[tuple[str, float | None, str]] = [
        ("open lines", len(card.open), ""),
        ("lines", len(card.lines), ""),
        ("days late", max(days, default=None), "d"),
        ("chance to miss the date", chance, "share"),
    ]
    return tuple(
        Reading(name, value, unit, "customers", METRIC.id) for name, value, unit in figures
    )


def _table(card: Card) -> Table:
    rows: list[tuple[Value, ...]] = []
    for line in card.lines:
        forecast = card.supply.forecast(line) if line.is_open else None
        sent = sum(one.qty for one in line.shipments)
        rows.append(
            (
                line.item.name if line.item else "unknown", f"{sent:g} of {line.qty:g}",
                day(line.due_on, card.supply.today), _stands(card, line),
                by(forecast, 0.5), by(forecast, 0.8),
            )
        )  # fmt: skip
    shares = [heading(share, card.supply.track) for share in SHARES]
    columns = ("Item", "Sent", "First promise", "Stands", *shares)
    bold = frozenset(
        at for at, line in enumerate(card.lines)
        if line.is_open and line.due_on and line.due_on < card.supply.today
    )  # fmt: skip
    return Table(tuple(Column(name, "customers") for name in columns), tuple(rows), bold, len(rows))


def _stands(card: Card, line: SalesLine) -> str:
    if line.completed_on:
        rest = ", the rest called off" if line.called_off else ""
        return f"sent {day(line.completed_on, card.supply.today)}{rest}"
    if line.cancelled_on:
        return f"called off {day(line.cancelled_on, card.supply.today)}"
    return late(line.due_on, card.supply.today)


def _notes(card: Card) -> tuple[Sentence, ...]:
    lost = sum(1 for line in card.open if card.supply.trace.gaps.get(Node("salesline", line.key)))
    texts = [f"{lost} of {len(card.open)} open lines can't be traced to a supply."] if lost else []
    if lost < len(card.open) and card.supply.left_out:
        texts.append(card.supply.left_out)
    return tuple(Sentence(text, ("customers",)) for text in texts)


def _follow_ups(card: Card) -> tuple[FollowUp, ...]:
    number, who = card.order.number, card.order.party
    ups = [FollowUp("Note for the customer", f"order {number} for the customer", ("customers",))]
    if card.open:
        ups.insert(0, FollowUp("Why?", f"why {number}", ("customers",)))
    if who:
        ups.append(FollowUp(who, f"churn {who}", ("customers",)))
    return tuple(ups)
