"""NPS and its interval: what it covers is computed over every possible sample, not drawn."""

from functools import cache
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from storage.known.voices import Voice
from storage.metrics.nps import Score, interval, is_change, nps
from tests.storage.metrics.test_surveys import said

# shares of promoters and detractors
TRUTHS = [(0.5, 0.2), (0.6, 0.1), (0.7, 0.1), (0.3, 0.3), (0.2, 0.5), (0.4, 0.1), (0.8, 0.05),
          (0.9, 0.02), (0.45, 0.45), (0.05, 0.8)]  # fmt: skip


SIZES = (5, 6, 8, 10, 15, 20, 30, 50, 100, 200, 400)


@cache
def samples(n):
    """Every (promoters, detractors) of n, with the interval itself and the plain one."""
    pairs = [(p, d) for p in range(n + 1) for d in range(n - p + 1)]
    return (np.array(pairs), np.array([interval(p, d, n) for p, d in pairs]),
            np.array([wald(p, d, n) for p, d in pairs]))  # fmt: skip


def coverage(n, truth, *, is_plain=False):
    """How often an interval of n answers holds the true score, over every possible sample."""
    pairs, ours, plain = samples(n)
    chance = stats.multinomial.pmf(
        np.column_stack([pairs, n - pairs.sum(axis=1)]), n, [*truth, 1 - sum(truth)]
    )
    low, high = (plain if is_plain else ours).T
    true = 100 * (truth[0] - truth[1])
    return chance[(low - 1e-9 <= true) & (true <= high + 1e-9)].sum()


def wald(p, d, n):
    middle = (p - d) / n
    reach = 1.959964 * sqrt(max(0, (p + d) / n - middle**2) / n)
    return 100 * (middle - reach), 100 * (middle + reach)


@pytest.mark.parametrize("truth", TRUTHS)
def test_it_covers_what_it_says_from_five_answers_to_four_hundred(truth):
    for n in SIZES:
        assert coverage(n, truth) >= 0.946, n


def test_the_plain_interval_would_not():
    skewed = [coverage(5, truth, is_plain=True) for truth in ((0.8, 0.05), (0.9, 0.02))]
    assert max(skewed) < 0.77
    assert min(skewed) < 0.41


@pytest.mark.parametrize("truth", TRUTHS)
@pytest.mark.parametrize("n", [(5, 5), (5, 200), (10, 30), (60, 60)])
def test_where_nothing_changed_a_change_is_told_at_most_one_time_in_twenty(truth, n):
    rng = np.random.default_rng(3)
    drawn = [rng.multinomial(size, [*truth, 1 - sum(truth)], 1_000) for size in n]
    told = sum(
        is_change(score(*now[:2], n[0]), score(*before[:2], n[1]))
        for now, before in zip(*(one.tolist() for one in drawn), strict=True)
    )
    assert told / 1_000 <= 0.06


def score(promoters, detractors, n):
    return Score(n, promoters, detractors, 0, None, None, None)


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


def test_a_change_is_told_beyond_the_margin_of_the_difference_only():
    assert not is_change(score(15, 6, 30), score(12, 9, 30))
    assert is_change(score(21, 3, 30), score(6, 15, 30))
    assert not is_change(score(1, 0, 1), score(0, 300, 300))
