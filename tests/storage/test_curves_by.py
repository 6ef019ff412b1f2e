"""Curves of many groups at once against the curve of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import curves_by as module
from storage.curves import Observed, kaplan_meier
from storage.curves_by import curves_by

ONE = st.tuples(st.integers(0, 3), st.integers(0, 12), st.booleans(), st.integers(0, 6))


def both(every, count=4):
    """The curves at once, and those of each group."""
    watched = [(g, days, ended, min(entry, days)) for g, days, ended, entry in every]
    group, days, ended, entry = (
        np.array(column, kind)
        for column, kind in zip(
            zip(*watched, strict=True) if watched else [()] * 4, (int, int, bool, int), strict=True
        )
    )
    found = curves_by(group, count, days, ended, entry)
    # at risk from a day on: it entered half a day before
    each = [
        kaplan_meier(Observed(d, e, a - 0.5 if a else 0.0) for g, d, e, a in watched if g == number)
        for number in range(count)
    ]
    return found, each


@given(st.lists(ONE, max_size=60))
def test_every_curve_and_what_is_read_off_it_is_exactly_the_one_of_its_group(every):
    found, each = both(every)
    assert [found.curve(group) for group in range(4)] == each
    for share in (0.5, 0.9):
        told = [None if q < 0 else q for q in found.quantile(share).tolist()]
        assert told == [one.quantile(share) for one in each]
        assert found.fewest(share).tolist() == [one.fewest(share) for one in each]


def test_more_groups_than_are_multiplied_up_at_once_are_the_same(monkeypatch):
    every = [(at % 4, at % 11, at % 3 > 0, 0) for at in range(100)]
    once, each = both(every)
    monkeypatch.setattr(module, "AT_ONCE", 5)
    parts, _ = both(every)
    assert [parts.curve(group) for group in range(4)] == each
    assert once.survival == pytest.approx(parts.survival, abs=0)


def test_a_group_of_nothing_has_no_steps():
    found, _ = both([], count=4)
    assert found.n.tolist() == [0, 0, 0, 0]
    assert found.quantile(0.5).tolist() == [-1, -1, -1, -1]
