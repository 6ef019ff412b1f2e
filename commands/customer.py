"""Who is this customer: what it buys, what it waits for, how it feels, when it must decide."""

from collections.abc import Sequence
from datetime import timedelta

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
from commands._book import NOBODY, amounts, choice, money, open_book
from commands._churn_fit import chance_of
from commands._churn_fit import statements as leaving
from commands._clv_words import HORIZON, coming, span, statements
from commands._customer_facts import YEAR, Card, facts
from commands._customers import listed
from commands._dealings import dealings, standing_out
from commands._grammar import Query, read
from commands._window import midnight, month_starts
from storage.known.deals import deals
from storage.metrics import clv, delivery_experience
from storage.metrics._signals import order_rhythm, signals
from storage.metrics.health import METRIC
from storage.metrics.renewals_due import due

MONTHS = 12


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"), by=(), days=365
    )
    if isinstance(query, Notice):
        return query
    book = open_book(session, ask, query)
    if not book.customers:
        return NOBODY
    if not query.named:
        return listed(session, ask, book)
    if several := choice(book, query, COMMAND.name):
        return several
    (company,) = book.asked(query)
    one = book.by_key.get(company) or next(
        (found for found in book.customers if book.company(found) == company), None
    )
    if one is None:
        return _stranger(query)
    seen = dealings(session, ask, book)
    renewals = due([one], deals(session, ask.now, book.who), ask.today, book.rates, book.into)
    mine = [found for found in renewals if found.customer is one and found.deadline >= ask.today]
    return _told(session, ask, Card(
        one, company, seen, seen.health(one), mine[0] if mine else None, ask.today,
        coming(session, ask, book, one),
        chance_of(session, ask, one),
    ))  # fmt: skip


def _told(session: Session, ask: Ask, card: Card) -> Answer:
    name = card.book.call(card.company)
    start = midnight(ask.today - YEAR, ask.zone)
    profile = card.book.profiles.get(card.company)
    coverage = None if profile is None else float(profile.is_in_erp and profile.is_in_crm)
    found = card.seen.experience(card.company)
    return Answer(
        title=f"Customer {card.one.name}",
        summary=Sentence(_summary(card), ("customers",)),
        detail=(_revenue_said(card), *_coming_said(card), _health_said(card)),
        readings=_readings(card),
        chart=_chart(card),
        table=_table(card),
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=len(card.one.orders), coverage=coverage),
            basis(session, ask, delivery_experience.METRIC, start, ask.now, n=found.due,
                  open=len(found.owed)),
            *([basis(session, ask, clv.METRIC, start, ask.now, n=card.coming[0].n)]
              if card.coming else []),
        ),
        notes=_notes(card),
        follow_ups=(
            FollowUp("Why might they leave?", f"churn {name}"),
            FollowUp("What to offer", f"opportunities {name}"),
            FollowUp("Their tickets", f"tickets {name}"),
        ),
        statements=(
            *(statements([card.coming[0]], card.today) if card.coming else ()),
            *(leaving({card.one.key: card.chance}, [card.one], ask) if card.chance else ()),
        ),
    )  # fmt: skip


def _summary(card: Card) -> str:
    name, beat = card.one.name, order_rhythm(card.one, card.today)
    out = standing_out(card.one, card.today)
    orders = (
        f"last order {beat.quiet} d ago, {beat.gaps + 1} order day{'s' if beat.gaps else ''} in all"
        if beat
        else "no order is known"
    )
    if out == "–":
        return f"**Nothing stands out about {name}**: {orders}."
    return f"**{name}: {out}**; {orders}."


def _revenue_said(card: Card) -> Sentence:
    tomorrow = card.today + timedelta(days=1)
    now, before = card.revenue(tomorrow - YEAR, tomorrow), card.revenue(
        tomorrow - 2 * YEAR, tomorrow - YEAR
    )  # fmt: skip
    text = f"Ordered for {amounts(now)} in 12 months, {amounts(before)} in the 12 before."
    return Sentence(text, ("revenue",))


def _coming_said(card: Card) -> list[Sentence]:
    """What it is expected to bring, where a fit is in use that knows of it."""
    if card.coming is None:
        return []
    one, track = card.coming
    assert one.value is not None
    amount = money(one.value, one.currency)
    text = f"Expected to bring {amount}{span(one, track)} in {HORIZON[one.kind]}."
    return [Sentence(text, ("revenue",))]


