from math import comb, exp, factorial

import numpy as np
import pytest

from storage.forecasts._run_out import (
    AHEAD,
    HISTORY,
    WEEK,
    Used,
    Ways,
    chances,
    hypercube,
    levels,
    used_of,
    with_larger,
)

DAYS = AHEAD * WEEK


def on_day(day, n=1):
    """More comes on that day for sure."""
    return np.tile((np.arange(DAYS) < day).astype(float), (n, 1))


def told(demand, available, waits, ways=None):
    days = np.full(len(demand), demand.shape[1])
    there = np.full(len(demand), float(available))
    return chances(there, used_of(demand, days), ways or Ways(HISTORY), waits)


def test_poisson_demand_gives_the_chance_of_the_closed_form():
    rng, n, lead, there = np.random.default_rng(1), 300, 21, 70
    demand = rng.poisson(3, (n, HISTORY * WEEK)).astype(np.float32)
    truth = 1 - sum(exp(-63) * 63**k / factorial(k) for k in range(there))
    found = told(demand, there, on_day(lead, n)).share
    # each store is one sample of half a year: they are right on the mean
    assert found.mean() == pytest.approx(truth, abs=0.025)


def test_demand_on_few_days_gives_the_chance_of_the_closed_form():
    rng, n, lead = np.random.default_rng(2), 400, 28
    demand = (10 * (rng.random((n, HISTORY * WEEK)) < 0.1)).astype(np.float32)
    truth = 1 - sum(comb(lead, k) * 0.1**k * 0.9 ** (lead - k) for k in range(5))
    assert told(demand, 50, on_day(lead, n)).share.mean() == pytest.approx(truth, abs=0.03)


def test_a_lead_time_that_varies_counts_each_of_its_days():
    demand = np.ones((1, 91), np.float32)
    waits = (on_day(10) + 3 * on_day(30)) / 4
    assert told(demand, 5, waits).share[0] == pytest.approx(1)
    assert told(demand, 20, waits).share[0] == pytest.approx(0.75)
    assert told(demand, 30, waits).share[0] == pytest.approx(0.75)
    assert told(demand, 31, waits).share[0] == 0


def test_weeks_keep_their_weekdays():
    # all is used on the sixth day from now on, each week
    demand = np.tile([0, 0, 0, 0, 0, 7, 0], (1, HISTORY)).astype(np.float32)
    assert told(demand, 7, on_day(5)).share[0] == 0
    assert told(demand, 7, on_day(6)).share[0] == 1


def test_nothing_there_is_out_and_no_demand_never_is():
    demand = np.array([np.ones(91), np.zeros(91)], np.float32)
    assert told(demand[:1], 0, on_day(9)).share[0] == 1
    assert told(demand[1:], 1, on_day(300)).share[0] == 0


def test_what_came_back_is_there_again():
    demand = np.tile([4, -4, 0, 0, 0, 0, 1], (1, HISTORY)).astype(np.float32)
    assert told(demand, 4, on_day(1)).share[0] == 1
    assert told(demand, 5, on_day(7)).share[0] == 0


def test_few_weeks_do_not_make_it_sure():
    rng = np.random.default_rng(4)
    demand = rng.poisson(3, (1, HISTORY * WEEK)).astype(np.float32)
    weeks = demand.reshape(HISTORY, WEEK)[:3]
    thrice = np.tile(weeks, (8, 1)).reshape(1, -1)
    few, many = (told(one, 110, on_day(35)).share[0] for one in (weeks.reshape(1, -1), thrice))
    assert abs(few - 0.5) < abs(many - 0.5)
    assert np.isnan(told(demand[:, -13:], 110, on_day(28)).share[0])


def test_the_last_weeks_count_more_where_they_do():
    grown = np.concatenate([np.ones((1, 84)), 3 * np.ones((1, 91))], axis=1).astype(np.float32)
    alike, late = (told(grown, 60, on_day(28), Ways(HISTORY, half)).share[0] for half in (None, 2))
    assert alike < late
    assert told(grown, 60, on_day(28), Ways(13)).share[0] == 1


