"""Made-up customers whose true ways are known: what each order is worth, and how long contracts
last."""

from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np

from storage.forecasts._clv_facts import MONTH, Paid
from storage.forecasts._gamma_gamma import Spent
from storage.known.contracts import Contract
from storage.known.customers import Customer
from tests.storage.forecasts.buyers import FIRST, bought

YEARS = 1_460
START, END = date.fromordinal(FIRST), date.fromordinal(FIRST + YEARS)


def spent(rng, n, p=6.0, q=4.0, gamma=120.0):
    """How often n customers ordered, and the mean of these orders, drawn as gamma-gamma has it."""
    orders = rng.geometric(0.3, n).astype(float)
    pace = rng.gamma(q, 1 / gamma, n)
    return Spent(orders, rng.gamma(p * orders, 1 / (pace * orders)))


def paid(rng, n, codes=("EUR",), p=6.0, q=4.0, gamma=120.0, **how):
    """Orders of n buyers over four years, worth what gamma-gamma says; `codes` in turn."""
    made = bought(rng, n, days=YEARS, joins=700, **how)
    pace = rng.gamma(q, 1 / gamma, n)
    return Paid(
        made.buyer, made.day, rng.gamma(p, 1 / pace[made.buyer]), made.gone,
        tuple(("erp", name) for name in made.names), np.arange(n) % len(codes), tuple(codes),
    )  # fmt: skip


def rows(*orders, code="EUR"):
    """Orders of (buyer, day, money), and of some the day on which they were called off."""
    full = [(*one, 0)[:4] for one in orders]
    buyer, day, money, gone = np.array(full, float).reshape(-1, 4).T
    size = int(buyer.max(initial=-1)) + 1
    whole = np.int64
    return Paid(
        buyer.astype(whole), day.astype(whole), money, gone.astype(whole),
        tuple(("erp", str(number)) for number in range(size)), np.zeros(size, whole), (code,),
    )  # fmt: skip


def contract(number, start, ended=None, mrr=100.0, currency="EUR"):
    """A customer with one contract."""
    one = Contract(start, churned_on=ended, mrr=Decimal(str(round(mrr, 2))), currency=currency)
    key = ("crm", str(number))
    return Customer(str(number), frozenset({key}), contracts=(one,), company=key)


def signed(rng, n, a=0.8, b=20.0):
    """Contracts of n customers over four years, by day: each lasts as a shifted beta-geometric
    has it."""
    start = FIRST + rng.integers(0, 1_400, n)
    months = rng.geometric(np.maximum(rng.beta(a, b, n), 1e-4))
    end = start + np.round(months * MONTH).astype(int)
    money = rng.lognormal(6, 0.8, n)

    @cache
    def view(day):
        at = day.toordinal()
        found = [
            contract(number, date.fromordinal(start[number]),
                     date.fromordinal(end[number]) if end[number] < at else None, money[number])
            for number in np.flatnonzero(start < at).tolist()
        ]  # fmt: skip
        return {one.key: one for one in found}

    return view
