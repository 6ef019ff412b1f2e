"""What stands out about a customer, each signal with its figures; suspended while we owe it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storage.known.contracts import Contract
from storage.known.customers import Customer
from storage.metrics._order_gaps import Rhythm, rhythm

RECENT = 90
YEAR = 365
MANY_TICKETS = 3
TIMES_USUAL = 2
LONG_OPEN = 10
RENEWAL_SOON = 60
OVERDUE = 14
NPS_AGE = 180
DETRACTOR = 6


@dataclass(frozen=True)
class Signal:
    """One thing that stands out, in words with its figures.

    A suspended one is not counted: it is as likely our doing as theirs.
    """

    name: str
    words: str
    is_suspended: bool = False


def signals(one: Customer, today: date) -> tuple[Signal, ...]:
    """All signals of a customer on a day, the order gap first."""
    found = [read(one, today) for read in _READERS]
    return tuple(signal for signal in found if signal)


def order_rhythm(one: Customer, today: date) -> Rhythm | None:
    """How it orders; null without an order."""
    days = order_days(one)
    return rhythm(days, today) if days else None


def order_days(one: Customer) -> list[date]:
    """The days on which it ordered, each once."""
    return sorted({order.on for order in one.orders})


def notice_on(contract: Contract) -> date | None:
    """The day by which notice must be given: the renewal or end, less the notice period."""
    due = contract.renewal_on or contract.ends_on
    return due - timedelta(days=contract.notice_days or 0) if due else None


def _order_gap(one: Customer, today: date) -> Signal | None:
    beat = order_rhythm(one, today)
    if beat is None or beat.p90 is None or beat.quiet <= beat.p90:
        return None
    words = f"quiet {beat.quiet} d, usually every {beat.usual:g} d"
    return Signal("order gap", words, is_suspended=bool(one.late))


def _owed(one: Customer, today: date) -> Signal | None:
    if not one.late:
        return None
    count = len(one.late)
    return Signal("owed", f"we owe them: {count} line{'s' if count > 1 else ''} late", True)


def _tickets(one: Customer, today: date) -> Signal | None:
    """More tickets in 90 days than twice their usual, measured over the year before those."""
    begins = today - timedelta(days=RECENT)
    since = max(begins - timedelta(days=YEAR), _known_since(one))
    if (begins - since).days < RECENT:
        return None
    recent = sum(1 for ticket in one.tickets if ticket.opened_on > begins)
    before = sum(1 for ticket in one.tickets if since < ticket.opened_on <= begins)
    usual = before * RECENT / (begins - since).days
    if recent < MANY_TICKETS or recent <= TIMES_USUAL * usual:
        return None
    return Signal("tickets", f"{recent} tickets in {RECENT} d, usually {usual:.1f}")


def _old_tickets(one: Customer, today: date) -> Signal | None:
    old = [
        ticket
        for ticket in one.tickets
        if ticket.closed_on is None and (today - ticket.opened_on).days > LONG_OPEN
    ]
    if not old:
        return None
    plural = "s" if len(old) > 1 else ""
    return Signal("open tickets", f"{len(old)} ticket{plural} open over {LONG_OPEN} d")


def _renewal(one: Customer, today: date) -> Signal | None:
    """The next day by which to give notice, of a contract that runs."""
    due = [
        (day, contract)
        for contract in one.contracts
        if contract.churned_on is None and (day := notice_on(contract)) and day >= today
    ]
    if not due:
        return None
    day, contract = min(due, key=lambda found: found[0])
    left = (day - today).days
    if left > RENEWAL_SOON:
        return None
    what = "notice deadline" if contract.notice_days is not None else "renewal"
    return Signal("renewal", f"{what} {_in_days(left)}")


def _payment(one: Customer, today: date) -> Signal | None:
    late = [(today - due).days for due in one.overdue if (today - due).days > OVERDUE]
    if not late:
        return None
    plural = "s" if len(late) > 1 else ""
    return Signal("payment", f"{len(late)} bill{plural} unpaid, {max(late)} d overdue")


def _nps(one: Customer, today: date) -> Signal | None:
    if not one.nps:
        return None
    day, score = one.nps[-1]
    if score > DETRACTOR or (today - day).days > NPS_AGE:
        return None
    return Signal("nps", f"NPS {score.normalize():f}")


def _known_since(one: Customer) -> date:
    """The first day that we know anything of: before it, no tickets means nothing."""
    days: Sequence[date] = [
        *(order.on for order in one.orders),
        *(contract.starts_on for contract in one.contracts if contract.starts_on),
        *(ticket.opened_on for ticket in one.tickets),
    ]
    return min(days, default=date.max)


def _in_days(count: int) -> str:
    return "today" if count == 0 else f"in {count} d"


_READERS: tuple[Callable[[Customer, date], Signal | None], ...] = (
    _order_gap, _owed, _renewal, _tickets, _old_tickets, _payment, _nps,
)  # fmt: skip
