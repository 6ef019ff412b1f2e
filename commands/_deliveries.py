"""Which deliveries a question is about: ours to customers or suppliers' to us; and their lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from commands._contract import Ask, FollowUp, Notice, Topic
from commands._deliveries_read import Level, strictness, without_level, without_side
from commands._grammar import Query, read
from commands._window import Window
from storage.known import Named
from storage.known.customers import identities
from storage.known.purchases import purchase_lines
from storage.known.rates import Rates, rates
from storage.known.sales import SalesLine, sales_lines
from storage.links import Key
from storage.metrics._due import (
    OF_PURCHASES,
    OF_SALES,
    STRICT,
    Due,
    DueIn,
    Holds,
    Share,
    Target,
    Tolerance,
    by_value,
    due_in,
    of_purchases,
    of_sales,
    per_line,
    per_order,
)

PARTIES = ("customer", "account")


@dataclass(frozen=True)
class Asked:
    """A question about deliveries: of which side, told by lines, orders or value, how strictly."""

    query: Query
    is_supply: bool
    level: Level = "line"
    tolerance: Tolerance = STRICT

    @property
    def topic(self) -> Topic:
        return "supply" if self.is_supply else "customers"

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics of a sentence that names what was asked about."""
        return ("customers", "supply") if self.items and not self.is_supply else (self.topic,)

    @property
    def party(self) -> str:
        return "supplier" if self.is_supply else "customer"

    @property
    def dimensions(self) -> tuple[str, ...]:
        return OF_PURCHASES if self.is_supply else OF_SALES

    @property
    def parties(self) -> str:
        """The customers or suppliers asked about, as one says them."""
        return said(self.query.named, (*PARTIES, "supplier"))

    @property
    def items(self) -> str:
        return said(self.query.named, ("item",))

    @property
    def words(self) -> str:
        """What the question is about, as words of a line: " suppliers Bolt"."""
        names = dict.fromkeys(one.name for one in self.query.named)
        side = ["suppliers"] if self.is_supply and not self.parties else []
        return "".join(f" {word}" for word in (*side, *names))

    @property
    def when(self) -> str:
        """The window and the site as words of a line, where they were named."""
        site = f" in {self.query.site}" if self.query.site else ""
        return site + (f" {self.query.window.label}" if self.query.is_named else "")


@dataclass(frozen=True)
class Deliveries:
    """The lines that a question is about, and how shares of them are taken."""

    asked: Asked
    every: list[Due]
    rates: Rates
    ask: Ask
    who: Mapping[Key, Key]

    def due(self, window: Window, target: Target = "due") -> DueIn:
        """What was due in a window; lines due today are not judged yet."""
        return self.due_between(*self.days(window), target)

    def due_between(self, since: date, until: date, target: Target = "due") -> DueIn:
        return due_in(self.every, since, until, self.ask.today, target, self.asked.tolerance)

    def days(self, window: Window) -> tuple[date, date]:
        """The local days [since, until) of a window that are over."""
        zone = self.ask.zone
        return window.start.astimezone(zone).date(), window.end.astimezone(zone).date()

    def share(self, lines: Sequence[Due], holds: Holds) -> Share:
        """By lines, by orders or by value, as was asked."""
        match self.asked.level:
            case "order":
                return per_order(lines, holds)
            case "value":
                return self.value(lines, holds)
        return per_line(lines, holds)

    def value(self, lines: Sequence[Due], holds: Holds) -> Share:
        return by_value(lines, holds, self.rates, self.asked.query.currency or "")


