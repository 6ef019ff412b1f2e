"""Curves fitted to made-up orders, whose truth is known."""

from time import process_time

import numpy as np
import pytest

from storage.forecasts._fitted import NEVER, quantiles
from storage.forecasts._lead_time_fit import chosen, fit
from tests.storage.forecasts.generated import SIGMA, TODAY, lognormal, placed, steady

ONE = np.array([0])
CHAIN = ("category", "supplier", "item")


def told(orders, chain=CHAIN, day=TODAY):
    """P50, P80 and P90 of the company."""
    return quantiles(fit(orders, day, chain).fitted.knots, ONE)[0]


def test_the_median_of_the_last_ninety_days_is_true_where_the_closed_ones_alone_are_short():
    rng = np.random.default_rng(1)
    orders = steady(rng, 40_000, since=90)
    ended = orders.end > 0
    closed = np.median((orders.end - orders.start)[ended])
    assert closed == pytest.approx(30 * 0.83, rel=0.03)
    assert told(orders)[0] == pytest.approx(30, rel=0.05)


def test_eight_and_nine_in_ten_are_true_too():
    orders = steady(np.random.default_rng(2), 40_000, since=200)
    wanted = [30 * np.exp(z * SIGMA) for z in (0.0, 0.8416, 1.2816)]
    assert told(orders) == pytest.approx(wanted, rel=0.06)


def test_of_two_thousand_orders_the_median_is_within_five_in_a_hundred_on_the_whole():
    found = [told(steady(np.random.default_rng(seed), 2_000))[0] for seed in range(30)]
    assert np.mean(found) == pytest.approx(30, rel=0.02)
    assert np.mean(np.abs(np.array(found) - 30) <= 1.5) >= 0.9


def test_a_slowdown_is_followed_within_the_half_life_s_reach():
    rng = np.random.default_rng(3)
    start = TODAY - np.arange(720).repeat(4)
    days = np.where(TODAY - start > 120, lognormal(rng, 2880, 30), lognormal(rng, 2880, 45))
    orders = placed(start, days)
    assert told(orders)[0] > np.median(days) + 1
    assert 36 <= told(orders)[0] <= 47


def test_the_curves_of_a_young_company_are_not_judged_by_those_of_its_first_weeks():
    # half of what it orders is closed by nobody; by now that shows, of the first weeks it did not
    found = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        start = TODAY - np.concatenate([rng.integers(90, 200, 80), rng.integers(1, 90, 600)])
        is_forgotten = rng.random(len(start)) < 0.5
        days = np.where(is_forgotten, 99_999, lognormal(rng, len(start), 15))
        found.append(told(placed(start, days)))
    assert np.mean(found, axis=0)[:2] == pytest.approx([15, 24.9], rel=0.15)


def test_where_all_is_open_nothing_is_estimable():
    orders = placed(TODAY - np.arange(1, 40), np.full(39, 400))
    assert told(orders).tolist() == [NEVER] * 3


def test_where_all_was_called_off_nothing_is_estimable_and_nothing_ever_arrives():
    start = TODAY - np.arange(10, 50)
    made = fit(placed(start, np.full(40, 9), left=start + 5), TODAY, CHAIN).fitted
    assert quantiles(made.knots, ONE)[0].tolist() == [NEVER] * 3
    assert made.arrives(ONE, ONE).tolist() == [0.0]


def test_one_supplier_and_one_order_are_enough_for_a_curve():
    orders = placed([TODAY - 20], [12], supplier=[0], item=[0])
    made = fit(orders, TODAY, CHAIN).fitted
    assert made.dimensions == ()
    assert quantiles(made.knots, ONE)[0, 0] == 12


def test_what_is_called_off_leaves_the_others_lead_times_alone():
    rng = np.random.default_rng(4)
    n = 20_000
    start, days = TODAY - rng.integers(150, 400, n), lognormal(rng, n, 30)
    quits = np.where(rng.random(n) < 0.3, start + rng.integers(1, 60, n), 0)
    left = np.where(quits < start + days, quits, 0)
    made = fit(placed(start, days, left=left), TODAY, CHAIN).fitted
    assert quantiles(made.knots, ONE)[0, 0] == pytest.approx(30, rel=0.04)
    share = np.mean(left == 0)
    assert made.arrives(ONE, np.array([-1]))[0] == pytest.approx(share, abs=0.02)
    late = (days > 40) & ((left == 0) | (left > start + 40))
    later = np.mean(left[late] == 0)
    assert made.arrives(ONE, np.array([40]))[0] == pytest.approx(later, abs=0.03)


def test_what_is_open_is_told_by_its_age():
    orders = steady(np.random.default_rng(5), 40_000, since=300)
    knots = fit(orders, TODAY, CHAIN).fitted.knots
    days = lognormal(np.random.default_rng(6), 200_000, 30)
    for age in (10, 40, 60):
        wanted = np.quantile(days[days > age], (0.5, 0.8))
        found = quantiles(knots, ONE, np.array([age]))[0, :2]
        assert found == pytest.approx(wanted, rel=0.08)


def test_the_dimension_that_tells_most_is_chosen():
    rng = np.random.default_rng(7)
    n = 4_000
    lane, supplier = rng.integers(0, 3, n), rng.integers(0, 200, n)
    days = lognormal(rng, n, 10 * 2.0**lane, 0.3)
    orders = placed(TODAY - rng.integers(1, 500, n), days, lane=lane, supplier=supplier)
    assert chosen(orders, TODAY) == ("lane", "supplier", "item")


def test_without_a_reason_it_goes_by_category():
    rng = np.random.default_rng(8)
    n = 2_000
    orders = steady(
        rng, n, since=400, category=rng.integers(0, 3, n), lane=rng.integers(0, 3, n),
        supplier=rng.integers(0, 20, n),
    )  # fmt: skip
    assert chosen(orders, TODAY) == CHAIN
    assert chosen(steady(rng, 50, since=20), TODAY)[-1] == "item"


@pytest.mark.slow
def test_a_million_orders_are_fitted_in_two_seconds_of_processor_and_told_in_fifty_thousandths():
    rng = np.random.default_rng(9)
    n = 1_000_000
    item = rng.integers(0, 2_500, n)
    start = TODAY - rng.integers(1, 1_100, n)
    days = lognormal(rng, n, 30)
    orders = placed(start, days, item=item, supplier=item // 10, category=item // 10 % 12)
    begun = process_time()
    made = fit(orders, TODAY, CHAIN)
    took = process_time() - begun
    waits = np.flatnonzero(orders.end == 0)[:10_000]
    begun = process_time()
    found = quantiles(made.fitted.knots, made.rows[waits], TODAY - 1 - orders.start[waits])
    told_in = process_time() - begun
    assert len(made.fitted.paths) == 1 + 12 + 250 + 2_500
    assert found.shape == (10_000, 3)
    assert took <= 2
    assert told_in <= 0.05
    again = fit(orders, TODAY, CHAIN)
    assert again.fitted.as_json() == made.fitted.as_json()
