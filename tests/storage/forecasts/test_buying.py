from dataclasses import replace

import msgspec
import numpy as np
import pytest

from storage.forecasts._buying import (
    bought_in,
    buyers_before,
    buying,
    buying_from,
    by_recency,
    window_before,
)
from storage.forecasts._mbg import Mbg
from storage.forecasts._scores import of_chances
from tests.storage.forecasts.buyers import FIRST, bought, placed

DAY, DAYS = FIRST + 546, 182


@pytest.fixture(scope="module")
def made():
    return bought(np.random.default_rng(3), 3_000)


@pytest.fixture(scope="module")
def fit(made):
    return buying(made, DAY, DAYS)


def test_chances_are_calibrated_and_rank_better_than_recency(made, fit):
    now = buyers_before(made, DAY)
    came = bought_in(made, now, DAY, DAY + DAYS) > 0
    scores = of_chances(fit.buys(now, DAYS), came)
    assert scores.ece < 0.03
    assert 0.85 < scores.slope < 1.15
    then = buyers_before(made, DAY - DAYS)
    alone = by_recency(then, bought_in(made, then, DAY - DAYS, DAY) > 0, DAYS, now, DAYS)
    assert scores.auc > of_chances(alone, came).auc


def test_who_bought_once_is_told_less_the_longer_that_is_ago(made, fit):
    now = buyers_before(made, DAY)
    once = now.seen.again == 0
    told = fit.buys(now, DAYS)
    assert told[once].mean() < told[~once].mean()
    assert told.max() < 1


def test_what_was_called_off_counts_until_then():
    made = placed([(0, 10, 5), (0, 20, 5), (1, 12, 7)], 2, gone=[0, 25, 14])
    assert buyers_before(made, 13).number.tolist() == [0, 1]
    assert buyers_before(made, 24).seen.again.tolist() == [1]
    now = buyers_before(made, 30)
    assert (now.number.tolist(), now.seen.again.tolist(), now.money.tolist()) == ([0], [0], [5])
    assert bought_in(made, buyers_before(made, 15), 15, 24).tolist() == [1]
    assert bought_in(made, buyers_before(made, 15), 15, 30).tolist() == [0]


def test_orders_of_one_day_are_one():
    made = placed([(0, 10, 5), (0, 10, 5), (0, 20, 1), (0, 20, 1)], 1)
    now = buyers_before(made, 15)
    assert (now.seen.again.tolist(), now.money.tolist()) == ([0], [10])
    assert bought_in(made, now, 15, 30).tolist() == [1]


def test_the_window_before_is_a_horizon_or_two_thirds_of_what_there_is(made):
    assert window_before(made, FIRST + 1_000, 200) == 200
    assert window_before(made, FIRST + 273, 273) == 182


def test_with_few_events_all_are_told_the_base_rate():
    made = placed([(n, FIRST + n, 1) for n in range(60)] + [(0, FIRST + 200, 1)], 60)
    fit = buying(made, FIRST + 240, 120)
    assert fit.score is None
    now = buyers_before(made, FIRST + 240)
    assert fit.buys(now, 120).tolist() == [1 / 60] * 60


def test_a_single_buyer_and_one_that_came_back_every_day():
    for rows in ([(0, FIRST, 1)], [(0, FIRST + day, 1) for day in range(90)]):
        made = placed(rows, 1)
        fit = buying(made, FIRST + 90, 60)
        told = fit.buys(buyers_before(made, FIRST + 90), 60)
        assert ((told >= 0) & (told <= 1)).all()


def test_it_is_the_same_as_json_and_back(made, fit):
    now = buyers_before(made, DAY)
    again = buying_from(msgspec.json.decode(msgspec.json.encode(fit.as_json())))
    assert (again.buys(now, DAYS) == fit.buys(now, DAYS)).all()


def test_what_is_told_of_a_buyer_is_the_chance_that_it_orders_nothing(made, fit):
    now = buyers_before(made, DAY)
    told = fit.quiet(now, DAYS)
    assert told.chance == pytest.approx(1 - fit.buys(now, DAYS))
    assert ((told.low < told.chance) & (told.chance < told.high)).all()
    assert told.names == ("days since an order", "order days", "days as a customer", "spent")
    long = np.argmax(now.seen.age - now.seen.last)
    assert told.parts[long, 0] > 0
    again = buying_from(msgspec.json.decode(msgspec.json.encode(fit.as_json()))).quiet(now, DAYS)
    assert again.low == pytest.approx(told.low, abs=1e-3)


@pytest.mark.parametrize("n", [400, 3_000])
def test_the_interval_holds_the_true_chance_of_most(n):
    true, held = Mbg(r=0.8, alpha=40.0, a=1.0, b=2.5), []
    for seed in range(4):
        made = bought(np.random.default_rng(100 + seed), n)
        now = buyers_before(made, DAY)
        told, quiet = buying(made, DAY, DAYS).quiet(now, DAYS), 1 - true.buys(now.seen, DAYS)
        held.append(((told.low <= quiet) & (quiet <= told.high)).mean())
    assert np.mean(held) > 0.9
    assert min(held) > 0.85


def test_money_that_nothing_was_learned_of_does_not_widen_the_interval(made):
    """Of orders in several currencies it is 0 as they are learned from, but not of one customer."""
    now = buyers_before(made, DAY)
    told = buying(replace(made, money=0 * made.money), DAY, DAYS)
    with_money, without = told.quiet(now, DAYS), told.quiet(now._replace(money=0 * now.money), DAYS)
    assert with_money.low == pytest.approx(without.low)
    assert with_money.high == pytest.approx(without.high)
