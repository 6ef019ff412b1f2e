"""Contracts up for renewal as they were known on a day, and how their renewals turned out."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from storage.forecasts._churn_facts import View, known_on, put_off
from storage.forecasts._features import Known, Value
from storage.known.contracts import Contract
from storage.known.customers import Customer
from storage.links import Key
from storage.metrics.renewal_rate import GRACE, Renewal, renewals
from storage.metrics.renewals_due import deadline

# what makes a renewal the same on two days: whose contract, begun when, of which number, due when
Name = tuple[Key, date | None, str | None, date]


class Upcoming(NamedTuple):
    """A contract that must be decided on by `decide_by`, and what is known of it."""

    name: Name
    customer: Customer
    decide_by: date
    known: Known


def upcoming(customers: Iterable[Customer], day: date, end: date) -> Iterator[Upcoming]:
    """Contracts in force on a day, as of which they are known, to be decided on in [day, end)."""
    for one in customers:
        due = [contract for contract in one.contracts if _is_due(contract, day, end)]
        known = known_on(one, day) if due else {}
        for contract in due:
            by = deadline(contract)
            assert by and contract.due_on
            name = (one.key, contract.starts_on, contract.number, contract.due_on)
            yield Upcoming(name, one, by, {**known, **_of_contract(contract, day)})


def _is_due(one: Contract, day: date, end: date) -> bool:
    by = deadline(one)
    return by is not None and day <= by < end and one.churned_on is None and one.runs_on(day)


def _of_contract(one: Contract, day: date) -> dict[str, Value]:
    """What is known of the contract itself stands for what is known of all of its customer's."""
    assert one.due_on
    return {
        "days of the contract": (day - one.starts_on).days if one.starts_on else None,
        "revenue of the contract": None if one.mrr is None else float(one.mrr),
        "days to renewal": (one.due_on - day).days,
        "days of notice": one.notice_days,
        "renews itself": one.auto_renew,
        "renewals": put_off(one),
    }


def outcomes(view: View, day: date) -> dict[Name, bool]:
    """Whether each renewal was renewed, as seen on a day, of those that were due so long before it
    that all of them are decided."""
    every = renewals(view(day).values(), (), day)
    return {name: bool(one.is_renewed) for one in every if (name := _name(one, day))}


def _name(one: Renewal, day: date) -> Name | None:
    is_decided = one.due_on + GRACE < day and one.is_renewed is not None
    if one.customer is None or one.contract is None or not is_decided:
        return None
    return one.customer.key, one.contract.starts_on, one.contract.number, one.due_on
