import numpy as np
import pytest

from storage.forecasts._newton import least


def test_the_least_of_a_bowl_is_found():
    found = least(lambda at: float((at[0] - 3) ** 2 + 10 * (at[1] + at[0]) ** 2), np.zeros(2))
    assert found == pytest.approx([3, -3], abs=1e-4)


def test_it_goes_downhill_where_the_function_bends_the_wrong_way():
    found = least(lambda at: float(np.log1p((at[0] - 5) ** 2)), np.array([0.0]))
    assert found == pytest.approx([5], abs=1e-3)


def test_where_it_is_flat_it_stays():
    assert least(lambda at: 1.0, np.array([2.0])) == pytest.approx([2.0])
