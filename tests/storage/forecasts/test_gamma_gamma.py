import msgspec
import numpy as np
import pytest

from storage.forecasts._gamma_gamma import (
    Spent,
    gamma_gamma,
    gamma_gamma_from,
    goes_together,
)
from tests.storage.forecasts.spenders import spent


def of(*orders):
    count, mean = np.array(orders, float).reshape(-1, 2).T
    return Spent(count, mean)


def test_the_true_figures_are_found():
    fit = gamma_gamma(spent(np.random.default_rng(1), 20_000))
    assert fit.p == pytest.approx(6, rel=0.1)
    assert fit.q == pytest.approx(4, rel=0.05)
    assert fit.gamma == pytest.approx(120, rel=0.1)
    assert not fit.together.is_there
    assert fit.usual is None


def test_the_unit_of_money_does_not_matter():
    made = spent(np.random.default_rng(2), 2_000)
    one, cents = gamma_gamma(made), gamma_gamma(Spent(made.orders, made.mean * 100))
    assert (cents.p, cents.q) == pytest.approx((one.p, one.q), rel=1e-3)
    assert cents.gamma == pytest.approx(one.gamma * 100, rel=1e-3)


def test_the_more_orders_the_closer_to_the_own_mean():
    fit = gamma_gamma(spent(np.random.default_rng(3), 5_000))
    told = fit.order(of((0, 0), (1, 500), (5, 500), (200, 500)))
    assert told.tolist() == sorted(told)
    assert told[0] == pytest.approx(6 * 120 / 3, rel=0.05)  # p gamma / (q - 1)
    assert told[-1] == pytest.approx(500, rel=0.02)


def test_what_an_order_is_worth_is_right_in_the_mean():
    rng = np.random.default_rng(4)
    made = spent(rng, 20_000)
    fit = gamma_gamma(made)
    shape, scale = fit.behind(made)
    drawn = rng.gamma(fit.p, 1 / rng.gamma(shape, 1 / scale))
    assert fit.order(made).mean() == pytest.approx(drawn.mean(), rel=0.02)


def test_where_frequency_goes_with_value_it_is_said_and_each_leans_on_those_like_it():
    rng = np.random.default_rng(5)
    orders = rng.integers(1, 20, 3_000).astype(float)
    made = Spent(orders, 20 * orders * rng.gamma(20, 1 / 20, 3_000))
    fit = gamma_gamma(made)
    assert fit.together.is_there
    assert fit.together.rank > 0.8
    once, often = fit.order(of((1, 60), (15, 60)))
    assert list(fit.usual) == sorted(fit.usual)
    assert fit.usual[0] < 60 < 200 < fit.usual[-1]
    assert once < often
    assert fit.order(made).sum() == pytest.approx(made.mean.sum(), rel=0.1)


def test_few_customers_are_not_said_to_go_together():
    assert not goes_together(of((2, 1), (3, 2), (4, 3))).is_there
    assert goes_together(of((1, 5), (1, 9))).rank is None
    assert goes_together(of((2, 5), (2, 9), (2, 7))).rank is None


@pytest.mark.parametrize("made", [of((1, 50)), of((9, 50)), of((1, 5), (1, 5), (1, 5)),
                                  of((0, 0), (2, 1e7))])  # fmt: skip
def test_few_customers_give_an_answer(made):
    fit = gamma_gamma(made)
    told = fit.order(made)
    assert np.isfinite(told).all()
    known = made.orders > 0
    assert (told[known] > made.mean[known] / 4).all()
    assert (told[known] < made.mean[known] * 4).all()


def test_nobody_who_spent_is_no_fit():
    assert gamma_gamma(of((0, 0))) is None
    assert gamma_gamma(of()) is None


def test_it_is_kept_as_json():
    rng = np.random.default_rng(5)
    orders = rng.integers(1, 20, 500).astype(float)
    for made in (spent(rng, 50), Spent(orders, 20 * orders)):
        fit = gamma_gamma(made)
        again = gamma_gamma_from(msgspec.json.decode(msgspec.json.encode(fit.as_json())))
        assert again == fit
