import numpy as np
import pytest

from storage.forecasts._scores import (
    Calibrated,
    Scores,
    auc,
    calibration_of_chances,
    calibration_of_quantiles,
    ece,
    gain,
    lift,
    of_chances,
    of_quantiles,
    pinball,
    slope,
)

RNG = np.random.default_rng(5)
CHANCE = np.round(RNG.random(300), 2)
CAME = RNG.random(300) < CHANCE


def test_the_pinball_loss_is_that_of_each_level_written_out():
    said, came = np.array([[10.0, 20.0, 30.0]]), np.array([24.0])
    assert pinball(said, came)[0] == pytest.approx((0.5 * 14 + 0.8 * 4 + 0.1 * 6) / 3)


def test_an_outcome_on_the_day_told_is_covered():
    said = np.array([[1.0, 5.0, 9.0]] * 4)
    found = of_quantiles(said, np.array([1.0, 5.0, 9.0, 10.0]))
    assert (found.n, found.cover80, found.cover90, found.mae) == (4, 0.5, 0.75, (0 + 4 + 8 + 9) / 4)


def test_the_auc_is_the_share_of_pairs_in_the_right_order():
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one in CHANCE[CAME] for other in CHANCE[~CAME]
    ]  # fmt: skip
    assert auc(CHANCE, CAME) == pytest.approx(sum(pairs) / len(pairs))


def test_an_auc_needs_both_kinds_of_outcome():
    assert auc(CHANCE, np.ones(300, bool)) is None


def test_chances_that_are_right_are_calibrated():
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.05, 0.95, 20_000)
    came = rng.random(20_000) < chance
    assert slope(chance, came) == pytest.approx(1, abs=0.05)
    assert ece(chance, came) < 0.015


def test_calibration_sets_what_was_told_beside_what_came():
    said = np.array([[1.0, 2, 3], [1, 2, 3], [4, 5, 9], [4, 5, 9]])
    came = np.array([1.0, 3, 5, 7])
    assert calibration_of_quantiles(said, came) == (
        Calibrated(0.5, 0.25, 4), Calibrated(0.8, 0.5, 4), Calibrated(0.9, 1.0, 4),
    )  # fmt: skip
    chance, left = np.arange(100) / 100, np.arange(100) >= 90
    found = calibration_of_chances(chance, left)
    assert [one.n for one in found] == [10] * 10
    assert (found[0].said, found[0].came) == (pytest.approx(0.045), 0)
    assert (found[-1].said, found[-1].came) == (pytest.approx(0.945), 1)
    assert calibration_of_quantiles(said[:0], came[:0]) == ()
    assert calibration_of_chances(chance[:0], left[:0]) == ()


def test_chances_that_are_too_bold_have_a_slope_below_one():
    rng = np.random.default_rng(2)
    logit = rng.normal(0, 1, 20_000)
    came = rng.random(20_000) < 1 / (1 + np.exp(-logit))
    assert slope(1 / (1 + np.exp(-2 * logit)), came) == pytest.approx(0.5, abs=0.05)


def test_a_slope_that_runs_away_or_has_nothing_to_go_by_is_not_told():
    assert slope(np.full(9, 0.5), np.arange(9) < 4) is None
    assert slope(np.linspace(0.1, 0.9, 9), np.arange(9) > 4) is None


def test_the_lift_is_that_of_the_tenth_with_the_highest_chance():
    chance, came = np.linspace(0, 1, 20), np.zeros(20, bool)
    came[[3, 19]] = True
    assert lift(chance, came) == pytest.approx(0.5 / 0.1)
    assert lift(chance, np.zeros(20, bool)) is None


def test_without_outcomes_there_are_no_scores():
    nothing = np.empty(0)
    assert of_quantiles(np.empty((0, 3)), nothing) == Scores(0)
    assert of_chances(nothing, nothing.astype(bool)) == Scores(0)
    assert gain([nothing], [nothing]) is None


def test_a_gain_stands_in_its_interval_and_is_the_same_at_every_asking():
    rng = np.random.default_rng(3)
    theirs = [rng.exponential(10, 400), rng.exponential(10, 300)]
    mine = [one * rng.uniform(0.6, 1.0, len(one)) for one in theirs]
    found = gain(mine, theirs)
    assert found == gain(mine, theirs)
    whole, low, high = found
    assert low < whole < high
    assert whole == pytest.approx(0.2, abs=0.03)
    assert high - low < 0.05


def test_a_gain_over_one_loss_among_many_has_an_interval():
    theirs = np.zeros(20)
    theirs[0] = 4.0
    assert gain([theirs / 2], [theirs]) == pytest.approx((0.5, 0.5, 0.5))
