from datetime import timedelta

import numpy as np
import pytest

from storage.forecasts._past_spend import AS_IT_WAS, Facts, Scale, of_contracts, of_orders, scale
from storage.forecasts._scores import pinball
from tests.storage.forecasts.spenders import END, START, contract, paid, rows, signed


def test_the_scale_is_the_ratio_of_the_sums_and_loses_the_least():
    rng = np.random.default_rng(1)
    past = rng.gamma(1, 100, 500) * (rng.random(500) < 0.7)
    came = past * rng.gamma(1, 0.6, 500)
    found = scale(past, came)
    assert found.mean == pytest.approx(came.sum() / past.sum())
    best = pinball(found.told(past).quantiles, came).sum()
    for at in range(3):
        for factor in (0.9, 1.1):
            other = list(found.quantiles)
            other[at] *= factor
            assert pinball(Scale(1.0, tuple(other)).told(past).quantiles, came).sum() >= best


def test_where_nobody_had_spent_it_stays_as_it_was():
    assert scale(np.zeros(3), np.ones(3)) == AS_IT_WAS
    assert scale(np.empty(0), np.empty(0)) == AS_IT_WAS


def test_what_is_not_known_is_no_reason():
    found = scale(np.array([10.0, 10.0]), np.array([5.0, np.nan]))
    assert found.mean == 0.5


def test_a_shorter_history_tells_in_proportion():
    made = rows((0, 0, 10.0), (0, 40, 10.0), (0, 80, 10.0))
    told = of_orders(made, np.array([0]), 0, 90, 180)
    # 30 in 90 days; of 10 in the first 30 days, doubled to 60, came 20
    assert told.value[0] == pytest.approx(30 * 2 * 20 / 20)


def test_buyers_who_come_back_less_and_less_are_told_less():
    made = paid(np.random.default_rng(2), 500, a=1.0, b=1.5)
    day = START.toordinal() + 800
    number = np.arange(500)
    told = of_orders(made, number, 0, day, 365)
    plain = sum(made.money[(made.day >= day - 365) & (made.day < day)])
    assert told.value.sum() < plain
    assert told.bounds == ()


def facts(view):
    return Facts(rows(), view, True, START, "EUR")


def test_a_contract_that_began_lately_counts_in_proportion():
    day = END
    old, new = contract("old", START), contract("new", day - timedelta(days=70))
    seen = {one.key: one for one in (old, new)}
    told = of_contracts(facts(lambda on: seen), [old.key, new.key], np.array([48.0, 2.0]), day, 365)
    assert told.value == pytest.approx([1200, 1200])


def test_what_was_lost_in_the_window_before_is_taken_off():
    view = signed(np.random.default_rng(3), 300, a=2.0, b=20.0)
    seen = view(END)
    keys = list(seen)[:200]
    told = of_contracts(facts(view), keys, np.full(200, 30.0), END, 365)
    plain = of_contracts(Facts(rows(), view, True, END, "EUR"), keys, np.full(200, 30.0), END, 365)
    assert 0.5 < told.value.sum() / plain.value.sum() < 0.98
