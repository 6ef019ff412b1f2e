"""What is known of one customer, a line for each thing."""

from dataclasses import dataclass
from datetime import date, timedelta

from commands._book import Book
from commands._churn_fit import chance_said
from commands._dealings import Dealings, served
from commands._track_record import Track
from storage.forecasts._churn_now import Chance
from storage.known.customers import Customer
from storage.known.rates import Amount, Sums
from storage.links import Key
from storage.metrics._signals import order_rhythm
from storage.metrics.clv import Worth
from storage.metrics.health import Health
from storage.metrics.renewals_due import Due

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Card:
    """All that is told of one customer; `coming` is what it is expected to bring by a fit, and
    `chance` that to leave, null where none is told."""

    one: Customer
    company: Key
    seen: Dealings
    health: Health
    due: Due | None
    today: date
    coming: tuple[Worth, Track] | None = None
    chance: Chance | None = None

    @property
    def book(self) -> Book:
        return self.seen.book

    def revenue(self, start: date, end: date) -> Sums:
        """What it ordered on the days [start, end)."""
        orders = (order for order in self.one.orders if start <= order.on < end)
        amounts_ = (Amount(order.amount, order.currency, order.on) for order in orders)
        return self.book.rates.total(amounts_, self.book.into)


def facts(card: Card) -> list[tuple[str, str]]:
    """The lines of the card: what each is about, and what is known."""
    profile = card.book.profiles.get(card.company)
    where = [profile.label, profile.segment] if profile else []
    owners = ", ".join(profile.owners) if profile and profile.owners else "nobody named"
    return [
        ("Who", ", ".join(filter(None, where)) or "–"),
        ("Owners", owners),
        ("Orders", _orders(card)),
        ("Open", _open(card)),
        ("Delivered", served(card.seen.experience(card.company))),
        ("Tickets", _tickets(card)),
        ("Last contact", _touches(card)),
        ("NPS", _nps(card)),
        ("Renewal", _renewal(card)),
        *([("May leave", chance_said(card.chance))] if card.chance else []),
    ]


def _orders(card: Card) -> str:
    beat = order_rhythm(card.one, card.today)
    if beat is None:
        return "none known"
    usual = f", usually every {beat.usual:g} d" if beat.usual is not None else ""
    first = card.one.orders[0].on
    return f"{len(card.one.orders)} since {first:%b %Y}, last {beat.last.isoformat()}{usual}"


def _open(card: Card) -> str:
    lines = [line for line in card.seen.lines.get(card.company, ()) if line.is_open]
    if not lines:
        return "nothing"
    owed = card.seen.experience(card.company).owed
    orders = sorted({line.number for line in lines})
    named = ", ".join(orders[:3]) + (f" and {len(orders) - 3} more" if len(orders) > 3 else "")
    late = f"; ▲ {len(owed)} past their day" if owed else ""
    return f"{len(lines)} line{'s' if len(lines) > 1 else ''} of {named}{late}"


def _tickets(card: Card) -> str:
    if not card.one.tickets:
        return "none known"
    open_ = [ticket for ticket in card.one.tickets if ticket.closed_on is None]
    if not open_:
        return f"none open of {len(card.one.tickets)}"
    age = (card.today - open_[0].opened_on).days
    return f"{len(open_)} open of {len(card.one.tickets)}, the oldest for {age} d"


def _touches(card: Card) -> str:
    met = card.seen.touches.get(card.company, ())
    told = [f"{touch.channel} {touch.on.isoformat()}" for touch in met]
    return ", ".join(told) or "none known"


def _nps(card: Card) -> str:
    if not card.one.nps:
        return "never answered"
    day, score = card.one.nps[-1]
    return f"{score.normalize():f} on {day.isoformat()} ({len(card.one.nps)} answers)"


def _renewal(card: Card) -> str:
    if card.due is None:
        return "none known"
    ends, by = card.due.ends_on.isoformat(), card.due.deadline.isoformat()
    if not card.due.contracts:
        return f"deal due {ends}"
    if not card.due.is_notice_known:
        return f"ends {ends}; notice period not known"
    itself = ", else it renews itself" if card.due.renews_itself else ""
    return f"notice by {by}, ends {ends}{itself}"
