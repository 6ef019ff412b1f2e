"""Renewal rate: of the contracts that came up for renewal, how many were renewed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from storage.known.contracts import Contract
from storage.known.customers import Customer
from storage.known.deals import Deal
from storage.links import Key
from storage.metrics import Metric
from storage.metrics.churn import wilson

METRIC = Metric(
    id="renewal-rate",
    version=1,
    title="Renewal rate",
    formula=(
        "Contracts renewed, divided by those that were due in the window. A contract is renewed"
        " when its date is moved on by at least 28 days, when it renews itself and is not ended, or"
        " when another one of the customer follows; from 180 days before the date (early) to 30"
        " days after it (late). What no contract of the customer tells within 60 days counts by"
        " its renewal deal: won is renewed. The interval is Wilson's, 95 %."
    ),
    unit="share",
    better="higher",
    needs=("contract", "opportunity"),
    dimensions=("segment", "country"),
    caveats=(
        "Only what was due counts: a contract over several years counts in its last one.",
        "Not decided yet (no sign, and 30 days after the date are not over) is not counted.",
        "Dates that were moved before we first saw the contract are unknown.",
    ),
    synonyms=("renewals rate", "renewed"),
)

EARLY, GRACE = timedelta(days=180), timedelta(days=30)
LEAST_MOVE = timedelta(days=28)
NEAR = timedelta(days=60)
DAY = timedelta(days=1)
Timing = Literal["early", "on time", "late"]


@dataclass(frozen=True)
class Renewal:
    """A contract or deal due on a day. `is_renewed` is null while it is not decided; `contract` is
    null of a deal."""

    customer: Customer | None
    due_on: date
    is_renewed: bool | None
    timing: Timing | None = None
    contract: Contract | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Rate:
    """Renewed of what was due and is decided; null without any."""

    due: int
    renewed: int
    early: int
    late: int
    pending: int
    value: float | None
    low: float | None
    high: float | None


def renewals(customers: Iterable[Customer], deals: Iterable[Deal], today: date) -> list[Renewal]:
    """Every time that a contract, or a renewal deal that no contract tells of, was due by today."""
    every = list(customers)
    found = [one for customer in every for one in _of_contracts(customer, today)]
    owner = {key: customer for customer in every for key in customer.keys}
    told: dict[Key, list[date]] = defaultdict(list)
    for renewal in found:
        if renewal.customer:
            told[min(renewal.customer.keys)].append(renewal.due_on)
    for deal in deals:
        customer = owner.get(deal.company) if deal.company else None
        if deal.kind != "renewal" or deal.closes_on is None:
            continue
        known = told[min(customer.keys)] if customer else []
        is_told = any(abs(day - deal.closes_on) <= NEAR for day in known)
        if not is_told and (one := _of_deal(deal, customer, today)):
            found.append(one)
    return sorted(found, key=lambda one: one.due_on)


def rate(renewals: Iterable[Renewal], start: date, end: date) -> Rate:
    """Of what was due on the days [start, end)."""
    due = [one for one in renewals if start <= one.due_on < end]
    decided = [one for one in due if one.is_renewed is not None]
    renewed = [one for one in decided if one.is_renewed]
    n = len(decided)
    low, high = wilson(len(renewed), n) or (None, None)
    return Rate(
        n, len(renewed),
        sum(1 for one in renewed if one.timing == "early"),
        sum(1 for one in renewed if one.timing == "late"),
        len(due) - n, len(renewed) / n if n else None, low, high,
    )  # fmt: skip


def _of_contracts(customer: Customer, today: date) -> Iterator[Renewal]:
    for contract in customer.contracts:
        for due, moved in _moves(contract):
            timing = _timing(moved, due)
            yield Renewal(customer, due, moved <= due + GRACE, timing, contract)
        due_on = contract.due_on
        if due_on and (due_on <= today or _is_ended(contract, due_on)):
            yield replace(_last(customer, contract, due_on, today), contract=contract)


def _moves(contract: Contract) -> Iterator[tuple[date, date]]:
    """The dates that were moved on by a renewal, each with the day on which we saw it."""
    said = [(one.until, one.due_on) for one in contract.was] + [(date.max, contract.due_on)]
    for (until, due), (_, then) in pairwise(said):
        is_on = due and then and then - due >= LEAST_MOVE
        if due and is_on and until >= due - EARLY:
            yield due, until


def _last(customer: Customer, contract: Contract, due: date, today: date) -> Renewal:
    """How the date that stands now turned out."""
    follower = min(_followers(customer.contracts, contract, due), default=None)
    if follower:
        return Renewal(customer, due, True, _timing(follower, due))
    if _is_ended(contract, due):
        return Renewal(customer, due, False)
    if contract.auto_renew:
        return Renewal(customer, due, True, "on time")
    return Renewal(customer, due, None if due + GRACE >= today else False)


def _is_ended(contract: Contract, due: date) -> bool:
    return contract.churned_on is not None and contract.churned_on <= due + GRACE


def _followers(every: Sequence[Contract], of: Contract, due: date) -> Iterator[date]:
    """The starts of contracts that go on where one ends."""
    for one in every:
        start = one.starts_on
        if one is of or start is None or (of.starts_on and start <= of.starts_on):
            continue
        if due - EARLY <= start <= due + GRACE and (one.due_on is None or one.due_on > due):
            yield start


def _timing(on: date, due: date) -> Timing:
    if on < due:
        return "early"
    return "on time" if on <= due + DAY else "late"


def _of_deal(deal: Deal, customer: Customer | None, today: date) -> Renewal | None:
    due = deal.closes_on
    assert due is not None
    if deal.is_won is None:
        if due > today:
            return None
        return Renewal(customer, due, None if due + GRACE >= today else False)
    if not deal.is_won:
        return Renewal(customer, due, False)
    closed = deal.closed_at.date() if deal.closed_at else due
    return Renewal(customer, due, True, _timing(closed, due))
