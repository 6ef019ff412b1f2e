"""Whom can we offer what: items that go together, and customers who buy more; each with why."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

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
from commands._window import midnight
from storage.known.baskets import Bought, bought
from storage.known.rates import Amount
from storage.links import Key
from storage.metrics._signals import DETRACTOR
from storage.metrics.bought_together import METRIC, Growth, Offer, growing, offers, rules


@dataclass(frozen=True)
class _Chance:
    """One row: to whom, what, why, and what may speak against it now."""

    company: Key
    kind: str
    item: str
    bought: str
    why: str
    worth: Decimal | None
    currency: str
    mind: str


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
    wanted, lines = book.asked(query), list(bought(session, ask.now, book.who))
    every = [
        *_grown(book, growing(book.customers, ask.today, book.rates, book.into)),
        *_offered(book, lines, offers(lines, rules(lines), ask.today)),
    ]
    found = [one for one in every if not wanted or one.company in wanted]
    orders = len({line.order for line in lines})
    start = midnight(min((line.on for line in lines), default=ask.today), ask.zone)
    return Answer(
        title=f"Opportunities {query.label}".strip(),
        summary=Sentence(_summary(query, found), ("customers",)),
        detail=_detail(found),
        readings=tuple(
            Reading(kind, sum(one.kind == kind for one in found), "", "customers", METRIC.id)
            for kind in ("upsell", "cross-sell")
        ),
        table=_table(book, found) if found else None,
        basis=(
            basis(session, ask, METRIC, start, ask.now, n=orders,
                  coverage=linked_share(book.selected(query))),
        ),
        notes=(Sentence("Bought together is no proof that someone needs it.", ("customers",)),),
        follow_ups=_follow_ups(book, found),
    )  # fmt: skip


def _summary(query: Query, found: Sequence[_Chance]) -> str:
    who = f" for {query.label}" if query.named else ""
    if not found:
        return f"**Nothing stands out{who}**: no items go together by far, nobody buys much more."
    up = sum(1 for one in found if one.kind == "upsell")
    customers = len({one.company for one in found})
    return (
        f"**{len(found)} opportunities{who}** at {customers}"
        f" customer{'' if customers == 1 else 's'}: {up} buy more than a year ago,"
        f" {len(found) - up} times an item goes with what they buy."
    )


def _detail(found: Sequence[_Chance]) -> tuple[Sentence, ...]:
    minded = len({one.company for one in found if one.mind != "–"})
    if not minded:
        return ()
    text = f"{minded} of them should hear from us about something else first."
    return (Sentence(text, ("customers",)),)


def _grown(book: Book, found: Sequence[Growth]) -> list[_Chance]:
    chances = []
    for one in found:
        company = book.company(one.customer)
        why = (
            f"orders {100 * one.share:.0f} % more than a year ago"
            f" ({one.days_now} order days, {one.days_before} then)"
        )
        more = one.now - one.before
        chances.append(
            _Chance(company, "upsell", "–", "–", why, more, one.currency, _mind(book, company))
        )
    return chances


def _offered(book: Book, lines: Sequence[Bought], found: Sequence[Offer]) -> list[_Chance]:
    usual = _usual(book, lines)
    chances = []
    for one in found:
        rule = one.rule
        why = f"in {rule.both} of {rule.of} orders with it, {rule.lift:.1f} times chance"
        worth, currency = usual.get((rule.other.source, rule.other.ref), (None, ""))
        chances.append(
            _Chance(one.company, "cross-sell", rule.other.name, rule.item.name, why, worth,
                    currency, _mind(book, one.company))
        )  # fmt: skip
    return chances


def _usual(book: Book, lines: Sequence[Bought]) -> dict[Key, tuple[Decimal, str]]:
    """The median value of a line of each item, in one currency; items without it are not there."""
    values: dict[Key, list[tuple[Decimal, str]]] = {}
    for line in lines:
        if line.value is None or not line.currency:
            continue
        into = book.into or line.currency
        value = book.rates.convert(Amount(line.value, line.currency, line.on), into)
        if value is not None:
            values.setdefault((line.item.source, line.item.ref), []).append((value, into))
    return {
        key: (median(value for value, _ in some), some[0][1])
        for key, some in values.items()
        if len({currency for _, currency in some}) == 1
    }


def _mind(book: Book, company: Key) -> str:
    """What should be settled before one offers anything."""
    one = book.by_key.get(company)
    words = []
    if one and (owed := len(one.late)):
        words.append(f"{owed} line{'s' if owed > 1 else ''} late")
    if one and one.nps and one.nps[-1][1] <= DETRACTOR:
        words.append(f"NPS {one.nps[-1][1].normalize():f}")
    if one and (open_ := sum(1 for ticket in one.tickets if ticket.closed_on is None)):
        words.append(f"{open_} open ticket{'s' if open_ > 1 else ''}")
    return "▲ " + ", ".join(words) if words else "–"


def _table(book: Book, found: Sequence[_Chance]) -> Table:
    columns = (
        Column("Customer", "customers"),
        Column("What", "customers"),
        Column("Offer", "supply"),
        Column("As they buy", "supply"),
        Column("Worth", "revenue"),
        Column("Why", "customers"),
        Column("First", "customers"),
    )
    rows: list[tuple[Value, ...]] = [
        (book.name(one.company), one.kind, one.item, one.bought,
         None if one.worth is None else money(one.worth, one.currency), one.why, one.mind)
        for one in found
    ]  # fmt: skip
    return Table(columns, tuple(rows), total=len(rows))


def _follow_ups(book: Book, found: Sequence[_Chance]) -> tuple[FollowUp, ...]:
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
