"""How often items are begun, and how that goes with what goes together; on known tastes."""

import numpy as np
import pytest

from storage.forecasts._upsell_fit import Begins, begins, begins_from, begun, firsts, owned
from storage.metrics.bought_together import offers, together
from tests.storage.forecasts.tastes import FIRST, STEP, placed, tasted

END, DAYS = FIRST + 36 * STEP, 180


def test_the_share_of_customers_who_begin_is_the_true_one():
    made = begins(tasted(np.random.default_rng(1), n=1_500, usual=0.01, spread=0), END, DAYS)
    true = 1 - (1 - 0.01) ** (DAYS / STEP)
    assert made.rates.mean() == pytest.approx(true, rel=0.06)
    assert made.n == pytest.approx(1_500, abs=20)


@pytest.mark.parametrize("times", [3.0, 8.0])
def test_what_goes_together_is_begun_as_much_more_often_as_it_truly_is(times):
    every = tasted(np.random.default_rng(2), n=1_500, usual=0.004, times=times, spread=0)
    made = begins(every, END, DAYS)
    rules = together(every, END)
    found = offers(every, rules, END)
    told = made.chances(found, rules)
    true = 1 - (1 - 0.004 * times) ** (DAYS / STEP)
    assert (rules.item ^ 1 == rules.other).mean() > 0.9
    assert told.mean() == pytest.approx(true, rel=0.15)


def test_where_nothing_goes_together_the_lift_says_nothing():
    made = begins(tasted(np.random.default_rng(3)), END, DAYS)
    assert made.times == pytest.approx(1, abs=0.02)


def test_nothing_that_came_later_changes_what_was_taught():
    every = tasted(np.random.default_rng(4), times=4.0)
    before = every.only(every.on < END - 200)
    whole, part = begins(every, END - 200, DAYS), begins(before, END - 200, DAYS)
    assert whole.rates.tolist() == part.rates.tolist()
    assert whole.times.tolist() == part.times.tolist()


def test_too_few_beginnings_teach_nothing():
    few = placed([(at, 0, FIRST + 400) for at in range(40)], 40, 1)
    assert begins(few, FIRST + 500, DAYS) is None
    assert begins(placed([], 0, 0), FIRST, DAYS) is None


def test_what_is_not_sold_any_more_is_never_begun():
    every = tasted(np.random.default_rng(5))
    gone = every.only((every.item != 7) | (every.on < END - 500))
    assert begins(gone, END, DAYS).rates[7] == 0


def test_it_is_kept_and_read_at_the_places_that_items_have_then():
    every = tasted(np.random.default_rng(6), times=4.0)
    made = begins(every, END, DAYS)
    turned = placed([], 0, 0)
    turned = type(turned)(*(getattr(turned, name) for name in ("whose", "item", "on", "value",
                          "currency", "companies")), every.items[::-1], ["EUR"])  # fmt: skip
    again = begins_from(made.as_json(every), turned)
    assert again.rates[::-1] == pytest.approx(made.rates, abs=1e-6)
    assert again.times.tolist() == made.times.tolist()


def test_a_chance_is_never_certain_and_never_less_than_nothing():
    made = Begins(DAYS, np.array([0.5, 0.0]), np.array([1, 2, 3, 4, 9.0]), 10, 60)
    assert made.of(np.array([0.5, 0.5, 0.0]), np.array([1.0, 6.0, 6.0])).tolist() == [0.5, 0.95, 0]


def test_first_purchases_are_the_beginnings():
    rows = [(0, 0, FIRST), (0, 0, FIRST + 90), (0, 1, FIRST + 50), (1, 1, FIRST + 200)]
    every = placed(rows, 2, 2)
    codes, days = firsts(every)
    assert (codes.tolist(), (days - FIRST).tolist()) == ([0, 1, 3], [0, 50, 200])
    assert begun(every, FIRST + 10, FIRST + 100).tolist() == [1]
    who, has, is_sold = owned(every, FIRST + 100)
    assert (who.tolist(), has.tolist(), is_sold.tolist()) == ([0], [0, 1], [False, False])
