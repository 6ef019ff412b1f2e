"""Whom can we offer what: items that go together, and customers who buy more; each with why."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest

import numpy as np
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
from commands._grammar import Query, read
from commands._opportunity_rows import Chance, grown, offered
from commands._upsell_told import Chances, chances
from commands._window import midnight
from storage.known.baskets import Taken, taken
from storage.metrics.bought_together import METRIC, growing, offers, together


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
    every, day = taken(session, ask.now, book.who, ask.zone), ask.today.toordinal() + 1
    told = chances(session, ask, every)
    found = _found(book, query, every, day, told)
    start = midnight(date.fromordinal(int(every.on.min(initial=day - 1))), ask.zone)
    return Answer(
        title=f"Opportunities {query.label}".strip(),
        summary=Sentence(_summary(query, found), ("customers",)),
        detail=_detail(found, told),
        readings=tuple(
            Reading(kind, sum(one.kind == kind for one in found), "", "customers", METRIC.id)
            for kind in ("upsell", "cross-sell")
        ),
        table=_table(book, found) if found else None,
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=len(every),
                  coverage=linked_share(book.selected(query))),
        ),
        notes=_notes(told, found),
        statements=told.statements(ask, found),
        follow_ups=_follow_ups(book, found),
    )  # fmt: skip


def _found(book: Book, query: Query, every: Taken, day: int, told: Chances) -> list[Chance]:
    """Who buys more and what goes with what they buy in turn, the best first, as only the first
    rows are drawn; of those who are asked about."""
    wanted, rules = book.asked(query), together(every, day)
    some = offers(every, rules, day)
    if wanted:
        mine = [at for at, key in enumerate(every.companies) if key in wanted]
        some = some.only(np.flatnonzero(np.isin(some.whose, mine)))
    asked = [one for one in book.customers if not wanted or book.company(one) in wanted]
    in_turn = zip_longest(
        grown(book, growing(asked, book.today, book.rates, book.into)),
        offered(book, every, rules, some, told.shares(some, rules)),
    )
    return [one for pair in in_turn for one in pair if one]


def _notes(told: Chances, found: Sequence[Chance]) -> tuple[Sentence, ...]:
    notes = ["Bought together is no proof that someone needs it."]
    if any(one.thing for one in found):
        notes.append(told.why)
    return tuple(Sentence(note, ("customers",)) for note in notes)


def _summary(query: Query, found: Sequence[Chance]) -> str:
    who = f" for {query.label}" if query.named else ""
    if not found:
        return f"**Nothing stands out{who}**: no items go together by far, nobody buys much more."
    up = sum(1 for one in found if one.kind == "upsell")
    customers, cross = len({one.company for one in found}), len(found) - up
    parts = []
    if up:
        parts.append(f"{up} buy{'' if up > 1 else 's'} more than a year ago")
    if cross:
        parts.append(f"{cross} item{'s go' if cross > 1 else ' goes'} with what they buy")
    return (
        f"**{len(found)} opportunit{'ies' if len(found) > 1 else 'y'}{who}** at {customers}"
        f" customer{'' if customers == 1 else 's'}: {', '.join(parts)}."
    )


def _detail(found: Sequence[Chance], told: Chances) -> tuple[Sentence, ...]:
    said = []
    minded = len({one.company for one in found if one.mind != "–"})
    if minded:
        text = f"{minded} of them should hear from us about something else first."
        said.append(Sentence(text, ("customers",)))
    known = [one for one in found if one.expected is not None]
    if told.begins and len({one.currency for one in known}) == 1:
        total = money(sum(one.expected or 0 for one in known), known[0].currency)
        text = f"Of the items {total} is expected within {told.begins.days} days, by their chances."
        said.append(Sentence(text, ("revenue",)))
    return tuple(said)


def _table(book: Book, found: Sequence[Chance]) -> Table:
    """Chances and what is expected by them have their columns where a model tells them."""
    is_told = any(one.share is not None for one in found)
    columns = [
        Column("Customer", "customers"),
        Column("What", "customers"),
        Column("Offer", "supply"),
        Column("As they buy", "supply"),
        Column("Worth", "revenue"),
        *((Column("Chance", "customers", "share", METRIC.id), Column("Expected", "revenue"))
          if is_told else ()),
        Column("Why", "customers"),
        Column("First", "customers"),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (book.name(one.company), one.kind, one.item, one.bought,
         _money(one.worth, one.currency),
         *((one.share, _money(one.expected, one.currency)) if is_told else ()),
         one.why, one.mind)
        for one in found
    ]  # fmt: skip
    return Table(tuple(columns), tuple(rows), total=len(rows))


def _money(value: Decimal | float | None, currency: str) -> str | None:
    return None if value is None else money(value, currency)


def _follow_ups(book: Book, found: Sequence[Chance]) -> tuple[FollowUp, ...]:
    ups = []
    if found:
        company = found[0].company
        line = f"customer {book.call(company)}"
        ups.append(FollowUp(book.name(company), line, ("customers",)))
    return (*ups, FollowUp("Champions", "segments champions"), FollowUp("Renewals", "renewals"))


COMMAND = Command(
    name="opportunities",
    summary="Whom to offer what: items that go together and customers who buy more, with why.",
    usage="opportunities [customer] [in currency]",
    examples=("opportunities",),
    topics=("customers", "revenue", "supply"),
    answer=answer,
    synonyms=("upsell", "cross-sell", "cross sell", "opportunity"),
    asks=(
        "what can we sell to a customer",
        "where can we upsell",
        "cross selling ideas",
        "upsell opportunities",
        "what goes together",
        "what else might they buy",
    ),
)
