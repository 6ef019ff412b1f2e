"""All that answers about customers begin with: who they are, as one company each, and money."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from sqlmodel import Session

from commands._contract import Ask, FollowUp, Notice
from commands._grammar import Query
from storage.known.customers import Customer, customers, identities
from storage.known.profiles import Profile, profiles
from storage.known.rates import Rates, Sums, rates
from storage.links import Key

NOBODY = Notice(
    "No customers yet",
    "I know of no customer's order or contract. See what has been read so far.",
    (FollowUp("Data status", "status"),),
)


@dataclass(frozen=True)
class Book:
    """Customers by name; `into` is the currency of sums, "" where each keeps its own."""

    who: Mapping[Key, Key]
    customers: Sequence[Customer]
    profiles: Mapping[Key, Profile]
    rates: Rates
    into: str
    today: date

    @cached_property
    def by_key(self) -> Mapping[Key, Customer]:
        return {key: one for one in self.customers for key in one.keys}

    def company(self, one: Customer) -> Key:
        """The one key of a customer's company."""
        some = min(one.keys)
        return self.who.get(some, some)

    def profile(self, one: Customer) -> Profile | None:
        return self.profiles.get(self.company(one))

    def name(self, company: Key | None) -> str:
        """How a company is called; unknown where nobody is named."""
        found = self.profiles.get(company) if company else None
        return found.name if found else "unknown"

    def call(self, company: Key) -> str:
        """What to write for a company in a line: its name, its key where others bear the name."""
        name = self.name(company)
        return name if self._bearers[name.casefold()] == 1 else "/".join(company)

    @cached_property
    def _bearers(self) -> Mapping[str, int]:
        return Counter(one.name.casefold() for one in self.profiles.values())

    def dimension(self, company: Key | None, name: str) -> str:
        """The segment, the country or the owner of a company; unknown where there is none."""
        found = self.profiles.get(company) if company else None
        if found is None:
            return "unknown"
        value = found.owners[0] if name == "owner" and found.owners else getattr(found, name, None)
        return value or "unknown"

    def asked(self, query: Query) -> set[Key]:
        """The companies that are asked about; none where nobody is named."""
        refs = query.refs("customer") | query.refs("account")
        return {self.who.get(ref, ref) for ref in refs}

    def selected(self, query: Query) -> list[Customer]:
        """The customers asked about, all where nobody is named."""
        wanted = self.asked(query)
        return [one for one in self.customers if not wanted or self.company(one) in wanted]


def open_book(session: Session, ask: Ask, query: Query | None = None) -> Book:
    """The customers as known at the asker's now."""
    who = identities(session)
    return Book(
        who, customers(session, ask.now, ask.today, who), profiles(session, who),
        rates(session, ask.now, ask.currency), (query and query.currency) or ask.currency,
        ask.today,
    )  # fmt: skip


def choice(book: Book, query: Query, command: str) -> Notice | None:
    """Which of several companies of one name is meant; null where only one is."""
    found = sorted(book.asked(query))
    if len(found) < 2:
        return None
    choices = tuple(
        FollowUp(f"{one.name} ({one.label})", f"{command} {'/'.join(key)}")
        for key in found
        if (one := book.profiles.get(key))
    )
    return Notice(f"Several are called {query.label}", "Which one do you mean?", choices)


def linked_share(customers: Iterable[Customer]) -> float | None:
    """The share of customers that are matched to the CRM; null where none is."""
    every = list(customers)
    linked = sum(1 for one in every if one.is_linked)
    return linked / len(every) if linked else None


def money(value: Decimal | float, currency: str) -> str:
    """An amount as one says it: "EUR 12,300"."""
    return f"{currency} {value:,.0f}".strip()


def amounts(sums: Sums) -> str:
    """Sums as one says them, each currency by itself; n/a where a part is not known."""
    if sums.unknown:
        return "n/a"
    parts = [money(value, currency) for currency, value in sums.by_currency.items()]
    return " + ".join(parts) or "0"
