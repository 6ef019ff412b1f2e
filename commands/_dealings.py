"""What a customer lives through with us, in a few words: deliveries, signals, tickets, health."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import Session

from commands._book import Book
from commands._contract import Ask
from storage.known.bills import bills
from storage.known.customers import Customer
from storage.known.sales import SalesLine, sales_lines
from storage.known.touches import Touch, touches
from storage.links import Key
from storage.metrics._signals import signals
from storage.metrics.delivery_experience import DAYS, Experience, experience
from storage.metrics.health import Health, Known, health


@dataclass(frozen=True)
class Dealings:
    """Lines (open ones, and those due in the last 90 days), touches and bills by company."""

    book: Book
    lines: Mapping[Key, list[SalesLine]]
    touches: Mapping[Key, list[Touch]]
    billed: frozenset[Key]
    has_tickets: bool
    _served: dict[Key, Experience] = field(default_factory=dict, compare=False)

    def experience(self, company: Key) -> Experience:
        """How it was served in the last 90 days."""
        if company not in self._served:
            self._served[company] = experience(self.lines.get(company, ()), self.book.today)
        return self._served[company]

    def health(self, one: Customer) -> Health:
        company = self.book.company(one)
        served, met = self.experience(company), self.touches.get(company)
        profile = self.book.profiles.get(company)
        known = Known(
            served.late_share, served.due, met[0].on if met else None,
            self.has_tickets and profile is not None and profile.is_in_crm,
            company in self.billed,
        )  # fmt: skip
        return health(one, known, self.book.today)


def dealings(session: Session, ask: Ask, book: Book) -> Dealings:
    """Of all customers: open lines and those due lately, the last touches, who was billed."""
    since = ask.today - timedelta(days=DAYS)
    every = {line.key: line for line in sales_lines(session, ask.now, open_only=True)}
    every |= {line.key: line for line in sales_lines(session, ask.now, due_since=since)}
    lines: dict[Key, list[SalesLine]] = defaultdict(list)
    for line in every.values():
        if line.customer and (key := book.who.get((line.customer.source, line.customer.ref))):
            lines[key].append(line)
    met: dict[Key, list[Touch]] = defaultdict(list)
    for touch in touches(session, ask.now, book.who):
        met[touch.company].append(touch)
    billed = frozenset(bill.company for bill in bills(session, ask.now, book.who))
    has_tickets = any(one.tickets for one in book.customers)
    return Dealings(book, lines, met, billed, has_tickets)


def served(found: Experience) -> str:
    """How we delivered: "3 of 20 lines late, up to 9 d; 1 owed"."""
    if not found.due and not found.owed:
        return "nothing due in 90 d"
    parts = [f"{found.late} of {found.due} late" if found.due else "nothing due in 90 d"]
    if found.worst:
        parts.append(f"up to {found.worst} d")
    if found.owed:
        parts.append(f"{len(found.owed)} owed")
    return ", ".join(parts)


def standing_out(one: Customer, today: date, *, but: str = "") -> str:
    """Its signals in words, one named `but` left out; "–" for none."""
    words = [signal.words for signal in signals(one, today) if signal.name != but]
    return "; ".join(words) or "–"
