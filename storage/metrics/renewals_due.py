"""Renewals due: which contracts must be decided on soon, counted to the day of notice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from storage.known.contracts import Contract
from storage.known.customers import Customer
from storage.known.deals import Deal
from storage.known.rates import Amount, Rates, Sums
from storage.links import Key
from storage.metrics import Metric

METRIC = Metric(
    id="renewals-due",
    version=2,
    title="Renewals due",
    formula=(
        "Contracts in force whose notice deadline falls within the time asked for. The deadline is"
        " the renewal or end date less the period of notice; where no period is known, the date"
        " itself. Contracts of one customer with one deadline count once. A customer without"
        " contracts counts by its open renewal deals. Revenue is twelve months of what the"
        " contracts bring, or the deal's amount."
    ),
    unit="",
    better="lower",
    needs=("contract", "opportunity"),
    caveats=(
        "A contract that renews itself is lost or won at its deadline, not at its end.",
        "Dates are those last seen; a source overwrites them.",
        (
            "The chance of each that must be decided on within 91 days is told by a fit on what was"
            " known of contracts before their deadlines, where 50 are decided; else the share"
            " renewed of all, with its interval. Of several contracts with the same dates it is"
            " the mean."
        ),
    ),
    synonyms=("renewal", "renewal due", "notice", "notice deadline", "expiring contracts"),
)


@dataclass(frozen=True)
class Due:
    """What a customer must decide by `deadline`; `ends_on` is when it would end or renew.

    `is_notice_known` is false where the period of notice is not: then the deadline is the end.
    `yearly` is revenue by currency. `contracts` counts them; 0 for a deal.
    """

    company: Key | None
    customer: Customer | None
    name: str
    deadline: date
    ends_on: date
    is_notice_known: bool
    renews_itself: bool | None
    contracts: int
    yearly: Sums


def due(
    customers: Iterable[Customer], deals: Iterable[Deal], today: date, rates: Rates, into: str
) -> list[Due]:
    """All that is still to end, by deadline; deadlines that have passed stand first."""
    every = list(customers)
    found = [one for customer in every for one in _of(customer, today, rates, into)]
    owner = {key: customer for customer in every for key in customer.keys}
    for deal in deals:
        customer = owner.get(deal.company) if deal.company else None
        if not (customer and customer.contracts) and _is_coming(deal, today):
            found.append(_of_deal(deal, customer, today, rates, into))
    return sorted(found, key=lambda one: (one.deadline, one.name, one.ends_on))


def deadline(contract: Contract) -> date | None:
    """The day by which notice must be given; null where it has no end."""
    if contract.due_on is None:
        return None
    return contract.due_on - timedelta(days=contract.notice_days or 0)


def _of(customer: Customer, today: date, rates: Rates, into: str) -> Iterator[Due]:
    groups: dict[tuple[date, date], list[Contract]] = defaultdict(list)
    for contract in customer.contracts:
        ends, by = contract.due_on, deadline(contract)
        if ends and by and ends >= today and contract.churned_on is None:
            groups[by, ends].append(contract)
    for (by, ends), group in groups.items():
        amounts = [
            Amount(None if one.mrr is None else one.mrr * 12, one.currency, today) for one in group
        ]
        itself = {one.auto_renew for one in group}
        yield Due(
            min(customer.keys), customer, customer.name, by, ends,
            all(one.notice_days is not None for one in group),
            itself.pop() if len(itself) == 1 else None, len(group), rates.total(amounts, into),
        )  # fmt: skip


def _is_coming(deal: Deal, today: date) -> bool:
    is_open = deal.kind == "renewal" and deal.is_won is None
    return is_open and deal.closes_on is not None and deal.closes_on >= today


def _of_deal(deal: Deal, customer: Customer | None, today: date, rates: Rates, into: str) -> Due:
    assert deal.closes_on is not None
    amount = Amount(deal.amount, deal.currency, today)
    name = customer.name if customer else deal.name or "unknown"
    return Due(
        deal.company, customer, name, deal.closes_on, deal.closes_on, False, None, 0,
        rates.total([amount], into),
    )  # fmt: skip
