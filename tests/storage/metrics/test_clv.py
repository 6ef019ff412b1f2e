"""CLV: by tenure against lifelines, by class against pandas, and its limits."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from storage.known.contracts import Contract
from storage.known.customers import Customer, Order
from storage.known.rates import Rates
from storage.metrics.clv import DISCOUNT, MONTH, MONTHS, by_contract, by_order, total

TODAY = date(2026, 3, 20)
NONE = Rates("", [])


def ago(days):
    return TODAY - timedelta(days=days)


def customer(name, orders=(), contracts=()):
    return Customer(name, frozenset({("erp", name)}), orders=tuple(orders), contracts=contracts)


def signed(name, began, ended=None, mrr=100, currency="EUR"):
    churned = None if ended is None else ago(ended)
    one = Contract(ago(began), churned_on=churned, mrr=Decimal(mrr), currency=currency)
    return customer(name, contracts=(one,))


def base(seed=1, count=120):
    """Customers whose contracts end at 3 % a month, come over ten years."""
    draw, found = random.Random(seed), []
    for at in range(count):
        began = draw.randrange(30, 3650)
        lasts = int(draw.expovariate(0.03 / MONTH))
        found.append(signed(str(at), began, began - lasts if lasts < began else None))
    return found


def test_by_contract_it_is_the_sum_that_lifelines_gives():
    everyone = base()
    lasted = [
        (((c.churned_on or TODAY) - c.starts_on).days, c.churned_on is not None)
        for one in everyone for c in one.contracts
    ]  # fmt: skip
    judge = KaplanMeierFitter().fit([days for days, _ in lasted], [ended for _, ended in lasted])
    young = next(one for one in by_contract(everyone, TODAY, NONE, "")
                 if (TODAY - one.customer.contracts[0].starts_on).days < 600)  # fmt: skip
    tenure = int((TODAY - young.customer.contracts[0].starts_on).days / MONTH)
    left = [judge.predict(month * MONTH) for month in range(tenure, tenure + MONTHS + 1)]
    expected = sum(
        100 * left[ahead] / left[0] * (1 + DISCOUNT) ** (-ahead / 12)
        for ahead in range(1, MONTHS + 1)
    )
    assert young.value == pytest.approx(expected)
    assert young.low <= young.value <= young.high
    assert young.n == len(everyone)


@pytest.mark.slow
def test_it_is_near_the_truth_and_the_interval_holds_it():
    truth = sum(
        100 * (0.97 * (1 + DISCOUNT) ** (-1 / 12)) ** ahead for ahead in range(1, MONTHS + 1)
    )
    inside = near = 0
    for seed in range(20):
        found = by_contract(base(seed, 200), TODAY, NONE, "")
        one = max(found, key=lambda worth: worth.customer.contracts[0].starts_on)
        inside += one.low <= truth <= one.high
        near += abs(one.value / truth - 1) < 0.15
    assert inside >= 16
    assert near >= 18


def test_without_any_ending_it_does_not_explode():
    everyone = [signed(str(at), 400 + at) for at in range(20)]
    found = by_contract(everyone, TODAY, NONE, "")
    assert all(one.value < 100 * MONTHS for one in found)
    assert all(one.value > 2000 for one in found)


def test_who_left_or_brings_nothing_has_no_value():
    free = customer("free", contracts=(Contract(ago(100), mrr=Decimal(0), currency="EUR"),))
    unknown = customer("unknown", contracts=(Contract(ago(100)),))
    everyone = [signed("gone", 500, 100), free, unknown, signed("here", 300)]
    assert [one.customer.name for one in by_contract(everyone, TODAY, NONE, "")] == ["here"]
    assert by_contract([], TODAY, NONE, "") == []


def buyers(seed=5, count=150):
    draw, found = random.Random(seed), []
    for at in range(count):
        days = {draw.randrange(0, 1400) for _ in range(draw.choice((1, 2, 3, 6, 15)))}
        orders = [
            Order(ago(day), Decimal(draw.randrange(10, 500)), "EUR")
            for day in sorted(days, reverse=True)
        ]
        found.append(customer(str(at), orders))
    return found


def klass(days, day):
    past = [one for one in days if one < day]
    if not past:
        return None
    quiet = (day - max(past)).days
    count = pd.cut([len(past)], [0, 1, 4, 11, 10**6], labels=False)[0]
    return count, pd.cut([quiet], [-1, 90, 180, 365, 10**6], labels=False)[0]


def test_by_orders_it_is_the_average_that_pandas_gives():
    everyone = buyers()
    rows = []
    for one in everyone:
        days = [order.on for order in one.orders]
        for origin in (ago(365), ago(730), ago(1095)):
            if known := klass(days, origin):
                until = origin + timedelta(days=365)
                brought = sum(float(o.amount) for o in one.orders if origin <= o.on < until)
                rows.append((*known, brought))
    frame = pd.DataFrame(rows, columns=["orders", "quiet", "brought"])
    means = frame.groupby(["orders", "quiet"]).brought.agg(["mean", "count"])
    compared = 0
    for one in by_order(everyone, TODAY, NONE, ""):
        known = klass([order.on for order in one.customer.orders], TODAY)
        if known in means.index and means.loc[known, "count"] >= 10:
            compared += 1
            assert one.value == pytest.approx(means.loc[known, "mean"])
            assert one.n == means.loc[known, "count"]
            assert 0 <= one.low <= one.value <= one.high
    assert compared > 50


def test_too_little_past_tells_nothing():
    everyone = [customer(str(at), [Order(ago(20), Decimal(1), "EUR")]) for at in range(30)]
    found = by_order(everyone, TODAY, NONE, "")
    assert {one.value for one in found} == {None}
    assert total(found) == {}


def test_kinds_and_currencies_are_kept_apart():
    mixed = customer(
        "mixed", [Order(ago(20), Decimal(1), "EUR"), Order(ago(30), Decimal(1), "USD")]
    )
    assert by_order([mixed, signed("contract", 100)], TODAY, NONE, "") == []
