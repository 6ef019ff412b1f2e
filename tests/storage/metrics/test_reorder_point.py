import random
from statistics import NormalDist

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from storage.curves import Curve, Observed, kaplan_meier
from storage.metrics.reorder_point import moments, reorder, safety_stock


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
