import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatisticalWarning

from storage.forecasts._calibration import (
    EVEN,
    LEAN,
    NOISE,
    STEPS,
    by_calibration,
    calibrated,
    calibration,
)


def test_without_orders_chances_stay_as_they_are():
    nothing = np.empty(0)
    came = calibration(nothing, nothing.astype(bool), nothing)
    assert np.allclose(came, EVEN)
    left = np.array([0.9, 0.5, 0.1])
    assert calibrated(left, came) == pytest.approx(left)


@pytest.mark.parametrize("n", [50, 500, 5_000])
def test_chances_that_hold_stay_as_they_are(n):
    told = np.random.default_rng(1).random(n)
    assert np.allclose(calibration(told, np.ones(n, bool), np.ones(n)), EVEN)


def test_half_that_came_only_by_what_was_told_as_eight_in_ten_is_read_as_half():
    rng = np.random.default_rng(2)
    told = rng.random(20_000) ** 0.32  # half are below 0.8
    came = calibration(told, np.ones(20_000, bool), np.ones(20_000))
    assert calibrated(np.array([0.2]), came)[0] == pytest.approx(0.5, abs=0.02)


def test_it_is_another_s_kaplan_meier_of_the_orders_and_the_even_hundred():
    rng = np.random.default_rng(3)
    told = np.ceil(rng.random(80) ** 9 * STEPS) / STEPS
    ended = rng.random(80) < 0.6
    came = calibration(told, ended, np.ones(80))
    every = np.concatenate([told, EVEN[1:]])
    happened = np.concatenate([ended, np.ones(STEPS, bool)])
    weights = np.concatenate([np.ones(80), np.full(STEPS, LEAN / STEPS)])
    with pytest.warns(StatisticalWarning, match="weights"):
        judge = KaplanMeierFitter().fit(every, happened, weights=weights)
    change = 1 - judge.survival_function_at_times(EVEN).to_numpy() - EVEN
    believed = 1 - NOISE / (6 * 180) / (change**2).mean()
    assert 0.5 < believed < 1
    assert np.allclose(came, EVEN + believed * change, atol=1e-6)


def test_draws_are_read_by_what_chances_came_to():
    draws = np.array([np.arange(200), np.arange(200) + 1_000])
    assert np.array_equal(by_calibration(draws, EVEN), draws)
    # only a half came where 8 in 10 were told: half is told by what was called 8 in 10
    came = np.interp(EVEN, (0, 0.8, 1), (0, 0.5, 1))
    read = by_calibration(draws, came)
    assert read[0, 99] == pytest.approx(159, abs=1)
    assert read[1, 99] == pytest.approx(1_159, abs=1)