def read_deliveries(
    session: Session, ask: Ask, words: Sequence[str], command: str
) -> Asked | Notice:
    """The question in the words; a Notice where it can't be one."""
    level, rest = without_level(words)
    tolerance, rest = strictness(rest)
    side, rest = without_side(rest)
    kinds = {
        None: ("customer", "account", "supplier", "item"),
        True: ("supplier", "item"),
        False: ("customer", "account", "item"),
    }[side]
    query = read(
        session, ask, rest, command=command, kinds=kinds,
        by=(*dict.fromkeys((*OF_SALES, *OF_PURCHASES)), "month"),
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    query = without_twins(session, query)
    asked = Asked(query, _is_supply(query, ask) if side is None else side, level, tolerance)
    return _mixed(asked, command) or two_of_a_name(session, query, command) or asked


def deliveries(session: Session, ask: Ask, asked: Asked, since: date) -> Deliveries:
    """The lines that were due or ordered on or after `since`."""
    who = {} if asked.is_supply else identities(session)
    every = _purchased if asked.is_supply else _sold
    found = every(session, ask, asked.query, who, due_since=since)
    return Deliveries(asked, found, rates(session, ask.now, ask.currency), ask, who)


def _sold(
    session: Session, ask: Ask, query: Query, who: Mapping[Key, Key], **which: Any
) -> list[Due]:
    return of_sales(asked_for(sales_lines(session, ask.now, **which), query, who))


def _purchased(
    session: Session, ask: Ask, query: Query, _: Mapping[Key, Key], **which: Any
) -> list[Due]:
    wanted, items = query.refs("supplier"), query.refs("item")
    return of_purchases(
        line
        for line in purchase_lines(session, ask.now, **which)
        if (not wanted or _key(line.supplier) in wanted)
        and (not items or _key(line.item) in items)
        and query.site in (None, line.site)
    )


def asked_for(
    lines: Iterable[SalesLine], query: Query, who: Mapping[Key, Key]
) -> Iterator[SalesLine]:
    """The sales lines that a question is about: a customer's with those of its branches."""
    wanted = {who.get(key, key) for key in query.refs("customer") | query.refs("account")}
    items = query.refs("item")
    for line in lines:
        customer = _key(line.customer)
        is_theirs = not wanted or (customer and who.get(customer, customer) in wanted)
        is_it = not items or _key(line.item) in items
        if is_theirs and is_it and query.site in (None, line.site):
            yield line


def _key(thing: Named | None) -> Key | None:
    return (thing.source, thing.ref) if thing else None


def _is_supply(query: Query, ask: Ask) -> bool:
    """The side that nobody named: that of the names, of the dimension, of what one may see."""
    if query.refs("customer") or query.refs("account"):
        return False
    if query.refs("supplier") or query.by == "supplier":
        return True
    return not ask.grant.allows("customers") and ask.grant.allows("supply")


def _mixed(asked: Asked, command: str) -> Notice | None:
    """What to say when a question is about both sides at once."""
    query = asked.query
    buyers = query.refs("customer") | query.refs("account")
    if buyers and query.refs("supplier") - buyers:
        return Notice(
            "One side at a time",
            "Ask about what customers got or about what suppliers delivered. To see which supplier"
            " a customer waits for, ask about the one and then the other.",
            tuple(FollowUp(one.name, f"{command} {one.name}") for one in query.named), error=True,
        )  # fmt: skip
    if query.by in (None, "month", *asked.dimensions):
        return None
    return Notice(
        f"That can't be split by {query.by}",
        f"What a {asked.party} is part of can be split by:",
        tuple(
            FollowUp(f"by {one}", f"{command}{asked.words} by {one}") for one in asked.dimensions
        ),
        error=True,
    )


def without_twins(session: Session, query: Query) -> Query:
    """The question without the accounts of customers that it names as well: they are one."""
    if not query.refs("account") or not query.refs("customer"):
        return query
    who = identities(session)
    taken = {who.get(key, key) for key in query.refs("customer")}
    named = tuple(
        one
        for one in query.named
        if one.kind != "account" or who.get((one.source, one.ref)) not in taken
    )
    return replace(query, named=named)


def two_of_a_name(session: Session, query: Query, command: str) -> Notice | None:
    """A choice where two companies bear the one name that was asked for."""
    buyers = [one for one in query.named if one.kind in ("customer", "account")]
    who = identities(session) if len(buyers) > 1 else {}
    found = {who.get((one.source, one.ref), (one.source, one.ref)): one for one in buyers}
    if len(found) < 2 or len({one.name for one in buyers}) > 1:
        return None
    return Notice(
        f"{len(found)} customers are called {buyers[0].name}", "Which one?",
        tuple(FollowUp(f"{one.name} ({one.ref})", f"{command} {one.ref}")
              for one in sorted(found.values(), key=lambda one: one.ref)),
    )  # fmt: skip


def neighbours(asked: Asked) -> tuple[FollowUp, ...]:
    """What one asks next of those whose deliveries were asked about."""
    who = asked.parties
    if asked.is_supply:
        return (FollowUp("How long they take", f"lead-time {who}".strip()),)
    if not who or "," in who:
        return (FollowUp("Who may leave over it?", "exposed"),)
    return FollowUp(f"Why {who}?", f"why {who}"), FollowUp("Their card", f"customer {who}")


def name_of(value: Named | str | None) -> str:
    """A value of a dimension as it stands in a table."""
    if value is None:
        return "unknown"
    return value.name if isinstance(value, Named) else value


def topic_of(dimension: str, topic: Topic) -> Topic:
    """What a column with the values of a dimension speaks of, in an answer on `topic`."""
    return "supply" if dimension in ("item", "category", "site") else topic


def said(named: Sequence[Named], kinds: Sequence[str]) -> str:
    """The names of the things of some kinds, as one says them."""
    return ", ".join(dict.fromkeys(one.name for one in named if one.kind in kinds))
