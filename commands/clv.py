"""What will customers bring: each one's revenue to come, with how sure that is."""

from collections.abc import Sequence
from datetime import timedelta

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
from commands._book import NOBODY, Book, choice, linked_share, money, open_book
from commands._clv_words import HORIZON, intervals, looked_back, span, statements
from commands._grammar import Query, read
from commands._track_record import UNMEASURED, Track, record
from commands._window import midnight
from storage.entities import entity
from storage.forecasts.clv import MODEL, Used, used
from storage.metrics._clv_ahead import worths
from storage.metrics._worth import ordered
from storage.metrics.clv import METRIC, Worth, total

YEAR = timedelta(days=365)


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"), by=(), days=365
    )
    if isinstance(query, Notice):
        return query
    book = open_book(session, ask, query)
    if not book.customers:
        return NOBODY
    if several := choice(book, query, COMMAND.name):
        return several
    fit = used(session, ask.now)
    found = worths(book.customers, ask.today, book.rates, book.into, fit, book.selected(query))
    if all(one.value is None for one in found):
        return _nothing(query)
    return _told(session, ask, query, book, found, fit)


def _told(
    session: Session, ask: Ask, query: Query, book: Book, worths: list[Worth], fit: Used | None
) -> Answer:
    known = [one for one in worths if one.value is not None]
    is_fitted = fit is not None and any(one.is_own for one in known)
    start = midnight(ask.today - 3 * YEAR, ask.zone)
    if fit and is_fitted:
        start = min(start, midnight(fit.start, ask.zone))
    track = record(session, MODEL.id, ask.now) if is_fitted else UNMEASURED
    seen = [one.customer for one in worths]
    return Answer(
        title=f"Lifetime value {query.label}".strip(),
        summary=Sentence(
            _summary(query, known, track), ("customers", "revenue") if query.named else ("revenue",)
        ),
        detail=(
            Sentence("This is revenue: costs, and so margins, are not known.", ("revenue",)),
            *(Sentence(one, ("customers",)) for one in (looked_back(fit) if is_fitted else ())),
        ),
        readings=_readings(known),
        table=_table(book, known),
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=len(known), coverage=linked_share(seen)),
        ),
        notes=_notes(worths, fit, track),
        follow_ups=(
            FollowUp("Who may leave?", "churn"), FollowUp("Segments", "segments"),
            FollowUp("How is this computed?", f"define {METRIC.id}"),
        ),
        statements=statements(_ranked(known), ask.today),
    )  # fmt: skip


def _summary(query: Query, known: Sequence[Worth], track: Track) -> str:
    if query.named and len(known) == 1:
        one = known[0]
        assert one.value is not None
        amount, bounds = money(one.value, one.currency), span(one, track)
        return (
            f"**{one.customer.name} is expected to bring {amount}**{bounds} in {HORIZON[one.kind]}."
        )
    parts = []
    for kind in ("contract", "orders"):
        some = [one for one in known if one.kind == kind]
        by = "under contract" if kind == "contract" else "without a contract"
        sums = " + ".join(money(value, code) for code, value in sorted(total(some).items()))
        if some:
            parts.append(f"{sums} in {HORIZON[kind]} from {len(some)} {by}")
    return f"**Customers are expected to bring** {'; '.join(parts)}."


def _readings(known: Sequence[Worth]) -> tuple[Reading, ...]:
    found = []
    for kind, horizon in HORIZON.items():
        name = f"next {horizon}"
        some = [one for one in known if one.kind == kind]
        for currency, value in sorted(total(some).items()):
            found.append(Reading(name, value, currency, "revenue", METRIC.id))
        found.append(Reading(f"customers, {name}", len(some), "", "customers", METRIC.id))
    return tuple(found)


def _ranked(known: Sequence[Worth]) -> list[Worth]:
    """As the table has them."""
    return sorted(known, key=lambda one: (-(one.value or 0), one.customer.name))


def _table(book: Book, known: Sequence[Worth]) -> Table:
    """The most valuable first; amounts in one currency where all are in one."""
    currencies = {one.currency for one in known}
    unit = currencies.pop() if len(currencies) == 1 else ""
    shown = _ranked(known)
    rows = tuple(_row(book, one, unit) for one in shown)
    columns = (
        Column("Customer", "customers"),
        Column("To come", "revenue", unit, METRIC.id),
        Column("From", "revenue", unit, METRIC.id),
        Column("To", "revenue", unit, METRIC.id),
        Column("Last 12 months", "revenue", unit, METRIC.id),
        Column("Over", "customers"),
    )
    keys = tuple(entity("customer", one.customer.key) for one in shown)
    return Table(columns, rows, total=len(rows), keys=keys)


def _row(book: Book, one: Worth, unit: str) -> tuple[Value, ...]:
    tomorrow = book.today + timedelta(days=1)
    past = ordered(one.customer, tomorrow - YEAR, tomorrow, book.rates, book.into)
    amounts: list[Value] = [
        None if value is None else round(value)
        for value in (one.value, one.low, one.high, float(past[0]) if past else None)
    ]
    if not unit:
        amounts = [None if one_ is None else f"{one_:,} {one.currency}" for one_ in amounts]
    return (one.customer.name, *amounts, HORIZON[one.kind])


def _notes(worths: Sequence[Worth], fit: Used | None, track: Track) -> tuple[Sentence, ...]:
    notes = intervals([one for one in worths if one.value is not None], fit, track)
    if {one.kind for one in worths} == {"contract", "orders"}:
        notes.append("The horizons of the two kinds differ, so they are not added up.")
    if unknown := sum(1 for one in worths if one.value is None):
        who = f"{unknown} customer{'' if unknown == 1 else 's'}"
        notes.append(f"n/a for {who}: too few were ever like that.")
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"The value{of} can't be told yet",
        "It takes a contract that runs and says what it brings a month, or at least ten"
        " customers whose orders were known a year ago.",
        (FollowUp("Churn", "churn"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="clv",
    summary="What customers are expected to bring, with an interval: revenue, not margin.",
    usage="clv [customer] [in currency]",
    examples=("clv",),
    topics=("customers", "revenue"),
    answer=answer,
    synonyms=("lifetime value", "ltv", "customer lifetime value", "customer value"),
    asks=(
        "what is a customer worth over its lifetime",
        "lifetime value",
        "most valuable customers",
        "how much will a customer bring",
    ),
)
