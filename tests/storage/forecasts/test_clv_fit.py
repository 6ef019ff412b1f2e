import numpy as np
import pytest

from storage.forecasts._clv_fit import (
    SHARES,
    _gamma,
    by_contracts,
    by_orders,
    lasting,
    spending,
    together,
)
from storage.forecasts._gamma_gamma import GammaGamma, Spent, Together
from storage.forecasts._mbg import Bought, Mbg
from storage.forecasts._sbg import Sbg, cohort, drawn

PACE = Mbg(0.8, 40.0, 1.0, 12.0)
SPEND = GammaGamma(6.0, 4.0, 120.0, Together(0, None))
YEAR = np.ones(12)


def buyers(rng, n=3_000):
    again = rng.integers(0, 30, n).astype(float)
    age = rng.uniform(30, 700, n)
    last = np.where(again > 0, age * rng.uniform(0.6, 1, n), 0.0)
    spent = Spent(again + 1, rng.gamma(4, 60, n))
    return Bought(again, last, age), spent


def brings(rng, seen, spent, days):
    """What each brings in so many days, drawn from the truth."""
    n = len(seen.age)
    stays = rng.random(n) < PACE.stays(seen)
    pace = rng.gamma(PACE.r + seen.again, 1 / (PACE.alpha + seen.age))
    stop = rng.beta(PACE.a, PACE.b + seen.again + 1)
    count = np.minimum(rng.poisson(pace * days), rng.geometric(stop)) * stays
    shape, scale = SPEND.behind(spent)
    orders = rng.gamma(np.maximum(SPEND.p * count, 1e-9))
    return np.where(count > 0, orders / rng.gamma(shape, 1 / scale), 0.0)


@pytest.fixture(scope="module")
def told():
    rng = np.random.default_rng(1)
    seen, spent = buyers(rng)
    return by_orders(PACE, SPEND, seen, spent, 365), brings(rng, seen, spent, 365), (seen, spent)


def test_what_buyers_bring_is_as_told_in_sum(told):
    ahead, came, _ = told
    assert ahead.value.sum() == pytest.approx(came.sum(), rel=0.04)
    top = np.argsort(-ahead.value)[:300]
    assert ahead.value[top].sum() == pytest.approx(came[top].sum(), rel=0.08)


def test_intervals_of_buyers_hold_as_often_as_told_or_a_little_more(told):
    ahead, came, _ = told
    for share, (low, high) in zip(SHARES, ahead.bounds, strict=True):
        assert share - 0.015 < ((low <= came) & (came <= high)).mean() < share + 0.07
        assert (low <= ahead.value).all()
        assert (ahead.value <= high).all()
        # who surely buys something has no room at 0, and the interval no excuse
        busy = low > 0
        assert busy.sum() > 100
        assert ((low <= came) & (came <= high))[busy].mean() == pytest.approx(share, abs=0.04)


def test_money_stays_below_the_quantiles_as_often_as_told(told):
    ahead, came, _ = told
    assert (came[:, None] <= ahead.quantiles).mean(axis=0) == pytest.approx(
        [0.6, 0.8, 0.9], abs=0.08
    )
    assert (np.diff(ahead.quantiles, axis=1) >= 0).all()


def test_it_is_the_same_whoever_else_is_told_of_and_grows_with_the_horizon(told):
    ahead, _, (seen, spent) = told
    few = slice(7, 9)
    again = by_orders(PACE, SPEND, Bought(*(one[few] for one in seen)),
                      Spent(*(one[few] for one in spent)), 365)  # fmt: skip
    for (low, high), (all_low, all_high) in zip(again.bounds, ahead.bounds, strict=True):
        assert low == pytest.approx(all_low[few])
        assert high == pytest.approx(all_high[few])
    assert (by_orders(PACE, SPEND, seen, spent, 90).value < ahead.value).all()


