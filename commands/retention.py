"""How much of their revenue do customers keep bringing, and how many renew and come again?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
    Topic,
    Value,
)
from commands._basis import basis
from commands._book import NOBODY, Book, linked_share, open_book
from commands._churn_words import local_days, percent
from commands._customer_rows import pairs_behind
from commands._grammar import Query, read
from storage.known.customers import Customer
from storage.known.deals import deals
from storage.metrics import renewal_rate, repeat_purchase
from storage.metrics.retention import METRIC, Pair, Retained, by_contract, by_order, retained

FEW = 5
TOPICS: tuple[Topic, ...] = ("customers", "revenue")


@dataclass(frozen=True)
class _Found:
    """The retention of a window in its chief currency; null where nobody brought anything."""

    pairs: list[Pair]
    every: list[Retained]
    unknown: int
    beside: tuple[Retained, ...] = ()

    @property
    def main(self) -> Retained | None:
        return self.every[0] if self.every else None


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("customer", "account"),
        by=METRIC.dimensions, days=365,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    book = open_book(session, ask, query)
    asked = book.selected(query)
    if not asked:
        return NOBODY
    found = _retention(book, asked, local_days(query.window.start, query.window.end, ask.zone))
    if found.main is None:
        return _nothing(query)
    before = _retention(book, asked, local_days(query.prior.start, query.prior.end, ask.zone))
    return Answer(
        title=f"Retention {query.label}".strip(),
        summary=Sentence(_summary(query, found.main), TOPICS),
        detail=(Sentence(_compared(query, found.main, before.main), TOPICS),),
        readings=(*_readings(found.main), *_others(session, ask, query, book, asked)),
        table=_split(query, found) if query.by else _table(found),
        basis=_bases(session, ask, query, asked, found),
        evidence=pairs_behind(ask, found.pairs),
        notes=_notes(found),
        follow_ups=_follow_ups(query, asked),
    )


def _retention(book: Book, asked: Sequence[Customer], days: tuple[date, date]) -> _Found:
    """By contract of those who have one, beside it by orders of the others; the other way round
    where only few have one."""
    start, end = days
    last = end - timedelta(days=1)
    signed, unknown = by_contract(asked, start, last, book.rates, book.into)
    free = asked if not signed else [one for one in asked if not one.contracts]
    others, untold = by_order(free, start, end, book.rates, book.into)
    contracts, orders = retained(signed, "contracts"), retained(others, "orders")
    if len(signed) >= FEW or (signed and len(others) < FEW):
        return _Found(signed, contracts, unknown, tuple(orders))
    return _Found(others, orders, untold, tuple(contracts))


def _summary(query: Query, found: Retained) -> str:
    by = "by contract" if found.basis == "contracts" else "by orders of those without a contract"
    left = f"{found.lost} of {found.customers} customers brought nothing any more"
    if found.customers < FEW:
        return f"**Too few for a rate** ({by}): {left} {query.when}."
    grr, nrr = found.grr, found.nrr
    return (
        f"**{percent(grr.value)} of revenue was kept** (GRR, {percent(grr.low)} to"
        f" {percent(grr.high)}), {percent(nrr.value)} with what customers added (NRR), {by};"
        f" {left} {query.when}."
    )


def _compared(query: Query, found: Retained, before: Retained | None) -> str:
    label = query.prior.label
    if before is None or before.customers < FEW or before.basis != found.basis:
        return f"Too few customers {label} to compare with ({before.customers if before else 0})."
    if found.grr.value is None or found.grr.low is None or found.grr.high is None:
        return f"It was {percent(before.grr.value)} {label}."
    assert before.grr.value is not None
    if found.grr.low <= before.grr.value <= found.grr.high:
        return f"● About as {label}: {percent(before.grr.value)} then."
    word = "▼ less" if found.grr.value < before.grr.value else "▲ more"
    return f"{word} than {label}: {percent(before.grr.value)} then."


def _readings(found: Retained) -> tuple[Reading, ...]:
    shares = found.customers >= FEW
    revenue = [("GRR", found.grr), ("NRR", found.nrr)]
    amounts = [("at start", found.start), ("at end", found.end), ("left", found.churned),
               ("contraction", found.contraction), ("expansion", found.expansion)]  # fmt: skip
    churn = found.logo_churn
    return (
        *(
            Reading(name, one.value if shares else None, "share", "revenue", METRIC.id,
                    low=one.low, high=one.high)
            for name, one in revenue
        ),
        Reading("logo churn", churn.value if shares else None, "share", "customers", METRIC.id,
                low=churn.low, high=churn.high),
        Reading("customers at start", found.customers, "", "customers", METRIC.id),
        Reading("lost", found.lost, "", "customers", METRIC.id),
        *(Reading(name, value, found.currency, "revenue", METRIC.id) for name, value in amounts),
    )  # fmt: skip


def _others(
    session: Session, ask: Ask, query: Query, book: Book, asked: Sequence[Customer]
) -> tuple[Reading, ...]:
    """The renewal rate and the repeat-purchase rate of the same window."""
    start, end = local_days(query.window.start, query.window.end, ask.zone)
    every = deals(session, ask.now, book.who)
    due = renewal_rate.rate(renewal_rate.renewals(asked, every, ask.today), start, end)
    again = repeat_purchase.repeat(asked, start, end, ask.today)
    rate, repeat = renewal_rate.METRIC.id, repeat_purchase.METRIC.id
    return (
        Reading("renewal rate", due.value, "share", "customers", rate, low=due.low, high=due.high),
        Reading("due to renew", due.due, "", "customers", rate),
        Reading("renewed early", due.early, "", "customers", rate),
        Reading("renewed late", due.late, "", "customers", rate),
        Reading("not decided yet", due.pending, "", "customers", rate),
        Reading("ordered again", again.value, "share", "customers", repeat,
                low=again.low, high=again.high),
        Reading("second order within a year", again.within, "share", "customers", repeat),
    )  # fmt: skip


def _table(found: _Found) -> Table | None:
    """Who changed most, the largest loss first."""
    assert found.main is not None
    currency = found.main.currency
    moved = sorted(
        (pair for pair in found.pairs if pair.currency == currency and pair.start != pair.end),
        key=lambda pair: (pair.end - pair.start, pair.customer.name),
    )
    if not moved:
        return None
    when = ["At start", "Now"] if found.main.basis == "contracts" else ["Before", "In the window"]
    columns = (
        Column("Customer", "customers"),
        *(Column(name, "revenue", currency, METRIC.id) for name in (*when, "Change")),
        Column("What", "customers"),
    )
    rows: list[tuple[Value, ...]] = [
        (pair.customer.name, pair.start, pair.end, pair.end - pair.start, _what(pair))
        for pair in moved
    ]
    bold = frozenset(at for at, pair in enumerate(moved) if pair.end == 0)
    return Table(columns, tuple(rows), bold, len(rows))


def _what(pair: Pair) -> str:
    if pair.end == 0:
        return "▼ nothing any more"
    return "▲ more" if pair.end > pair.start else "▼ less"


def _split(query: Query, found: _Found) -> Table:
    """Retention by a dimension, in the chief currency; the one with the most customers first."""
    assert query.by is not None
    assert found.main is not None
    groups: dict[str, list[Pair]] = {}
    for pair in found.pairs:
        if pair.currency == found.main.currency:
            value = getattr(pair.customer, query.by) or "unknown"
            groups.setdefault(value, []).append(pair)
    rows: list[tuple[Value, ...]] = []
    for value, pairs in sorted(groups.items(), key=lambda part: (-len(part[1]), part[0])):
        (one,) = retained(pairs, found.main.basis)
        shares = [part.value if one.customers >= FEW else None
                  for part in (one.grr, one.nrr, one.logo_churn)]  # fmt: skip
        rows.append((value, *shares, one.customers, one.start))
    columns = (
        Column(query.by.capitalize(), "customers"),
        Column("GRR", "revenue", "share", METRIC.id),
        Column("NRR", "revenue", "share", METRIC.id),
        Column("Logo churn", "customers", "share", METRIC.id),
        Column("Customers", "customers", "", METRIC.id),
        Column("At start", "revenue", found.main.currency, METRIC.id),
    )
    return Table(columns, tuple(rows), total=len(rows))


def _bases(
    session: Session, ask: Ask, query: Query, asked: Sequence[Customer], found: _Found
) -> tuple[Basis, ...]:
    assert found.main is not None
    window = query.window.start, query.window.end
    return (
        basis(session, ask, METRIC, *window, n=found.main.customers,
              open=found.main.customers - found.main.lost, coverage=linked_share(asked)),
        basis(session, ask, renewal_rate.METRIC, *window, n=len(asked)),
        basis(session, ask, repeat_purchase.METRIC, *window, n=len(asked)),
    )  # fmt: skip


def _notes(found: _Found) -> tuple[Sentence, ...]:
    notes = []
    if found.unknown:
        notes.append(f"{found.unknown} customers left out: their revenue is not known in full.")
    for other in found.every[1:]:
        kept = percent(other.grr.value) if other.customers >= FEW else "too few for a rate"
        notes.append(f"In {other.currency} (no rate known): {other.customers} customers, {kept}.")
    for one in found.beside:
        kept = "too few for a rate"
        if one.customers >= FEW:
            kept = f"GRR {percent(one.grr.value)}, NRR {percent(one.nrr.value)}"
        who = "By contract" if one.basis == "contracts" else "By orders, without a contract"
        notes.append(
            f"{who}: {one.customers} customer{'' if one.customers == 1 else 's'}, {kept},"
            f" {one.lost} brought nothing any more."
        )
    if found.main and found.main.customers < FEW:
        notes.append(f"Under {FEW} customers there is no percentage.")
    return tuple(Sentence(note, TOPICS) for note in notes)


def _follow_ups(query: Query, asked: Sequence[Customer]) -> tuple[FollowUp, ...]:
    ups = []
    if any(one.segment for one in asked) and query.by != "segment":
        ups.append(FollowUp("By segment", "retention by segment"))
    if not query.is_named:
        ups.append(FollowUp("Last quarter", "retention last quarter"))
    return (*ups, FollowUp("Who may leave?", "churn"), FollowUp("Renewals due", "renewals"))


def _nothing(query: Query) -> Notice:
    return Notice(
        f"Nobody brought revenue before the {query.window.label}",
        "Retention needs customers with orders or contracts at the start of the window.",
        (FollowUp("Churn", "churn"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="retention",
    summary="How much revenue customers keep bringing (GRR, NRR), who renews and who comes again.",
    usage="retention [customer] [by segment | country] [window] [in currency]",
    examples=("retention", "retention by segment", "retention last quarter"),
    topics=TOPICS,
    answer=answer,
    synonyms=("grr", "nrr", "revenue churn", "renewal rate", "repeat purchase"),
    asks=(
        "net revenue retention",
        "how much revenue do we keep",
        "gross retention",
        "do customers come back",
        "how loyal are our customers",
        "repeat purchases",
        "renewal rate",
    ),
)
