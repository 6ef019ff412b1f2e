"""NPS and its interval: what it covers is computed over every possible sample, not drawn."""

from functools import cache
from math import comb, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from storage.known.voices import Voice
from storage.metrics.nps import Score, interval, is_change, nps
from tests.storage.metrics.test_surveys import said

# shares of promoters and detractors
TRUTHS = [(0.5, 0.2), (0.6, 0.1), (0.7, 0.1), (0.3, 0.3), (0.2, 0.5), (0.4, 0.1), (0.8, 0.05)]


def samples(n, promoters, detractors):
    """Every (promoters, detractors) of n with its probability."""
    passives = 1 - promoters - detractors
    for p in range(n + 1):
        for d in range(n - p + 1):
            ways = comb(n, p) * comb(n - p, d)
            yield p, d, ways * promoters**p * detractors**d * passives ** (n - p - d)


def coverage(bounds, n, truth):
    true = 100 * (truth[0] - truth[1])
    return sum(
        chance
        for p, d, chance in samples(n, *truth)
        if (found := bounds(p, d, n)) and found[0] - 1e-9 <= true <= found[1] + 1e-9
    )


@cache
def known_interval(p, d, n):
    """The interval itself: the same samples are drawn from every truth."""
    return interval(p, d, n)


def wald(p, d, n):
    middle = (p - d) / n
    reach = stats.norm.ppf(0.975) * sqrt(max(0, (p + d) / n - middle**2) / n)
    return 100 * (middle - reach), 100 * (middle + reach)


@pytest.mark.slow  # every possible sample
@pytest.mark.parametrize("truth", TRUTHS)
def test_with_five_answers_it_covers_what_it_says(truth):
    assert coverage(known_interval, 5, truth) >= 0.946


@pytest.mark.slow  # every possible sample
@pytest.mark.parametrize("truth", TRUTHS)
def test_with_more_answers_it_covers_about_what_it_says(truth):
    for n in (10, 30, 100):
        assert 0.93 <= coverage(known_interval, n, truth) <= 1


def test_the_plain_interval_would_not():
    found = [coverage(wald, 5, truth) for truth in ((0.8, 0.05), (0.7, 0.1), (0.6, 0.1))]
    assert max(found) < 0.9
    assert min(found) < 0.77


@settings(deadline=None)
@given(st.lists(st.integers(0, 10), max_size=40))
def test_the_score_is_that_of_the_book(scores):
    found = nps([said(score, at) for at, score in enumerate(scores)])
    assert found.promoters + found.passives + found.detractors == found.n == len(scores)
    if not scores:
        assert found == Score(0, 0, 0, 0, None, None, None)
        return
    judge = sum((score >= 9) - (score <= 6) for score in scores) / len(scores) * 100
    assert found.value == pytest.approx(judge)
    assert (found.margin is None) == (len(scores) < 2)
    if found.margin:
        assert -100 <= found.low < found.high <= 100


def test_answers_on_another_scale_are_left_out():
    five = said(5, 3)
    five = Voice(five.key, None, None, "nps", five.score, 5, five.at, five.on)
    assert (nps([five, said(11, 1), said(9, 2)]).n, nps([five]).left_out) == (1, 1)


def test_a_difference_within_the_margins_is_no_change():
    def score(value, margin):
        return Score(30, 0, 0, 0, value, value - margin, value + margin)

    assert not is_change(score(30, 20), score(5, 20))
    assert is_change(score(40, 20), score(5, 20))
    assert not is_change(Score(1, 1, 0, 0, 100, None, None), score(0, 5))