def _health_said(card: Card) -> Sentence:
    found = card.health
    known = [part for part in found.parts if part.value is not None]
    if found.score is None:
        text = f"No health score: only {100 * found.coverage:.0f} % of its weight is known."
    else:
        worst = min(known, key=lambda part: (part.value or 0, part.name))
        text = (
            f"Health {found.score:.0f} of 100 ({100 * found.coverage:.0f} % of its weight known);"
            f" weakest: {worst.name} ({worst.words})."
        )
    return Sentence(text, ("customers",))


def _readings(card: Card) -> tuple[Reading, ...]:
    found = card.seen.experience(card.company)
    open_ = [line for line in card.seen.lines.get(card.company, ()) if line.is_open]
    tickets = [ticket for ticket in card.one.tickets if ticket.closed_on is None]
    nps = float(card.one.nps[-1][1]) if card.one.nps else None
    served_by = delivery_experience.METRIC.id
    figures: list[tuple[str, float | None, str, str]] = [
        ("health", card.health.score, METRIC.unit, METRIC.id),
        ("health coverage", card.health.coverage, "share", METRIC.id),
        ("orders", len(card.one.orders), "", METRIC.id),
        ("open lines", len(open_), "", served_by), ("lines owed", len(found.owed), "", served_by),
        ("late in 90 days", found.late_share, "share", served_by),
        ("open tickets", len(tickets), "", METRIC.id), ("NPS answer", nps, "of 10", METRIC.id),
        ("signals", sum(not s.is_suspended for s in signals(card.one, card.today)), "", METRIC.id),
        *((f"health: {part.name}", part.value, METRIC.unit, METRIC.id)
          for part in card.health.parts),
    ]  # fmt: skip
    tomorrow = card.today + timedelta(days=1)
    year = card.revenue(tomorrow - YEAR, tomorrow)
    return (
        *(Reading(name, value, unit, "customers", metric) for name, value, unit, metric in figures),
        *(
            Reading("last 12 months", None if year.unknown else value, currency, "revenue",
                    METRIC.id)
            for currency, value in year.by_currency.items()
        ),
        *(
            Reading(f"next {HORIZON[one.kind]}", one.value, one.currency, "revenue",
                    clv.METRIC.id, one.low, one.high)
            for one, _ in ([card.coming] if card.coming else [])
        ),
    )  # fmt: skip


def _chart(card: Card) -> Chart | None:
    """Revenue by month of the last year, where all of it is in one currency."""
    starts = [*month_starts(MONTHS, card.today.replace(day=1)), card.today.replace(day=1)]
    starts = sorted(set(starts))[-MONTHS:]
    ends = [*starts[1:], card.today + timedelta(days=1)]
    sums = [card.revenue(start, end) for start, end in zip(starts, ends, strict=True)]
    currencies = {code for one in sums for code in one.by_currency}
    if len(currencies) != 1 or any(one.unknown for one in sums):
        return None
    (currency,) = currencies
    values = tuple(float(one.by_currency.get(currency, 0)) for one in sums)
    labels = tuple(f"{day:%b %y}" for day in starts)
    return Chart("bar", "Ordered by month", labels, (Series("ordered", values),), "revenue",
                 currency)  # fmt: skip


def _table(card: Card) -> Table:
    """The card: what there is to know, a line each; with health part by part."""
    rows: list[tuple[Value, ...]] = [(name, what) for name, what in facts(card)]
    rows += [
        (f"Health: {part.name} ({part.weight} %)",
         part.words if part.value is None else f"{part.value:.0f}: {part.words}")
        for part in card.health.parts
    ]  # fmt: skip
    columns = (Column("About", "customers"), Column("What is known", "customers"))
    return Table(columns, tuple(rows), total=len(rows))


def _notes(card: Card) -> tuple[Sentence, ...]:
    profile = card.book.profiles.get(card.company)
    notes = []
    if profile and not profile.is_in_crm:
        notes.append("Not linked to the CRM: no tickets, contracts or surveys are known of it.")
    if profile and not profile.is_in_erp:
        notes.append("Not linked to the ERP: no orders or deliveries are known of it.")
    if card.one.late:
        notes.append("An order gap is not counted while we hold a late order of theirs.")
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _stranger(query: Query) -> Notice:
    return Notice(
        f"{query.label} has not ordered yet",
        "I know neither an order nor a contract of theirs.",
        (FollowUp("All customers", "churn"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="customer",
    summary="One customer on a card: orders, late lines, tickets, contact, NPS, renewal, health.",
    usage="customer [customer] [in currency]",
    examples=("customer",),
    topics=("customers", "revenue"),
    answer=answer,
    synonyms=("account", "who is", "customer card"),
    asks=(
        "tell me about a customer",
        "card of a customer",
        "what do we know about a customer",
        "how is a customer doing",
        "purchase history of a customer",
        "overview of a customer",
        "customer profile",
    ),
    is_card=True,
)
