"""Looking back on what customers began to buy, beside the popularity of items."""

from datetime import date

import numpy as np
import pytest

from storage.forecasts._origins import Origin, Plan
from storage.forecasts._report import Report
from storage.forecasts._upsell_fit import begins, begun
from storage.forecasts._upsell_past import MOST_CUSTOMERS, POPULARITY, looked_back, taken_up, told
from tests.storage.forecasts.tastes import FIRST, STEP, placed, tasted

END, DAYS = date.fromordinal(FIRST + 36 * STEP), 180


def quietly(*_):
    pass


def report(every, **plan):
    wanted = Plan(**{"most": 3, **plan})
    return looked_back(Report("upsell", len(every), None, None), every, wanted, DAYS, END, quietly)


def test_where_items_go_together_the_lift_tells_more_than_popularity():
    found = report(tasted(np.random.default_rng(1), n=300, items=40, times=8.0))
    mine, other = found.methods["leadline"], found.methods[POPULARITY]
    assert len(found.origins) == 3
    assert found.hits["leadline"] > 1.3 * found.hits[POPULARITY]
    assert mine.lift10 > 1.3 * other.lift10
    assert mine.auc > other.auc + 0.05
    assert found.gains[POPULARITY].low > 0
    assert mine.ece < 0.015
    assert found.calibration


def test_where_nothing_does_it_tells_what_popularity_tells():
    found = report(tasted(np.random.default_rng(2), n=300, items=40))
    mine, other = found.methods["leadline"], found.methods[POPULARITY]
    assert mine.brier == pytest.approx(other.brier, rel=1e-3)
    assert found.hits["leadline"] == pytest.approx(found.hits[POPULARITY], rel=1e-3)


def test_every_pair_that_was_not_had_is_told_of_and_scored_by_what_came():
    every = tasted(np.random.default_rng(3), n=80, items=20, usual=0.02)
    origin = Origin(date.fromordinal(FIRST + 700), date.fromordinal(FIRST + 700 + DAYS))
    day = origin.at.toordinal()
    methods = told(every, begins(every, day, DAYS), origin)
    chance, came, whose = methods["leadline"]
    before = every.only(every.on < day)
    has = set(zip(before.whose.tolist(), before.item.tolist(), strict=True))
    assert len(chance) == sum((one, item) not in has for one in range(80) for item in range(20))
    assert came.sum() == len(begun(every, day, origin.end.toordinal()))
    assert (np.diff(whose) >= 0).all()


def test_of_very_many_customers_some_are_told_of_always_the_same():
    every = tasted(np.random.default_rng(4), n=MOST_CUSTOMERS + 100, items=12, usual=0.02)
    first, again = report(every, most=1), report(every, most=1)
    assert first == again
    assert first.methods["leadline"].n <= MOST_CUSTOMERS * 12


def test_hits_are_of_the_likeliest_of_each():
    whose = np.repeat([0, 1], 7)
    chance = np.tile(np.arange(7) / 10, 2)
    came = np.array([1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1], bool)
    assert taken_up(chance, came, whose) == pytest.approx(3 / 10)
    assert taken_up(chance[:0], came[:0], whose[:0]) is None


@pytest.mark.parametrize("every", [placed([], 0, 0), placed([(0, 0, FIRST)] * 3, 1, 1)])
def test_too_little_gives_a_report_without_origins(every):
    assert report(every).methods == {}
