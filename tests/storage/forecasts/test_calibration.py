import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatisticalWarning

from storage.forecasts._calibration import EVEN, LEAN, STEPS, calibrated, calibration


def test_without_orders_chances_stay_as_they_are():
    nothing = np.empty(0)
    came = calibration(nothing, nothing.astype(bool), nothing)
    assert np.allclose(came, EVEN)
    left = np.array([0.9, 0.5, 0.1])
    assert calibrated(left, came) == pytest.approx(left)


def test_chances_that_hold_stay_about_as_they_are():
    told = np.random.default_rng(1).random(5_000)
    came = calibration(told, np.ones(5_000, bool), np.ones(5_000))
    assert np.abs(came - EVEN).max() < 0.02


def test_half_that_came_only_by_what_was_told_as_eight_in_ten_is_read_as_half():
    rng = np.random.default_rng(2)
    told = rng.random(20_000) ** 0.32  # half are below 0.8
    came = calibration(told, np.ones(20_000, bool), np.ones(20_000))
    assert calibrated(np.array([0.2]), came)[0] == pytest.approx(0.5, abs=0.02)


def test_it_is_another_s_kaplan_meier_of_the_orders_and_the_even_hundred():
    rng = np.random.default_rng(3)
    told = np.ceil(rng.random(80) * STEPS) / STEPS
    ended = rng.random(80) < 0.6
    came = calibration(told, ended, np.ones(80))
    every = np.concatenate([told, EVEN[1:]])
    happened = np.concatenate([ended, np.ones(STEPS, bool)])
    weights = np.concatenate([np.ones(80), np.full(STEPS, LEAN / STEPS)])
    with pytest.warns(StatisticalWarning, match="weights"):
        judge = KaplanMeierFitter().fit(every, happened, weights=weights)
    assert np.allclose(1 - came, judge.survival_function_at_times(EVEN), atol=1e-6)
