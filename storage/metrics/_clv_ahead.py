"""What customers will bring by the fit that is in use, each with an interval of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from storage.forecasts._clv_facts import buyers_before, paid_by, running
from storage.forecasts._clv_fit import by_contracts, by_orders
from storage.forecasts.clv import DAYS, Used
from storage.known.customers import Customer
from storage.known.rates import Amount, Rates
from storage.metrics.clv import Worth, by_contract, by_order, discounts


def worths(
    customers: Sequence[Customer], today: date, rates: Rates, into: str, used: Used | None,
    asked: Sequence[Customer] | None = None,
) -> list[Worth]:  # fmt: skip
    """What each of all customers, or of those asked about, is expected to bring: by the fit where
    one is in use and knows of it, else by what those like it did; of each kind the most valuable
    first."""
    asked = customers if asked is None else asked
    told = foretold(asked, today, rates, into, used) if used else []
    known = {one.customer.key for one in told}
    has_lasts = used is not None and used.lasts is not None
    rest = {
        one.key
        for one in asked
        if one.key not in known and (one.orders if not one.contracts else not has_lasts)
    }
    if rest:
        others = [*by_contract(customers, today, rates, into),
                  *by_order(customers, today, rates, into)]  # fmt: skip
        told += [one for one in others if one.customer.key in rest]
    return sorted(told, key=_rank)


def _rank(one: Worth) -> tuple[str, bool, float, str]:
    return one.kind, one.value is None, -(one.value or 0), one.customer.name


def foretold(
    customers: Sequence[Customer], today: date, rates: Rates, into: str, used: Used
) -> list[Worth]:
    """Those of whom the fit knows enough."""
    return [*_of_contracts(customers, today, rates, into, used),
            *_of_orders(customers, today, rates, into, used)]  # fmt: skip


def _of_contracts(
    customers: Sequence[Customer], today: date, rates: Rates, into: str, used: Used
) -> Iterator[Worth]:
    if used.lasts is None:
        return
    by_key = {one.key: one for one in customers}
    now = running(customers, today, rates, into)
    told = by_contracts(used.lasts, used.drawn, now.tenure, now.monthly, np.array(discounts()))
    low, high = told.bounds[0]
    for at, key in enumerate(now.keys):
        yield Worth(
            by_key[key], "contract", now.currency[at], float(told.value[at]), float(low[at]),
            float(high[at]), used.n["contracts"], is_own=True,
        )  # fmt: skip


def _of_orders(
    customers: Sequence[Customer], today: date, rates: Rates, into: str, used: Used
) -> Iterator[Worth]:
    if used.pace is None:
        return
    target = into or rates.home
    buyers = {one.key: one for one in customers if not one.contracts and one.orders}
    made = paid_by(_in_one(one, rates, target) for one in buyers.values())
    every = buyers_before(made, today.toordinal() + 1)
    for number, code in enumerate(made.currencies):
        if (spend := used.spend.get(code)) is None:
            continue
        mine = every.only(made.currency[every.number] == number)
        told = by_orders(used.pace, spend, mine.seen, mine.spent, DAYS)
        low, high = told.bounds[0]
        currency, rate = _rate(code, today, rates, target)
        for at, whose in enumerate(mine.number.tolist()):
            yield Worth(
                buyers[made.keys[whose]], "orders", currency, rate * float(told.value[at]),
                rate * float(low[at]), rate * float(high[at]), used.n["orders"], is_own=True,
            )  # fmt: skip


def _in_one(one: Customer, rates: Rates, target: str) -> Customer:
    """A customer with its orders in one currency: its own, or where it has several the target, if
    rates allow."""
    if not target or len({order.currency for order in one.orders}) == 1:
        return one
    orders = []
    for order in one.orders:
        amount = rates.convert(Amount(order.amount, order.currency, order.on), target)
        if amount is None and order.amount is not None:
            return one
        orders.append(replace(order, amount=amount, currency=target))
    return replace(one, orders=tuple(orders))


def _rate(code: str, today: date, rates: Rates, target: str) -> tuple[str, float]:
    """In which currency sums of one are told, and the rate for it."""
    rate = rates.convert(Amount(Decimal(1), code, today), target) if target else None
    return (code, 1.0) if rate is None else (target, float(rate))
