"""CES: the mean of answers from 1 to 7."""

from dataclasses import replace

import pytest
from scipy import stats

from storage.metrics.ces import ces
from tests.storage.metrics.test_surveys import said


def rated(score, number=0, scale=7):
    return replace(said(score, number), kind="ces", scale=scale)


def test_it_is_the_mean_with_the_interval_of_scipy():
    scores = [5, 6, 3, 7, 6, 2]
    found = ces([rated(score, at) for at, score in enumerate(scores)])
    low, high = stats.t.interval(0.95, 5, stats.tmean(scores), stats.sem(scores))
    assert (found.mean.value, found.mean.low) == pytest.approx((stats.tmean(scores), low))
    assert found.mean.high == pytest.approx(min(high, 7))


def test_other_scales_are_left_out_and_nothing_has_no_mean():
    found = ces([rated(3, scale=5), rated(0), rated(9)])
    assert (found.mean.n, found.mean.value, found.left_out) == (0, None, 3)
