import numpy as np
import pytest

from storage.forecasts._placed import placed
from storage.metrics._durations_by import Spans


def spans(*rows):
    key, group, start, end, left = np.array(rows, np.int64).reshape(-1, 5).T
    return Spans(key, start, end, left, np.full(len(key), -1), (), group, 2)


def test_lines_of_a_purchase_share_one_and_what_ends_before_it_begins_is_left_out():
    found = placed(spans((0, 1, 10, 20, 0), (0, 1, 10, 0, 0), (1, 0, 12, 11, 0), (2, 0, 12, 0, 15)),
                   np.array([0, 1]), 2)  # fmt: skip
    assert found.who.tolist() == [1, 1, 0]
    assert found.share.tolist() == [0.5, 0.5, 1.0]
    assert found.until(30).tolist() == [10, 20, 3]


def test_a_supplier_without_a_number_is_left_out():
    found = placed(spans((0, 0, 10, 20, 0), (1, 1, 10, 20, 0)), np.array([-1, 0]), 1)
    assert (found.who.tolist(), found.count) == ([0], 1)


@pytest.mark.parametrize(("day", "end", "left"), [(14, 0, 0), (15, 0, 15), (20, 20, 15)])
def test_what_happened_after_a_day_is_not_known_on_it(day, end, left):
    known = placed(spans((0, 0, 10, 20, 0), (1, 0, 10, 0, 15), (2, 0, 21, 0, 0)),
                   np.array([0, 0]), 1).by(day)  # fmt: skip
    assert known.end.tolist() == [end, 0]
    assert known.left.tolist() == [0, left]