@pytest.mark.parametrize("shape", [0.7, 1.0, 6.0, 60.0])
def test_the_spread_of_money_is_that_of_a_gamma(shape):
    rng = np.random.default_rng(3)
    normal = rng.standard_normal(100_000)
    told, true = _gamma(np.full(100_000, shape), normal), rng.gamma(shape, size=100_000)
    for share in (0.1, 0.5, 0.8, 0.95):
        assert np.quantile(told, share) == pytest.approx(np.quantile(true, share), rel=0.03,
                                                         abs=0.02)  # fmt: skip


def test_one_customer_and_none():
    once = Bought(np.zeros(1), np.zeros(1), np.array([900.0]))
    ahead = by_orders(PACE, SPEND, once, Spent(np.ones(1), np.array([100.0])), 365)
    [low], [high] = ahead.bounds[0]
    assert low == 0 < ahead.value[0] <= high
    nobody = Bought(*(np.empty(0) for _ in range(3)))
    assert len(by_orders(PACE, SPEND, nobody, Spent(np.empty(0), np.empty(0)), 365).value) == 0


def test_contracts_bring_what_they_bring_a_month_while_they_last():
    ahead = by_contracts(Sbg(1.0, 1e9), [], np.array([0.0, 7.0]), np.array([100.0, 50.0]), YEAR)
    assert ahead.value == pytest.approx([1200, 600], rel=1e-4)
    assert [high[0] for _, high in ahead.bounds] == pytest.approx([1200, 1200])
    worth = 0.99 ** np.arange(1, 13)
    less = by_contracts(Sbg(1.0, 1e9), [], np.zeros(1), np.array([100.0]), worth)
    assert less.value[0] == pytest.approx(100 * worth.sum(), rel=1e-4)


def test_a_long_tenure_is_worth_more():
    ahead = by_contracts(Sbg(0.7, 8.0), [], np.array([0.0, 12, 60]), np.full(3, 100.0), YEAR)
    assert ahead.value.tolist() == sorted(ahead.value)


@pytest.mark.parametrize("truth", [Sbg(0.7, 20.0), Sbg(2.0, 8.0), Sbg(0.3, 1.0)])
def test_intervals_of_contracts_hold_as_often_as_told_or_more(truth):
    rng, n = np.random.default_rng(2), 3_000
    tenure = rng.integers(0, 24, n).astype(float)
    ends = rng.beta(truth.a, truth.b + tenure)
    came = np.minimum(rng.geometric(np.maximum(ends, 1e-9)) - 1, 12) * 100.0
    months = rng.geometric(np.maximum(rng.beta(truth.a, truth.b, 400), 1e-9)).astype(float)
    seen = cohort(np.minimum(months, 40), (months <= 40).astype(float))
    ahead = by_contracts(truth, drawn(seen), tenure, np.full(n, 100.0), YEAR)
    assert ahead.value.sum() == pytest.approx(came.sum(), rel=0.05)
    for share, (low, high) in zip(SHARES, ahead.bounds, strict=True):
        assert ((low <= came + 1e-6) & (came <= high + 1e-6)).mean() > share - 0.02
    below = (came[:, None] <= ahead.quantiles + 1e-6).mean(axis=0)
    assert (below > [0.45, 0.77, 0.88]).all()


def test_parts_are_put_together_in_order():
    one = by_contracts(Sbg(1.0, 9.0), [], np.zeros(2), np.array([1.0, 2.0]), YEAR)
    both = together([one, one.only(np.array([False, True]))])
    assert both.value.tolist() == [*one.value, one.value[1]]
    assert both.quantiles.shape == (3, 3)
    assert both.bounds[1][0].tolist() == [*one.bounds[1][0], one.bounds[1][0][1]]


def test_too_few_who_paid_and_too_few_contracts_give_no_fit():
    enough = Spent(np.ones(20), np.full(20, 9.0))
    assert spending(enough) is not None
    assert spending(Spent(*(one[1:] for one in enough))) is None
    assert spending(Spent(np.zeros(30), np.zeros(30))) is None
    assert lasting(cohort(np.arange(20.0), np.zeros(20))) is not None
    assert lasting(cohort(np.arange(19.0), np.zeros(19))) is None
