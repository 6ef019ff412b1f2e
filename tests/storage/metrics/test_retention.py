"""Retention, against pandas on generated customers."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from storage.known.contracts import Contract, Was
from storage.known.customers import Customer, Order
from storage.known.rates import Rates
from storage.metrics.retention import Pair, by_contract, by_order, retained

START, END = date(2025, 3, 20), date(2026, 3, 20)
NONE = Rates("", [])


def customer(name, orders=(), contracts=()):
    return Customer(name, frozenset({("erp", name)}), orders=tuple(orders), contracts=contracts)


def signed(name, *contracts):
    return customer(name, contracts=contracts)


def contract(mrr, starts=date(2024, 1, 1), currency="EUR", **more):
    return Contract(starts, mrr=Decimal(mrr), currency=currency, **more)


def test_contracts_by_hand():
    everyone = [
        signed("stays", contract(100)),
        signed("gone", contract(50, churned_on=date(2025, 9, 1))),
        signed("less", contract(30, was=(Was(date(2025, 6, 1), None, Decimal(40)),))),
        signed("more", contract(10), contract(15, starts=date(2025, 6, 1))),
        signed("new", contract(500, starts=date(2025, 6, 1))),
        signed("unknown", Contract(date(2024, 1, 1))),
    ]
    pairs, unknown = by_contract(everyone, START, END, NONE, "")
    (found,) = retained(pairs, "contracts")
    assert (found.customers, found.lost, unknown) == (4, 1, 1)
    assert (found.start, found.end) == (Decimal(200), Decimal(155))
    assert (found.churned, found.contraction, found.expansion) == (50, 10, 15)
    assert found.grr.value == pytest.approx(140 / 200)
    assert found.nrr.value == pytest.approx(155 / 200)
    assert found.logo_churn.value == 0.25


def generated(seed):
    draw = random.Random(seed)
    everyone = []
    for number in range(60):
        orders = [
            Order(END - timedelta(draw.randrange(1, 1000)), Decimal(draw.randrange(1, 500)), "EUR")
            for _ in range(draw.randrange(0, 12))
        ]  # fmt: skip
        everyone.append(customer(f"c{number}", sorted(orders, key=lambda one: one.on)))
    return everyone


@pytest.mark.parametrize("seed", range(5))
def test_orders_as_pandas_has_it(seed):
    everyone = generated(seed)
    frame = pd.DataFrame(
        [(one.name, order.on, float(order.amount)) for one in everyone for order in one.orders],
        columns=["name", "day", "amount"],
    )
    first = START - (END - START)
    before = frame[(frame.day >= first) & (frame.day < START)].groupby("name").amount.sum()
    after = frame[(frame.day >= START) & (frame.day < END)].groupby("name").amount.sum()
    both = pd.DataFrame({"before": before, "after": after}).fillna(0).query("before > 0")
    pairs, _ = by_order(everyone, START, END, NONE, "")
    (found,) = retained(pairs, "orders")
    assert found.nrr.value == pytest.approx(both.after.sum() / both.before.sum())
    assert found.grr.value == pytest.approx(both.min(axis=1).sum() / both.before.sum())
    assert found.lost == int((both.after == 0).sum())
    assert found.start - found.churned - found.contraction + found.expansion == found.end


def test_the_interval_of_nrr_covers_the_truth():
    """Customers keep 80 % of it on average; the interval should say so 19 times in 20."""
    draw, inside = random.Random(3), 0
    for _ in range(400):
        pairs = []
        for number in range(40):
            start = Decimal(draw.randrange(50, 150))
            pairs.append(
                Pair(
                    customer(str(number)),
                    start,
                    start * Decimal(draw.choice((0, 1, 1, 1, 1))),
                    "EUR",
                )
            )
        (found,) = retained(pairs, "orders")
        inside += found.nrr.low <= 0.8 <= found.nrr.high
    assert 0.90 <= inside / 400 <= 0.98
    assert stats.binomtest(inside, 400, 0.95).pvalue > 1e-4


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 999), st.integers(0, 2000)), min_size=1, max_size=30))
def test_grr_never_exceeds_one_nor_nrr(values):
    pairs = [
        Pair(customer(str(at)), Decimal(a), Decimal(b), "EUR") for at, (a, b) in enumerate(values)
    ]
    (found,) = retained(pairs, "orders")
    assert 0 <= found.grr.value <= 1
    assert found.grr.value <= found.nrr.value + 1e-12
    if found.grr.low is not None:
        assert found.grr.low <= found.grr.value <= found.grr.high <= 1


def test_money_moves_with_no_rate_of_exchange():
    rates = Rates("EUR", [("USD", START, Decimal("1.0")), ("USD", END, Decimal("0.5"))])
    everyone = [signed("us", contract(100, currency="USD")), signed("eu", contract(100))]
    pairs, _ = by_contract(everyone, START, END, rates, "EUR")
    (found,) = retained(pairs, "contracts")
    assert (found.nrr.value, found.start) == (1.0, Decimal(150))


def test_without_rates_each_currency_stands_alone():
    everyone = [signed("us", contract(100, currency="USD")), signed("eu", contract(100)),
                signed("eu2", contract(100))]  # fmt: skip
    pairs, _ = by_contract(everyone, START, END, NONE, "")
    assert [(one.currency, one.customers) for one in retained(pairs, "contracts")] == [
        ("EUR", 2), ("USD", 1),
    ]  # fmt: skip


def test_that_nobody_was_lost_yet_is_not_certainty():
    same = [Pair(customer(str(at)), Decimal(10), Decimal(10), "EUR") for at in range(20)]
    (found,) = retained(same, "orders")
    assert (found.grr.value, found.grr.high) == (1, 1)
    assert found.grr.low == pytest.approx(1 - found.logo_churn.high)


def test_nobody_at_the_start_is_no_retention():
    assert retained(by_order([customer("none")], START, END, NONE, "")[0], "orders") == []
