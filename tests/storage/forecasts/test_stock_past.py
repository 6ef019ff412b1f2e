from datetime import date

import numpy as np
import pytest

from storage.forecasts._origins import Plan
from storage.forecasts._stock_past import fixed_days, lasting, look_back
from storage.forecasts._stock_rounds import round_of, sides
from tests.storage.forecasts.shelved import FIRST, kept, shelved


def back(found, most=2):
    today = date.fromordinal(found.end)
    return look_back("stock", found, today, Plan(most=most), lambda *_: None)


@pytest.fixture(scope="module")
def report():
    return back(kept(np.random.default_rng(3), 80, days=450, is_lost=False))


@pytest.mark.slow
def test_where_nothing_changes_chances_are_calibrated():
    found = back(kept(np.random.default_rng(3), 400, days=700, is_lost=False), most=5)
    mine = found.methods["leadline"]
    assert mine.ece < 0.06
    assert mine.slope == pytest.approx(1, abs=0.2)
    assert found.gains["fixed_lead"].low > 0.1


def test_chances_beat_a_fixed_lead_time(report):
    mine, fixed, lead = (report.methods[one] for one in ("leadline", "fixed", "fixed_lead"))
    assert mine.brier < lead.brier < fixed.brier
    assert report.gains["fixed"].low > 0.2
    assert report.gains["fixed_lead"].pinball > 0.05
    assert mine.ece < 0.15
    assert mine.auc > 0.65


def test_it_says_how_it_went_at_each_origin(report):
    assert [one.at.day for one in report.origins] == [1, 1]
    assert sum(one.n for one in report.origins) == report.methods["leadline"].n
    assert sum(one.n for one in report.calibration) == report.methods["leadline"].n
    assert report.as_json()["model"] == "stock"


def test_the_same_shelves_have_the_same_report(report):
    again = back(kept(np.random.default_rng(3), 80, days=450, is_lost=False), most=1)
    assert again.origins[0] == report.origins[-1]


@pytest.mark.parametrize("orders", [[], [(0, day, 900) for day in range(0, 600, 3)]])
def test_where_nothing_ever_came_there_is_no_look_back(orders):
    lies, used = np.full((1, 700), 9.0), np.ones((1, 700))
    assert back(shelved(lies, used, np.zeros((1, 700)), orders)).origins == ()


def test_where_nothing_was_ever_there_there_is_nothing_to_score():
    none = np.zeros((1, 700))
    orders = [(0, day, 20) for day in range(0, 600, 3)]
    report = back(shelved(none, none, none, orders))
    assert (report.origins, report.methods) == ((), {})


def test_all_called_off_is_no_outcome():
    found = kept(np.random.default_rng(4), 30, days=500)
    found.bought.left[:] = found.bought.start + 1
    found.bought.end[:] = 0
    assert back(found).origins == ()


def test_what_comes_back_is_borne():
    found = back(kept(np.random.default_rng(5), 60, days=500, returns=0.2), most=1)
    assert found.methods["leadline"].n > 20


def test_the_fixed_lead_time_is_the_suppliers_median_less_the_age():
    lies, used = np.full((2, 200), 30.0), np.full((2, 200), 2.0)
    orders = [(0, day, takes) for day, takes in ((0, 20), (1, 30), (2, 40))]
    found = shelved(lies, used, np.zeros((2, 200)), [*orders, (1, 0, 9), (0, 90, 50)],
                    supplier=np.array([0, 1]))  # fmt: skip
    then = round_of(found, FIRST + 100, sides(found, FIRST + 100, ("supplier", "item")))
    assert dict(zip(then.items.tolist(), fixed_days(then).tolist(), strict=True)) == {0: 20, 1: 9}
    assert lasting(found, then).tolist() == [14, 14]
