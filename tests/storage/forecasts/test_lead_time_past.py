from datetime import date

import numpy as np
import pytest

from storage.forecasts._lead_time_past import look_back
from storage.forecasts._origins import Plan
from tests.storage.forecasts.generated import TODAY, lognormal, placed

DAY = date.fromordinal(TODAY)
PLAN = Plan("quarter", most=4)


def quietly(what, done, total):
    pass


def three_years(seed=1, n=3_000, median=30, **more):
    rng = np.random.default_rng(seed)
    start = TODAY - rng.integers(1, 1_100, n)
    return placed(start, lognormal(rng, n, median), supplier=rng.integers(0, 20, n), **more)


def back(orders, plan=PLAN):
    return look_back("lead-time", orders, DAY, plan, quietly)


def test_where_nothing_changes_the_curves_cover_what_they_say():
    report = back(three_years(n=12_000), Plan("quarter", most=8))
    found = report.methods["leadline"]
    assert found.cover80 == pytest.approx(0.8, abs=0.02)
    assert found.cover90 == pytest.approx(0.9, abs=0.02)
    half, eight, nine = report.calibration
    assert half.came == pytest.approx(0.5, abs=0.03)
    assert (eight.came, nine.came) == (found.cover80, found.cover90)
    assert {one.n for one in report.calibration} == {found.n}


def test_the_curves_beat_what_forgets_the_open_orders_or_has_one_figure():
    found = back(three_years())
    mine = found.methods["leadline"].pinball
    assert mine < found.methods["ecdf_closed"].pinball < found.methods["fixed"].pinball
    assert found.methods["eta"].pinball < found.methods["eta_clipped"].pinball
    assert found.gains["fixed"].low > 0


def test_chances_of_coming_soon_are_calibrated():
    found = back(three_years(n=12_000), Plan("quarter", most=8)).methods["eta"]
    assert found.ece < 0.06
    assert found.auc > 0.52  # all are of one kind: their age alone tells little
    assert found.brier < 0.25


def test_nothing_of_after_an_origin_is_known_at_it():
    orders = three_years()
    first = back(orders).origins[0]
    # whatever becomes of later orders, the first origin told the same of the same outcomes
    later = orders.start >= first.at.toordinal() + 92
    days = np.where(later, 3, np.where(orders.end > 0, orders.end - orders.start, 9_999))
    changed = placed(orders.start, days, supplier=orders.codes["supplier"] - 1)
    one = next(origin for origin in back(changed).origins if origin.at == first.at)
    assert one.methods["leadline"] == first.methods["leadline"]
    assert one.methods["ecdf_closed"] == first.methods["ecdf_closed"]


def test_what_has_no_outcome_is_counted_and_not_scored():
    orders = three_years()
    half = orders.start % 2 == 0
    orders.left[half], orders.end[half] = orders.start[half] + 400, 0
    found = back(orders)
    assert found.unknown > 100
    assert sum(one.n for one in found.origins) == found.methods["leadline"].n


def test_lines_of_one_order_are_scored_once():
    rng = np.random.default_rng(3)
    start, days = TODAY - rng.integers(1, 1_100, 900), lognormal(rng, 900, 30)
    once = placed(start, days)
    thrice = placed(start.repeat(3), days.repeat(3), group=np.arange(900).repeat(3))
    assert back(once).as_json()["methods"] == back(thrice).as_json()["methods"]


def test_with_little_history_there_is_no_look_back():
    assert back(three_years(n=199)).origins == ()
    assert back(placed([], [])).as_json()["data"]["rows"] == 0


def test_it_says_how_far_it_is():
    told = []
    look_back("lead-time", three_years(), DAY, PLAN, lambda *one: told.append(one))
    assert told == [("looking back", done, 4) for done in range(5)]
