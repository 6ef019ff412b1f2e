"""Student's t, against scipy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from storage.metrics._student import Mean, beyond, mean, t95


@settings(deadline=None)
@given(st.integers(1, 3000))
def test_the_quantile_is_scipys(freedom):
    assert t95(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-5)


def test_below_one_degree_of_freedom_there_is_none():
    with pytest.raises(ValueError, match="at least one"):
        t95(0)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_interval_of_a_mean_is_scipys(values):
    found = mean(values)
    spread = stats.sem(values)
    reach = stats.t.ppf(0.975, len(values) - 1) * spread
    assert found.high - found.value == pytest.approx(reach, rel=1e-5, abs=1e-3)
    assert found.value == pytest.approx(sum(values) / len(values), abs=1e-6)


def test_nothing_has_no_mean_and_one_no_interval():
    assert mean([]) == Mean(0, None)
    assert mean([3.0]) == Mean(1, 3.0)


@settings(deadline=None)
@given(st.floats(-40, 40), st.integers(1, 60))
def test_the_chance_beyond_is_that_of_scipy(t, freedom):
    assert beyond(t, freedom) == pytest.approx(stats.t.sf(t, freedom), rel=1e-6, abs=1e-14)
