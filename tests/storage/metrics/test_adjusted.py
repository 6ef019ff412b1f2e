"""Intervals of the mean of few answers on a scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.metrics._adjusted import adjusted, differ


@given(st.lists(st.integers(1, 7), min_size=2, max_size=50))
def test_it_leans_to_the_middle_of_the_scale_and_is_never_of_no_width(scores):
    found = adjusted(sum(scores), sum(one**2 for one in scores), len(scores), 1, 7)
    plain = sum(scores) / len(scores)
    assert min(plain, 4) - 1e-9 <= found.middle <= max(plain, 4) + 1e-9
    assert found.reach > 0


def test_the_side_of_a_scale_makes_no_difference():
    up, down = adjusted(9, 21, 5, 0, 3), adjusted(6, 12, 5, 0, 3)
    assert up.middle - 1.5 == pytest.approx(1.5 - down.middle)
    assert up.reach == pytest.approx(down.reach)


def test_of_one_answer_nothing_is_known():
    assert adjusted(7, 49, 1, 1, 7) is None
    assert not differ(None, adjusted(14, 98, 2, 1, 7))
