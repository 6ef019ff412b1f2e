"""Shifted beta-geometric: the tables of Fader & Hardie 2007, made-up contracts, and edges."""

import numpy as np
import pytest

from storage.forecasts._sbg import Cohort, Sbg, cohort, drawn, sbg

# survivors of 1,000 over seven years, and the figures that the paper has of them
HIGH_END = ([1000, 869, 743, 653, 593, 551, 517, 491], 0.668, 3.806)
REGULAR = ([1000, 631, 468, 382, 326, 289, 262, 241], 0.704, 1.182)


def of(survivors):
    left = np.array(survivors, float)
    still = np.zeros(len(left))
    still[-1] = left[-1]
    return Cohort(np.concatenate([[0.0], -np.diff(left)]), still)


@pytest.mark.parametrize(("survivors", "a", "b"), [HIGH_END, REGULAR])
def test_the_figures_of_the_paper_are_found(survivors, a, b):
    fit = sbg(of(survivors))
    assert (fit.a, fit.b) == pytest.approx((a, b), rel=0.01)


@pytest.mark.parametrize(("made", "twelfth"), [(HIGH_END, 0.394), (REGULAR, 0.173)])
def test_the_years_behind_what_was_seen_are_told(made, twelfth):
    assert sbg(of(made[0])).stays(12)[-1] == pytest.approx(twelfth, abs=0.02)


def contracts(rng, n, a=0.7, b=20.0):
    months = rng.geometric(rng.beta(a, b, n)).astype(float)
    age = rng.uniform(0, 90, n)
    over = months <= age
    return np.where(over, months, age), over.astype(float)


def test_the_truth_is_found_with_open_contracts_among_them():
    fit = sbg(cohort(*contracts(np.random.default_rng(1), 8_000)))
    truth = Sbg(0.7, 20.0)
    assert fit.stays(90) == pytest.approx(truth.stays(90), abs=0.02)
    assert fit.a == pytest.approx(0.7, rel=0.15)


def test_forgetting_the_open_ones_would_tell_too_little():
    months, over = contracts(np.random.default_rng(2), 4_000)
    closed = cohort(months[over > 0], over[over > 0])
    assert sbg(closed).stays(36)[-1] < Sbg(0.7, 20.0).stays(36)[-1] / 2


def test_who_has_stayed_long_is_likelier_to_stay():
    left = Sbg(0.7, 20.0).stays(60)
    year = left[12:] / left[:-12]
    assert (np.diff(year) > 0).all()


def test_contracts_are_counted_by_whole_months():
    seen = cohort(np.array([0.0, 0.2, 1.0, 2.4, 2.4]), np.array([0.0, 1.0, 1.0, 1.0, 0.0]))
    assert seen.ended.tolist() == [0, 2, 0, 1]
    assert seen.open.tolist() == [1, 0, 1, 0]
    assert seen.n == 5


@pytest.mark.parametrize("seen", [
    cohort(np.arange(40.0), np.zeros(40)), cohort(np.array([5.0]), np.ones(1)),
    cohort(np.full(9, 1.0), np.ones(9)), cohort(np.array([]), np.array([])),
])  # fmt: skip
def test_none_that_ended_all_that_ended_one_and_nothing_give_an_answer(seen):
    left = sbg(seen).stays(36)
    assert np.isfinite(left).all()
    assert 0 < left[-1] < 1


def test_where_none_ended_most_are_told_to_stay():
    assert sbg(cohort(np.full(200, 30.0), np.zeros(200))).stays(60)[-1] > 0.9


def test_samples_are_always_the_same_and_spread_around_the_fit():
    seen = cohort(*contracts(np.random.default_rng(3), 300))
    one = drawn(seen)
    assert one == drawn(seen)
    left = [fit.stays(36)[-1] for fit in one]
    assert min(left) < sbg(seen).stays(36)[-1] < max(left)
    assert drawn(cohort(np.array([]), np.array([]))) == []
