import math
import random

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines.statistics import logrank_test
from scipy.stats import false_discovery_control

from storage.curves import Observed
from storage.metrics._log_rank import believed, log_rank

SEEN = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=2, max_size=60)


def observed(seen):
    return [Observed(days, ended) for days, ended in seen]


@pytest.mark.slow
@settings(deadline=None, max_examples=40)  # the judge is slow
@given(SEEN, SEEN)
def test_without_entries_it_is_the_test_of_lifelines(one, other):
    found = log_rank(observed(one), observed(other))
    assume(found is not None)
    # a day later each: lifelines has no durations of 0
    days, ended = zip(*one, strict=True)
    others, ended_there = zip(*other, strict=True)
    judge = logrank_test([d + 1 for d in days], [d + 1 for d in others], ended, ended_there)
    assert found.chi2 == pytest.approx(judge.test_statistic, rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(judge.p_value, rel=1e-9, abs=1e-12)


ENTERED = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 30), st.booleans()), min_size=2, max_size=40
)


def entered(seen):
    """Each at risk from the day of its entry on."""
    return [Observed(entry + stays, ended, max(0.0, entry - 0.5)) for entry, stays, ended in seen]


@pytest.mark.slow
@settings(max_examples=40)
@given(ENTERED, ENTERED)
def test_with_entries_it_is_what_a_table_of_days_says(one, other):
    """Counted the long way: a row for each day that each was watched."""
    rows = [
        (group, day, ended and day == entry + stays)
        for group, seen in ((0, one), (1, other))
        for entry, stays, ended in seen
        for day in range(entry, entry + stays + 1)
    ]
    table = pd.DataFrame(rows, columns=["group", "day", "ended"])
    n = table.groupby("day").size()
    mine = table[table.group == 0].groupby("day").size().reindex(n.index, fill_value=0)
    ends = table.groupby("day").ended.sum()
    expected = (ends * mine / n).sum()
    spread = ends * (mine / n) * (1 - mine / n) * (n - ends) / (n - 1).clip(lower=1)
    assume(spread.sum() > 0)
    ended = table[(table.group == 0)].ended.sum()
    found = log_rank(entered(one), entered(other))
    assert found.expected == pytest.approx(expected)
    assert found.chi2 == pytest.approx((ended - expected) ** 2 / spread.sum())


@pytest.mark.slow
@given(ENTERED, ENTERED)
def test_the_groups_can_change_places(one, other):
    first, second = entered(one), entered(other)
    there, back = log_rank(first, second), log_rank(second, first)
    assert (there is None) == (back is None)
    if there and back:
        assert there.chi2 == pytest.approx(back.chi2)
        assert there.expected == pytest.approx(back.others_expected)
        assert there.ended + back.ended == pytest.approx(there.expected + there.others_expected)


def test_where_nothing_ended_or_one_group_is_empty_there_is_no_test():
    assert log_rank(observed([(5, False)]), observed([(6, False)])) is None
    assert log_rank([], observed([(6, True), (7, True)])) is None


def test_who_takes_longer_ends_less_often_than_expected():
    quick, slow = [(day, True) for day in range(10)], [(day, True) for day in range(20, 30)]
    assert log_rank(observed(slow), observed(quick)).is_slower
    assert not log_rank(observed(quick), observed(slow)).is_slower


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from((0.01, 0.05, 0.2)))
def test_which_to_believe_is_what_scipy_says(chances, rate):
    adjusted = false_discovery_control(chances)
    assume(all(abs(p - rate) > 1e-9 for p in adjusted))
    assert believed(chances, rate) == [p <= rate for p in adjusted]


def test_where_nothing_changed_one_in_twenty_tests_says_so():
    rng = random.Random(4)

    def drawn():
        return [Observed(round(30 * math.exp(rng.gauss(0, 0.4))), True) for _ in range(40)]

    said = sum(log_rank(drawn(), drawn()).p < 0.05 for _ in range(400))
    assert 8 <= said <= 34
