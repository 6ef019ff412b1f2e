"""CSAT: the best two of a scale."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from storage.metrics.csat import csat, is_change
from tests.storage.metrics.test_surveys import said


def rated(score, scale, number=0):
    return replace(said(score, number), kind="csat", scale=scale)


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=40))
def test_of_five_the_best_two_are_satisfied(scores):
    found = csat([rated(score, 5, at) for at, score in enumerate(scores)])
    satisfied = len([score for score in scores if score in (4, 5)])
    judge = binomtest(satisfied, len(scores)).proportion_ci(method="wilson")
    assert (found.satisfied, found.n, found.left_out) == (satisfied, len(scores), 0)
    assert abs(found.low - judge.low) < 1e-9
    assert abs(found.high - judge.high) < 1e-9


def test_of_three_only_the_best_and_of_ten_nine_and_ten():
    assert csat([rated(score, 3) for score in (1, 2, 3)]).satisfied == 1
    assert csat([rated(score, 10) for score in (7, 8, 9, 10)]).satisfied == 2


def test_a_scale_that_nobody_told_is_five_if_an_answer_says_so():
    told = csat([rated(score, None) for score in (2, 3, 4)])
    assert (told.n, told.satisfied) == (3, 1)
    untold = csat([rated(score, None) for score in (1, 2, 3)])
    assert (untold.n, untold.left_out, untold.value) == (0, 3, None)


def test_an_answer_beyond_its_scale_is_left_out():
    assert csat([rated(7, 5), rated(4, 5)]).left_out == 1


def test_a_change_is_told_beyond_the_interval_of_the_difference_only():
    def of(good, bad):
        return csat([rated(5 if at < good else 1, 5, at) for at in range(good + bad)])

    assert is_change(of(20, 10), of(10, 20))
    assert not is_change(of(17, 13), of(12, 18))
    assert not is_change(of(0, 0), of(12, 18))
