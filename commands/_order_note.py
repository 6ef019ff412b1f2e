"""A note for a customer about their order: what was promised, what we expect, what comes next.

It speaks of nothing but that order: no supplier, no cost, no other customer.
"""

from datetime import date, timedelta

from sqlmodel import Session

from commands import Answer, Ask, FollowUp, Reading, Sentence, Topic
from commands._basis import basis
from commands._order_sale import Card, read_card
from commands._order_told import told_of
from commands._supply import Supply
from storage.known.orders import Numbered
from storage.metrics.expected_arrival import METRIC, Forecast

WRITE_AGAIN = timedelta(days=7)
WHO: tuple[Topic, ...] = ("customers",)


def note(session: Session, ask: Ask, order: Numbered) -> Answer:
    """The note, ready to copy, each sentence on a line of its own."""
    card = read_card(session, ask, order)
    today = card.supply.today
    start = card.lines[0].ordered_at if card.lines else ask.now
    sentences = [_promised(card), *_stands(card), _next(card)]
    return Answer(
        title=f"Note on {order.number}",
        summary=Sentence(f"**A note for {order.party or 'the customer'}**, ready to copy:", WHO),
        detail=tuple(Sentence(text, WHO) for text in sentences if text),
        readings=(
            Reading("open lines", len(card.open), "", "customers", METRIC.id),
            Reading("days late", _days_late(card, today), "d", "customers", METRIC.id),
        ),
        basis=(
            basis(
                session, ask, METRIC, start, ask.now, n=len(card.lines), open=len(card.open)
            ),
        ),
        notes=(Sentence("It holds no supplier, cost or other customer.", WHO),),
        follow_ups=(FollowUp("What is behind it?", f"order {order.number}", WHO),),
        statements=told_of(card.supply, [last[0]] if (last := card.last()) else []),
    )  # fmt: skip


def _promised(card: Card) -> str:
    dues = [line.due_on for line in card.lines if line.due_on]
    if not dues:
        return f"Your order {card.order.number} is with us."
    return f"Your order {card.order.number} was first promised for {_day(min(dues))}."


def _stands(card: Card) -> list[str]:
    if not card.lines:
        return []
    if not card.open:
        ends = [line.completed_on for line in card.lines if line.completed_on]
        if not ends:
            return ["It was called off."]
        if len(ends) < len(card.lines):
            part = f"{len(ends)} of {len(card.lines)} items of it left us by {_day(max(ends))}"
            return [f"{part}; the others were called off."]
        if any(line.called_off for line in card.lines):
            return [f"It left us by {_day(max(ends))}, less what was called off."]
        return [f"All of it left us by {_day(max(ends))}."]
    last = card.last()
    found = [_expected(last[1], card.supply)] if last else []
    sent = sum(1 for line in card.lines if line.completed_on)
    if sent:
        found.append(f"{sent} of {len(card.lines)} items of it have left us.")
    return found


def _expected(forecast: Forecast | None, chain: Supply) -> str:
    if forecast is None:
        return "We can't give you a day yet that we could stand by."
    half, most = forecast.by(0.5), forecast.by(0.8)
    if half is None:
        return "It has taken longer than any such order so far; we will call you."
    if half == forecast.today and not chain.reaches:
        return "All that it needs is here, and it will leave us shortly."
    expect = f"We now expect {'it to be with you' if chain.reaches else 'to send it'}"
    if most is None or most == half:
        return f"{expect} by {_day(half)}."
    such = chain.track.said(0.8).replace(" in ", " of ")
    return f"{expect} by {_day(half)}, and in {such} such cases by {_day(most)}."


def _next(card: Card) -> str:
    if not card.open:
        return "Please tell us if anything is missing."
    again = card.supply.today + WRITE_AGAIN
    return f"We will write again by {_day(again)}, or sooner if this changes."


def _days_late(card: Card, today: date) -> int | None:
    days = [(today - line.due_on).days for line in card.open if line.due_on]
    return max(days, default=None)


def _day(on: date) -> str:
    return f"{on:%-d %B %Y}"
