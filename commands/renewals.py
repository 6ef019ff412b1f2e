"""Which contracts must be decided on soon, and how do we stand with those customers?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
from commands import (
    _renewal_chances as chances,
)
from commands._basis import basis
from commands._book import Book, amounts, linked_share, open_book
from commands._dealings import Dealings, dealings, served, standing_out
from commands._grammar import Query, read
from commands._renewal_chances import Told
from commands._window import midnight
from storage.entities import entity
from storage.known.contracts import contracts_seen_from
from storage.known.deals import deals
from storage.known.rates import Amount, Sums
from storage.metrics.renewals_due import METRIC, Due, due

DAYS, LONGEST = 60, 1_100
UNITS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
AHEAD = re.compile(r"\bnext\s+(?:(\d{1,4})\s+)?(day|week|month|quarter|year)s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Ahead:
    """What is due by a day, and what has passed its deadline but has not ended; with the chance
    of each to be renewed."""

    days: int
    due: list[Due]
    passed: list[Due]
    told: Told


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    days, rest = _ahead(" ".join(words))
    query = read(
        session, ask, rest.split(), command=COMMAND.name, kinds=("customer", "account"), by=()
    )
    if isinstance(query, Notice):
        return query
    if query.is_named or not 1 <= days <= LONGEST:
        text = "Renewals lie ahead. Try `renewals next 60 days` or `renewals next quarter`."
        return Notice("I can't read that time", text, error=True)
    book = open_book(session, ask, query)
    wanted = book.asked(query)
    sold = list(deals(session, ask.now, book.who))
    every = [
        one
        for one in due(book.customers, sold, ask.today, book.rates, book.into)
        if not wanted or (one.company and book.who.get(one.company) in wanted)
    ]
    until = ask.today + timedelta(days=days)
    found = _Ahead(
        days,
        [one for one in every if ask.today <= one.deadline <= until],
        [one for one in every if one.deadline < ask.today],
        chances.told_of(session, ask, book, sold),
    )
    if not every:
        return _nothing(query)
    return _told(session, ask, query, book, found)


def _ahead(text: str) -> tuple[int, str]:
    """How many days ahead are asked for, and the words that are left."""
    found = AHEAD.search(text)
    if not found:
        return DAYS, text
    return int(found[1] or 1) * UNITS[found[2].lower()], AHEAD.sub(" ", text)


def _told(session: Session, ask: Ask, query: Query, book: Book, found: _Ahead) -> Answer:
    sums = _sums(book, found.due)
    customers = [one.customer for one in found.due if one.customer]
    made = basis(
        session, ask, METRIC, ask.now, midnight(ask.today + timedelta(days=found.days), ask.zone),
        n=len(found.due), coverage=linked_share(customers),
        notes=_basis_notes(session, ask),
    )  # fmt: skip
    return Answer(
        title=f"Renewals {query.label}".strip(),
        summary=Sentence(_summary(query, found, ask.today), ("customers",)),
        detail=(*_detail(found, sums), *chances.said(found.told, found.due, book)),
        readings=(*_readings(found, sums), *chances.figures(found.told, found.due)),
        table=_table(ask, dealings(session, ask, book), found) if found.due else None,
        is_list=True,
        basis=(made,),
        notes=_notes(found),
        follow_ups=_follow_ups(book, found),
        statements=chances.statements(found.told, found.due),
    )


def _sums(book: Book, some: Sequence[Due]) -> Sums:
    """The yearly revenue of all, in one currency where rates are known."""
    parts = [
        Amount(value, currency, book.today)
        for one in some
        for currency, value in one.yearly.by_currency.items()
    ]
    total = book.rates.total(parts, book.into)
    return Sums(total.by_currency, sum(one.yearly.unknown for one in some))


def _summary(query: Query, found: _Ahead, today: date) -> str:
    who = f" of {query.label}" if query.named else ""
    if not found.due:
        return f"**Nothing{who} to decide** in the next {found.days} days."
    first = found.due[0]
    count = f"{len(found.due)} renewal{'' if len(found.due) == 1 else 's'}{who}"
    left = (first.deadline - today).days
    when = "today" if left == 0 else f"in {left} d"
    return (
        f"**{count} must be decided** in the next {found.days} days; first {first.name}, by"
        f" {first.deadline:%-d %b} ({when})."
    )


def _detail(found: _Ahead, sums: Sums) -> tuple[Sentence, ...]:
    said = []
    if found.due and sums.by_currency:
        told = amounts(Sums(sums.by_currency))
        unknown = f"; of {sums.unknown} the money is not known" if sums.unknown else ""
        said.append(Sentence(f"They bring {told} a year{unknown}.", ("revenue",)))
    if found.passed:
        text = f"{len(found.passed)} more end soon, but their deadline has passed."
        said.append(Sentence(text, ("customers",)))
    return tuple(said)


def _readings(found: _Ahead, sums: Sums) -> tuple[Reading, ...]:
    itself = sum(1 for one in found.due if one.renews_itself)
    counts = [("due", len(found.due)), ("renew by themselves", itself),
              ("notice not known", sum(1 for one in found.due if not one.is_notice_known)),
              ("deadline passed", len(found.passed))]  # fmt: skip
    return (
        *(Reading(name, value, "", "customers", METRIC.id) for name, value in counts),
        *(
            Reading("a year", value, currency, "revenue", METRIC.id)
            for currency, value in sums.by_currency.items()
        ),
    )


def _table(ask: Ask, seen: Dealings, found: _Ahead) -> Table:
    """By deadline; bold where something speaks against a renewal."""
    today, has_money = ask.today, ask.grant.allows("revenue")
    more = chances.columns() if any(found.told.of(one) for one in found.due) else ()
    columns = (
        Column("Customer", "customers"),
        Column("Decide by", "customers"),
        Column("Ends", "customers"),
        Column("A year", "revenue"),
        Column("We delivered", "customers"),
        Column("What stands out", "customers"),
        *more,
    )
    rows: list[tuple[Value, ...]] = []
    for one in found.due:
        company = seen.book.who.get(one.company) if one.company else None
        out = standing_out(one.customer, today, but="renewal") if one.customer else "–"
        how = served(seen.experience(company)) if company else "n/a"
        told = chances.cells(found.told.of(one), has_money=has_money) if more else ()
        rows.append((
            one.name, _by(one), one.ends_on.isoformat(), amounts(one.yearly), how, out, *told,
        ))  # fmt: skip
    bold = frozenset(at for at, row in enumerate(rows) if row[5] != "–")
    keys = tuple(
        entity("customer", one.customer.key if one.customer else one.company) for one in found.due
    )
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _by(one: Due) -> str:
    if not one.contracts:
        return f"{one.deadline.isoformat()} (deal)"
    unknown = "" if one.is_notice_known else " (notice not known)"
    several = f", {one.contracts} contracts" if one.contracts > 1 else ""
    return f"{one.deadline.isoformat()}{unknown}{several}"


def _basis_notes(session: Session, ask: Ask) -> tuple[Sentence, ...]:
    since = contracts_seen_from(session, ask.now)
    if since is None:
        return ()
    text = f"dates of contracts kept since {since.astimezone(ask.zone):%-d %b %Y}"
    return (Sentence(text, ("customers",)),)


def _notes(found: _Ahead) -> tuple[Sentence, ...]:
    notes = []
    if any(not one.is_notice_known and one.contracts for one in found.due):
        notes.append("Where the period of notice is not known, the end itself counts.")
    if any(not one.contracts for one in found.due):
        notes.append("(deal): no contract is known, this is the day of a renewal deal.")
    if any(one.renews_itself for one in found.due):
        notes.append("What renews itself is decided at the deadline, not at the end.")
    if found.due:
        notes += chances.notes(found.told, found.due)
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _follow_ups(book: Book, found: _Ahead) -> tuple[FollowUp, ...]:
    ups = []
    if found.due and (one := found.due[0].customer):
        line = f"customer {book.call(book.company(one))}"
        ups.append(FollowUp(one.name, line, ("customers",)))
    if found.days < UNITS["year"]:
        ups.append(FollowUp("Next 180 days", "renewals next 180 days"))
    return (*ups, FollowUp("How many renew?", "retention"))


def _nothing(query: Query) -> Notice:
    of = f" of {query.label}" if query.named else ""
    return Notice(
        f"No renewal{of} is known",
        "It needs contracts with an end or a renewal date, or renewal deals, from the CRM.",
        (FollowUp("Churn", "churn"), FollowUp("Data status", "status")),
    )


COMMAND = Command(
    name="renewals",
    summary="Contracts to be decided on soon, counted to the notice deadline, and where we stand.",
    usage="renewals [customer] [next 60 days]",
    examples=("renewals", "renewals next 180 days", "renewals next quarter"),
    topics=("customers", "revenue"),
    answer=answer,
    synonyms=("renewals due", "renewal", "notice deadlines", "expiring contracts"),
    asks=(
        "which contracts are up for renewal",
        "whose contract ends soon",
        "when is the notice deadline",
        "upcoming renewals",
        "contracts that expire",
    ),
)
