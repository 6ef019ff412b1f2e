import numpy as np
import pytest

from storage.forecasts._dormant import FEWEST, coming
from storage.forecasts._fitted import quantiles
from storage.forecasts._lead_time_fit import fit
from tests.storage.forecasts.generated import TODAY, lognormal, placed

FIRST = np.array([0])


def with_forgotten(share, *, seed=1, n=6_000, since=700):
    """Orders of 30 days at the median, of which a share never comes and nobody closes."""
    rng = np.random.default_rng(seed)
    start = TODAY - rng.integers(1, since, n)
    is_forgotten = rng.random(n) < share
    return placed(start, np.where(is_forgotten, 99_999, lognormal(rng, n, 30))), is_forgotten


def chances(orders):
    ended = orders.end > 0
    days = np.where(ended, orders.end - orders.start, TODAY - 1 - orders.start)
    none, even = np.zeros(len(days), bool), np.ones(len(days))
    return coming(days, TODAY - orders.start, ended, none, even)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.3])
def test_what_is_forgotten_makes_no_curve_longer(share):
    orders, _ = with_forgotten(share)
    found = quantiles(fit(orders, TODAY, ("supplier",)).fitted.knots, FIRST)[0]
    assert found == pytest.approx([30, 49.7, 64.7], rel=0.08)


def test_the_probabilities_add_up_to_those_that_come():
    orders, is_forgotten = with_forgotten(0.3)
    waits = orders.end == 0
    found = chances(orders)
    assert found[~waits].min() == 1
    assert found[waits].sum() == pytest.approx((waits & ~is_forgotten).sum(), rel=0.15)
    assert found[orders.start < TODAY - 400][waits[orders.start < TODAY - 400]].max() < 0.01


def test_what_is_only_slow_is_not_taken_for_forgotten():
    orders, _ = with_forgotten(0.0, since=40)
    assert chances(orders).min() == 1


def test_a_handful_of_old_ones_changes_nothing():
    start = np.concatenate([np.full(100, TODAY - 100), np.full(FEWEST - 1, TODAY - 900)])
    days = np.concatenate([np.full(100, 10), np.full(FEWEST - 1, 9_999)])
    assert chances(placed(start, days)).min() == 1
