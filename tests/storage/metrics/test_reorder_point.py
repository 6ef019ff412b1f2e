import random
from statistics import NormalDist

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from storage.curves import Curve, Observed, kaplan_meier
from storage.forecasts._run_out import Ways, used_of
from storage.metrics.reorder_point import drawn, moments, reorder, safety_stock
from tests.storage.forecasts import bench_stock


@pytest.mark.parametrize(("lead_sd", "expected"), [(0, 180), (5, 842), (10, 1655)])
def test_the_worked_figures(lead_sd, expected):
    """100 a day with a deviation of 20, 30 days: the spread of the lead time dominates."""
    assert round(safety_stock(100, 20, 30, lead_sd, NormalDist().cdf(1.645))) == expected


def test_the_safety_stock_covers_the_rounds_that_it_promises():
    rng = np.random.default_rng(1)
    lead = np.maximum(0, rng.normal(30, 5, 40_000)).round().astype(int)
    demand = rng.normal(100 * lead, 20 * np.sqrt(lead))
    point = 100 * 30 + safety_stock(100, 20, 30, 5)
    assert np.mean(demand <= point) == pytest.approx(0.95, abs=0.005)


def test_moments_are_those_of_the_durations_where_all_have_ended():
    days = [10, 20, 20, 30, 70]
    found = moments(kaplan_meier(Observed(one, True) for one in days))
    assert found.mean == pytest.approx(np.mean(days))
    assert found.sd == pytest.approx(np.std(days))
    assert not found.is_cut


def test_open_orders_make_it_longer_and_a_curve_that_does_not_end_says_so():
    closed = [Observed(day, True) for day in (10, 20, 30)]
    found = moments(kaplan_meier([*closed, Observed(60, False)]))
    assert found.is_cut
    assert found.mean > moments(kaplan_meier(closed)).mean
    assert moments(Curve((), (), 0)) is None


def test_the_mean_is_that_of_lifelines():
    rng = random.Random(3)
    every = [Observed(rng.randrange(1, 60), rng.random() < 0.8) for _ in range(200)]
    every.append(Observed(70, True))
    judge = KaplanMeierFitter().fit([o.days for o in every], [o.ended for o in every])
    curve = judge.survival_function_["KM_estimate"]
    area = np.sum(curve.to_numpy()[:-1] * np.diff(curve.index.to_numpy()))
    assert moments(kaplan_meier(every)).mean == pytest.approx(area)


def test_the_reorder_point_is_the_demand_of_the_lead_time_and_the_safety_stock():
    curve = kaplan_meier([Observed(20, True), Observed(40, True)])
    found = reorder([8.0, 12.0] * 45, curve)
    assert (found.demand, found.lead.mean, found.lead.sd) == (10, 30, 10)
    assert found.demand_sd == pytest.approx(np.std([8, 12] * 45, ddof=1))
    z = NormalDist().inv_cdf(0.95)
    assert found.safety == pytest.approx(z * (30 * found.demand_sd**2 + 100 * 100) ** 0.5)
    assert found.point == pytest.approx(300 + found.safety)


@pytest.mark.parametrize("daily", [[], [1.0] * 27, [0.0] * 90, [1.0, -1.0] * 45])
def test_too_few_days_or_no_demand_is_no_reorder_point(daily):
    assert reorder(daily, kaplan_meier([Observed(20, True)])) is None


def test_without_a_lead_time_there_is_no_reorder_point():
    assert reorder([1.0] * 90, kaplan_meier([Observed(20, False)])) is None


def weekly(demand, weeks=25):
    days = np.resize(np.asarray(demand, float), weeks * 7)
    return used_of(days[None, :].astype(np.float32), np.array([weeks * 7]))


def test_drawn_from_rounds_the_same_demand_each_day_lasts_for_the_longest_lead_time_asked_for():
    curve = kaplan_meier(Observed(day, True) for day in [20] * 9 + [40])
    found = drawn(weekly([10]), Ways(25), curve, 0.85)
    # on the morning after it is reached up to nine less lie there, and one more must be left
    assert 200 < found.point <= 210
    assert 400 < drawn(weekly([10]), Ways(25), curve, 0.95).point <= 410
    assert (found.demand, found.demand_sd, found.lead.mean) == pytest.approx((10, 0, 22))
    assert found.safety == pytest.approx(found.point - 220)


def test_drawn_from_rounds_a_higher_service_orders_earlier():
    rng = np.random.default_rng(1)
    curve = kaplan_meier(Observed(int(day), True) for day in rng.integers(10, 40, 200))
    used = weekly(rng.poisson(3, 175))
    points = [drawn(used, Ways(25), curve, one).point for one in (0.5, 0.9, 0.95, 0.99)]
    assert points == sorted(points)
    assert drawn(used, Ways(25), curve).point == points[2]
    assert drawn(used, Ways(25, spread=0.4), curve).point > points[2]
    assert drawn(used, Ways(25, growth=0.05), curve).point > points[2]


def test_drawn_from_rounds_what_is_weighed_may_be_any_quantity():
    curve = kaplan_meier([Observed(10, True)])
    found = drawn(weekly([0.5]), Ways(25), curve)
    assert 5 < found.point <= 5.5


@pytest.mark.parametrize(
    "used", [weekly([0]), weekly([1], weeks=1), weekly([1, -1, 0, 0, 0, 0, 0])]
)
def test_drawn_from_rounds_too_few_weeks_or_no_demand_is_no_reorder_point(used):
    assert drawn(used, Ways(25), kaplan_meier([Observed(20, True)])) is None


def test_drawn_from_rounds_it_takes_a_lead_time():
    assert drawn(weekly([1]), Ways(25), kaplan_meier([Observed(20, False)])) is None


@pytest.mark.slow
def test_so_many_rounds_of_ordering_as_are_asked_for_go_by_without_running_out():
    for name in bench_stock.DEMANDS:
        found = bench_stock._service(name, 0.95, days=900)
        assert found.is_met, found