def test_growth_and_an_unknown_level_widen_it():
    demand = np.ones((1, HISTORY * WEEK), np.float32)
    assert told(demand, 30, on_day(28)).share[0] == 0
    assert told(demand, 30, on_day(28), Ways(HISTORY, growth=0.05)).share[0] == 1
    assert 0.2 < told(demand, 30, on_day(28), Ways(HISTORY, spread=0.3)).share[0] < 0.5
    assert levels(0.3).mean() == pytest.approx(1, abs=0.01)


def test_days_without_stock_are_filled_where_what_was_wanted_is_lost():
    demand = np.full((1, HISTORY * WEEK), 2, np.float32)
    is_out = np.zeros(demand.shape, bool)
    demand[0, -28:], is_out[0, -28:] = 0, True
    used = used_of(demand, np.array([HISTORY * WEEK]), is_out)
    assert used.daily[0, :4].sum() == 0
    assert (used.wanted == 2).all()
    never = Used(used.daily, np.ones_like(used.missed), used.weeks)
    assert (never.wanted == never.daily).all()


def test_the_day_on_which_it_ran_out_had_more_as_other_days_had():
    demand = np.zeros((1, 28), np.float32)
    is_out = np.zeros(demand.shape, bool)
    demand[0, [2, 9, 16]], demand[0, 25], is_out[0, 25] = (4, 8, 12), 5, True
    used = used_of(demand, np.array([28]), is_out)
    assert used.wanted[0, 0, 4] == 10  # the mean of 8 and 12


def test_a_young_item_is_drawn_from_its_own_weeks():
    demand = np.ones((1, 91), np.float32)
    demand[0, :63] = 9
    assert used_of(demand, np.array([30])).weeks[0] == 4
    found = chances(np.array([30.0]), used_of(demand, np.array([30])), Ways(), on_day(20))
    assert found.share[0] == 0


def test_two_runs_are_the_same_and_items_do_not_hang_on_each_other():
    rng = np.random.default_rng(5)
    demand = rng.poisson(1, (100, HISTORY * WEEK)).astype(np.float32)
    every = told(demand, 30, on_day(30, 100)).share
    assert (told(demand, 30, on_day(30, 100)).share == every).all()
    assert (told(demand[40:50], 30, on_day(30, 10)).share == every[40:50]).all()


def test_a_week_that_is_larger_than_any_may_come():
    weeks = np.array([[1, 0, 0, 0, 0, 0, 1], [0, 0, 0, 4, 0, 0, 2]], float)
    assert with_larger(weeks)[2].tolist() == pytest.approx([0, 0, 0, 4 * 7 / 6, 0, 0, 2 * 7 / 6])
    assert (with_larger(np.ones((5, WEEK))) == 1).all()
    assert (with_larger(np.zeros((5, WEEK))) == 0).all()


def test_each_part_has_one_number():
    drawn = hypercube(np.random.default_rng(0), 50, 3)
    assert (np.sort((drawn * 50).astype(int), axis=0) == np.arange(50)[:, None]).all()


def test_the_error_told_is_no_less_than_that_of_drawing():
    rng = np.random.default_rng(6)
    demand = rng.poisson(1, (200, HISTORY * WEEK)).astype(np.float32)
    found = told(demand, 30, on_day(30, 200))
    truth = np.array([
        np.mean([
            np.concatenate(weeks[rng.choice(HISTORY, 5, p=rng.dirichlet(np.ones(HISTORY)))])
            [:30].sum() >= 30 for _ in range(400)
        ])
        for weeks in demand[:10].reshape(10, HISTORY, WEEK)
    ])  # fmt: skip
    assert np.abs(found.share[:10] - truth).max() < 4 * 0.5 / 20
    assert (found.error <= 0.5 / 500**0.5 + 1e-9).all()
