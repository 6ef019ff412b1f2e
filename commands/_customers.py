"""All customers in one table: what they buy, what they wait for, how healthy they are."""

from datetime import timedelta

from sqlmodel import Session

from commands._basis import basis
from commands._book import Book, amounts, linked_share
from commands._contract import (
    Answer,
    Ask,
    Column,
    FollowUp,
    Reading,
    Sentence,
    Table,
    Value,
)
from commands._customer_facts import YEAR, Card
from commands._dealings import dealings, standing_out
from commands._window import midnight
from storage.entities import entity
from storage.metrics.churn import lives
from storage.metrics.health import METRIC

SICK = 50


def listed(session: Session, ask: Ask, book: Book) -> Answer:
    """Every customer, the least healthy first; those without a score last."""
    seen = dealings(session, ask, book)
    here = [life.customer for life in lives(book.customers, ask.today) if life.left_on is None]
    cards = [Card(one, book.company(one), seen, seen.health(one), None, ask.today) for one in here]
    cards.sort(key=lambda card: (
        card.health.score is None, card.health.score or 0, card.one.name, card.company,
    ))  # fmt: skip
    scored = [card.health.score for card in cards if card.health.score is not None]
    sick = sum(1 for score in scored if score < SICK)
    text = (
        f"**{sick} of {len(scored)} customers with a health score are under {SICK}**"
        if scored
        else "**Too little is known for a health score**"
    )
    return Answer(
        title="Customers",
        summary=Sentence(f"{text}; {len(cards)} customers in all.", ("customers",)),
        notes=_notes(len(book.customers) - len(here)),
        readings=(
            Reading("customers", len(cards), "", "customers", METRIC.id),
            Reading("with a score", len(scored), "", "customers", METRIC.id),
            Reading(f"under {SICK}", sick, "", "customers", METRIC.id),
        ),
        table=_table(cards),
        basis=(
            basis(session, ask, METRIC, midnight(ask.today - YEAR, ask.zone), ask.now,
                  n=len(scored), coverage=linked_share(book.customers)),
        ),
        follow_ups=(
            *(
                FollowUp(card.one.name, f"customer {book.call(card.company)}", ("customers",))
                for card in cards[:1]
            ),
            FollowUp("Who may leave?", "churn"), FollowUp("Renewals", "renewals"),
        ),
    )  # fmt: skip


def _notes(gone: int) -> tuple[Sentence, ...]:
    text = f"{gone} who left are not in it: see “churn”."
    return (Sentence(text, ("customers",)),) if gone else ()


def _table(cards: list[Card]) -> Table:
    columns = (
        Column("Customer", "customers"),
        Column("Health", "customers", METRIC.unit, METRIC.id),
        Column("Last order", "customers"),
        Column("12 months", "revenue"),
        Column("Owed", "customers", "", METRIC.id),
        Column("What stands out", "customers"),
    )
    rows = tuple(_row(card) for card in cards)
    bold = frozenset(
        at for at, card in enumerate(cards)
        if card.health.score is not None and card.health.score < SICK
    )  # fmt: skip
    keys = tuple(entity("customer", card.company) for card in cards)
    return Table(columns, rows, bold, len(rows), keys)


def _row(card: Card) -> tuple[Value, ...]:
    tomorrow = card.today + timedelta(days=1)
    score = card.health.score
    orders = card.one.orders
    return (
        card.one.name,
        None if score is None else round(score),
        orders[-1].on.isoformat() if orders else None,
        amounts(card.revenue(tomorrow - YEAR, tomorrow)),
        len(card.seen.experience(card.company).owed),
        standing_out(card.one, card.today),
    )
