"""RFM: scores against pandas, ties, returns and names."""

from datetime import date, timedelta
from decimal import Decimal
from math import ceil

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.known.customers import Customer, Order
from storage.known.rates import Amount, Rates
from storage.metrics.rfm import NAMES, Scored, fifths, segments

TODAY = date(2026, 3, 20)
NONE = Rates("", [])


def customer(name, *orders, currency="EUR"):
    made = sorted((TODAY - timedelta(days=days), Decimal(amount)) for days, amount in orders)
    return Customer(name, frozenset({("erp", name)}),
                    orders=tuple(Order(day, amount, currency) for day, amount in made))  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_fifths_are_those_of_pandas_ranks(values):
    ranks = pd.Series(values).rank(method="average")
    assert fifths(values) == [ceil(5 * rank / len(values) - 1e-9) for rank in ranks]


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=5, max_size=40))
def test_equal_values_have_equal_scores_and_larger_ones_no_smaller(values):
    pairs = sorted(zip(values, fifths(values), strict=True))
    assert len({value for value, _ in pairs}) == len(set(pairs))
    assert [score for _, score in pairs] == sorted(score for _, score in pairs)


def crowd():
    return [
        customer(f"c{at}", *((at * 10 + step, 100) for step in range(5 - at))) for at in range(5)
    ]


def test_the_best_are_champions_and_the_worst_lost():
    found = segments(crowd(), {}, TODAY, NONE, "")
    assert [(one.customer.name, one.segment) for one in found.scored] == [
        ("c0", "champions"), ("c1", "champions"), ("c2", "need attention"), ("c3", "slipping"),
        ("c4", "lost"),
    ]  # fmt: skip
    assert next((one.recency, one.frequency, one.monetary) for one in found.scored) == (5, 5, 5)


def test_what_was_sent_back_is_taken_off():
    back = {("erp", "c0"): [Amount(Decimal(450), "EUR", TODAY - timedelta(days=3))]}
    found = {one.customer.name: one for one in segments(crowd(), back, TODAY, NONE, "").scored}
    assert (found["c0"].revenue, found["c0"].monetary) == (Decimal(50), 1)


def test_orders_of_one_day_are_one_and_old_ones_none():
    found = segments([*crowd(), customer("old", (800, 10)), customer("twice", (3, 5), (3, 5))],
                     {}, TODAY, NONE, "")  # fmt: skip
    orders = {one.customer.name: one.orders for one in found.scored}
    assert (orders["twice"], orders.get("old")) == (1, None)


def test_too_few_are_not_cut_in_five_and_other_money_is_left_out():
    assert segments(crowd()[:4], {}, TODAY, NONE, "").scored == ()
    us = customer("us", (3, 10), currency="USD")
    found = segments([*crowd(), us], {}, TODAY, NONE, "")
    assert (found.currency, found.left_out, len(found.scored)) == ("EUR", 1, 5)


@pytest.mark.parametrize("recency", range(1, 6))
@pytest.mark.parametrize("frequency", range(1, 6))
@pytest.mark.parametrize("monetary", range(1, 6))
def test_every_score_has_a_name(recency, frequency, monetary):
    one = Scored(None, TODAY, 1, Decimal(1), recency, frequency, monetary)
    assert one.segment in NAMES[recency]
