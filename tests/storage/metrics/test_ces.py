"""CES: the mean of answers from 1 to 7."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from storage.metrics._adjusted import adjusted
from storage.metrics.ces import ces, is_change
from tests.storage.metrics.test_surveys import said


def rated(score, number=0, scale=7):
    return replace(said(score, number), kind="ces", scale=scale)


def test_it_is_the_mean_with_an_interval_of_three_more_answers():
    scores = [5, 6, 3, 7, 6, 2]
    found = ces([rated(score, at) for at, score in enumerate(scores)])
    weights = [*[1] * 6, 0.75, 1.5, 0.75]
    every = [*scores, 1, 4, 7]
    middle = np.average(every, weights=weights)
    spread = np.average((np.array(every) - middle) ** 2, weights=weights)
    reach = stats.t.ppf(0.975, 5) * np.sqrt(spread / 9)
    assert found.mean.value == pytest.approx(29 / 6)
    assert (found.mean.low, found.mean.high) == pytest.approx((middle - reach, middle + reach))


@pytest.mark.parametrize("chances", [
    (0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.54), (0.03, 0, 0, 0, 0, 0, 0.97),
    (0.05, 0.1, 0.2, 0.3, 0.2, 0.1, 0.05), (0.3, 0.1, 0.05, 0.1, 0.05, 0.1, 0.3),
])  # fmt: skip
def test_it_covers_what_it_says_where_students_would_not(chances):
    rng, true = np.random.default_rng(1), sum(at * one for at, one in enumerate(chances, 1))
    for n in (5, 20, 100):
        drawn = rng.choice(np.arange(1, 8), (1_500, n), p=np.array(chances) / sum(chances))
        found = [
            adjusted(total, squares, n, 1, 7)
            for total, squares in zip(drawn.sum(axis=1), (drawn**2).sum(axis=1), strict=True)
        ]
        assert np.mean([abs(one.middle - true) <= one.reach for one in found]) >= 0.94


def test_a_change_is_told_beyond_the_margin_only():
    def of(*scores):
        return ces([rated(score, at) for at, score in enumerate(scores)])

    assert is_change(of(*[2, 3] * 10), of(*[6, 7] * 10))
    assert not is_change(of(*[7] * 5), of(*[6] * 5))
    assert not is_change(of(7), of(1, 1, 1, 1))


def test_other_scales_are_left_out_and_nothing_has_no_mean():
    found = ces([rated(3, scale=5), rated(0), rated(9)])
    assert (found.mean.n, found.mean.value, found.left_out) == (0, None, 3)
