from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from storage.forecasts._buying import buyers_before, buying
from storage.forecasts._churn_facts import known_on
from storage.forecasts._churn_now import Kept, kept_from
from storage.forecasts._leaving import Leaving, leaving
from storage.known.contracts import Contract
from storage.known.customers import Customer, Order, Ticket
from tests.storage.forecasts.buyers import FIRST, bought

DAY = date.fromordinal(FIRST + 545)


def signed(number, *, tickets=0, ended=None):
    key = ("crm", str(number))
    start = DAY - timedelta(days=400)
    return Customer(
        f"Signed {number}", frozenset({key}),
        contracts=(Contract(start, churned_on=ended, mrr=Decimal(10)),),
        tickets=tuple(Ticket(DAY - timedelta(days=9)) for _ in range(tickets)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def contracts():
    """Who has a ticket leaves half the time, the others a tenth of it."""
    rng = np.random.default_rng(1)
    some = [signed(number, tickets=number % 2) for number in range(2_000)]
    left = rng.random(2_000) < np.where(np.arange(2_000) % 2, 0.5, 0.1)
    return leaving([known_on(one, DAY) for one in some], left)


@pytest.fixture(scope="module")
def made():
    return bought(np.random.default_rng(3), 2_000)


@pytest.fixture(scope="module")
def buyers(made):
    """Their orders as those of customers."""
    orders = [[] for _ in made.names]
    for number, day, money in zip(made.buyer.tolist(), made.day.tolist(), made.money, strict=True):
        if day <= DAY.toordinal():
            orders[number].append(Order(date.fromordinal(day), Decimal(money)))
    return [
        Customer(name, frozenset({("erp", name)}), orders=tuple(some))
        for name, some in zip(made.names, orders, strict=True) if some
    ]  # fmt: skip


def test_of_contracts_the_true_chances_are_told_with_what_raises_them(contracts):
    kept = Kept(contracts=(90, contracts))
    calm, troubled = signed(0), signed(1, tickets=1)
    found = kept.chances([calm, troubled, signed(2, ended=DAY)], DAY)
    assert set(found) == {calm.key, troubled.key}
    for one, true in ((calm, 0.1), (troubled, 0.5)):
        assert found[one.key].share == pytest.approx(true, abs=0.03)
        assert found[one.key].low < found[one.key].share < found[one.key].high
    main = found[troubled.key].factors[0]
    assert (main.name, main.value, main.part > 0) in {
        ("open tickets", 1, True), ("recent tickets", 1, True),
    }  # fmt: skip
    assert (found[calm.key].base.rate, found[calm.key].base.days) == (contracts.base, 90)


def test_of_buyers_it_is_what_the_fit_tells_of_their_orders(made, buyers):
    fit = buying(made, DAY.toordinal() + 1, 182)
    found = Kept(orders=(182, fit)).chances(buyers, DAY)
    now = buyers_before(made, DAY.toordinal() + 1)
    told = dict(zip([made.names[at] for at in now.number], 1 - fit.buys(now, 182), strict=True))
    assert {key[1]: one.share for key, one in found.items()} == pytest.approx(told)
    long = max(buyers, key=lambda one: (len(one.orders) > 3) * (DAY - one.orders[-1].on).days)
    main = found[long.key].factors[0]
    assert (main.name, main.part > 0) == ("days since an order", True)
    assert main.value == (DAY - long.orders[-1].on).days
    assert main.usual == np.median([
        (two.on - one.on).days for one, two in zip(long.orders, long.orders[1:], strict=False)
    ])  # fmt: skip


def test_who_ordered_but_once_is_no_less_a_customer_for_that_it_came_late(made, buyers):
    fit = buying(made, DAY.toordinal() + 1, 182)
    found = Kept(orders=(182, fit)).chances(buyers, DAY, most=None)
    once = [found[one.key] for one in buyers if len({order.on for order in one.orders}) == 1]
    for one in once[:50]:
        assert {factor.name: factor.part for factor in one.factors}["days as a customer"] == 0


def test_all_factors_are_told_where_asked_for_and_only_what_weighs_else(contracts):
    kept, one = Kept(contracts=(90, contracts)), signed(1, tickets=1)
    every = kept.chances([one], DAY, most=None)[one.key]
    assert len(every.factors) > 10
    assert every.main == kept.chances([one], DAY)[one.key].factors
    assert all(abs(factor.part) > 0.05 for factor in every.main)
    assert kept.chances([one], DAY, most=0)[one.key].factors == ()


def test_a_fit_of_too_few_tells_the_base_rate_alone():
    kept = Kept(contracts=(90, Leaving(40, 7)))
    (one,) = kept.chances([signed(0)], DAY).values()
    assert (one.share, one.base.rate, one.base.has_chances) == (None, 7 / 40, False)
    assert one.base.interval[0] < 7 / 40 < one.base.interval[1]


def test_nobody_is_told_of_where_nobody_is_or_no_fit_is_of_them(contracts, buyers):
    assert Kept(contracts=(90, contracts)).chances([], DAY) == {}
    assert Kept(contracts=(90, contracts)).chances(buyers[:2], DAY) == {}
    assert Kept().chances(buyers[:2], DAY) == {}
    assert Kept().bases == ()


def test_only_what_was_tried_is_kept(contracts):
    params = {"contracts": {"days": 90, **contracts.as_json()}}
    assert kept_from(params, ()).bases == ()
    assert kept_from(params, ("contracts", "orders")).bases == Kept((90, contracts)).bases
