import numpy as np
import pytest

from storage.forecasts._pace import ODD, OPEN, evidence, slowest, usual
from storage.forecasts._placed import Placed
from tests.storage.forecasts.generated import lognormal

DAY = 740_000


def supplier(start, days, day=DAY):
    start = np.asarray(start, np.int64)
    end = start + np.asarray(days)
    n = len(start)
    return Placed(np.zeros(n, np.int64), np.arange(n), start, np.where(end <= day, end, 0),
                  np.zeros(n, np.int64), np.ones(n), 1)  # fmt: skip


def test_the_days_are_those_of_the_true_curve_though_a_third_is_open():
    rng = np.random.default_rng(1)
    start = DAY - rng.integers(1, 90, 5_000)
    found = usual(supplier(start, lognormal(rng, 5_000, 30, 0.4)), DAY)[0]
    for share, true in ((0.75, 22.9), (0.5, 30.0), (0.25, 39.3)):
        assert np.interp(-share, -OPEN, found) == pytest.approx(true, rel=0.05)


def test_the_days_ascend_where_all_take_equally_long_and_nothing_is_told_of_none():
    same = usual(supplier(DAY - np.arange(100, 200), np.full(100, 10)), DAY)[0]
    assert (np.diff(same) > 0).all()
    assert 8 <= same.min() <= same.max() <= 12
    assert np.isnan(usual(supplier([DAY - 5], [30]), DAY)).all()


def test_what_purchases_say_is_a_likelihood_ratio():
    """Where nothing changed its mean is about one at every age; blurring costs the rest."""
    rng = np.random.default_rng(2)
    days = lognormal(rng, 20_000, 30, 0.4)
    says = evidence(usual(supplier(DAY - 400 + np.zeros(20_000, int), days), DAY))
    who = np.zeros(len(days), np.int64)
    for age in (20, 40, 60, 200):
        said = says.of(who, np.minimum(days, age), days <= age)
        assert np.exp(said).mean() == pytest.approx(1, abs=0.1)
    slow = lognormal(rng, 20_000, 45, 0.4)
    assert says.of(who, slow, slow < 1_000).mean() > 0.3
    assert says.of(who, days, days < 1_000).mean() < -0.3


def test_one_purchase_that_was_forgotten_says_little_and_less_the_older_it_is():
    rng = np.random.default_rng(3)
    says = evidence(usual(supplier(DAY - 400 + np.zeros(500, int), lognormal(rng, 500, 30)), DAY))
    open_ = says.open[0]
    assert open_.max() < -np.log(ODD)
    assert open_[-1] < open_.max() / 2
    assert (np.diff(says.hazard[0]) >= 0).all()


def test_the_day_since_which_it_takes_longer_is_found():
    rng = np.random.default_rng(4)
    start = DAY - np.arange(500)[::-1]
    days = lognormal(rng, 500, np.where(start >= DAY - 80, 60, 30), 0.3)
    known = supplier(start, days)
    says = evidence(usual(supplier(DAY - 900 + np.zeros(500, int), lognormal(rng, 500, 30, 0.3)),
                          DAY))  # fmt: skip
    nats, since = slowest(known, says, DAY)
    assert nats[0] > 15
    assert abs(int(since[0]) - (DAY - 80)) <= 10
    assert slowest(known.by(DAY - 81), says, DAY - 81)[0][0] < 6
