import numpy as np
import pytest

from storage.forecasts._buying import bought_in, buyers_before
from storage.forecasts._mbg import Bought, Mbg, mbg
from tests.storage.forecasts.buyers import FIRST, bought

DAY = FIRST + 364


@pytest.fixture(scope="module")
def made():
    return bought(np.random.default_rng(1), 4_000)


@pytest.fixture(scope="module")
def fit(made):
    return mbg(buyers_before(made, DAY).seen)


def test_the_true_figures_are_found(fit):
    assert fit.r == pytest.approx(0.8, rel=0.15)
    assert fit.alpha == pytest.approx(40, rel=0.15)
    assert fit.a / (fit.a + fit.b) == pytest.approx(1 / 3.5, abs=0.04)


def test_who_buys_and_how_often_is_as_told(made, fit):
    now = buyers_before(made, DAY)
    count = bought_in(made, now, DAY, DAY + 182)
    assert fit.buys(now.seen, 182).mean() == pytest.approx((count > 0).mean(), abs=0.02)
    assert fit.count(now.seen, 182).mean() == pytest.approx(count.mean(), rel=0.08)


def test_one_who_bought_once_long_ago_is_not_taken_to_stay():
    fit = Mbg(0.8, 40.0, 1.0, 2.5)
    once = Bought(np.zeros(2), np.zeros(2), np.array([10.0, 700.0]))
    new, old = fit.stays(once)
    assert 1 > new > 0.6
    assert old < new - 0.15
    new, old = fit.buys(once, 90)
    assert old < new / 3


def test_the_chance_grows_with_the_horizon_up_to_that_of_having_stayed():
    fit = Mbg(0.8, 40.0, 1.0, 2.5)
    seen = Bought(np.array([3.0]), np.array([80.0]), np.array([90.0]))
    told = [fit.buys(seen, days)[0] for days in (0, 30, 90, 10**9)]
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] == pytest.approx(fit.stays(seen)[0], abs=1e-3)


def test_at_least_as_many_orders_are_told_as_buyers_who_order():
    fit = Mbg(0.5, 30.0, 0.3, 0.9)
    seen = Bought(np.arange(5.0), np.arange(5.0) * 20, np.full(5, 100.0))
    assert (fit.count(seen, 60) >= fit.buys(seen, 60) - 1e-3).all()


@pytest.mark.parametrize("again", [0.0, 12.0])
def test_a_single_buyer_gives_an_answer(again):
    seen = Bought(np.array([again]), np.array([again * 10]), np.array([130.0]))
    fit = mbg(seen)
    assert np.isfinite([fit.r, fit.alpha, fit.a, fit.b]).all()
    assert 0 < fit.buys(seen, 90)[0] < 1
    assert np.isfinite(fit.count(seen, 90)).all()


def test_where_nobody_bought_twice_few_are_told_to():
    seen = Bought(np.zeros(300), np.zeros(300), np.linspace(30, 300, 300))
    assert mbg(seen).buys(seen, 90).mean() < 0.02


def test_the_chances_of_so_many_purchases_are_those_of_drawn_buyers():
    fit, rng, n = Mbg(0.8, 40.0, 1.0, 2.5), np.random.default_rng(3), 40_000
    seen = Bought(np.array([3.0]), np.array([80.0]), np.array([90.0]))
    pace, stop = rng.gamma(fit.r + 3, 1 / (fit.alpha + 90), n), rng.beta(fit.a, fit.b + 4, n)
    count = np.minimum(rng.poisson(pace * 365), rng.geometric(stop))
    count *= rng.random(n) < fit.stays(seen)[0]
    [told] = fit.at_least(seen, 365, 60)
    drawn = [(count >= number).mean() for number in range(1, 61)]
    assert told == pytest.approx(drawn, abs=0.01)
    assert told.sum() == pytest.approx(fit.count(seen, 365)[0], rel=0.01)
    assert told[0] == pytest.approx(fit.buys(seen, 365)[0])


def test_buyers_who_did_the_same_are_reckoned_once_and_give_the_same_fit(made):
    seen = buyers_before(made, DAY).seen
    few = Bought(*(one[:300] for one in seen))
    one, twice = mbg(few), mbg(Bought(*(np.concatenate([one, one]) for one in few)))
    assert (twice.r, twice.alpha) == pytest.approx((one.r, one.alpha), rel=1e-4)
