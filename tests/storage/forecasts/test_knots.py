import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storage.forecasts._knots import NEVER, knots_from, knots_of

falls = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60)


def grid_of(rows):
    width = max(map(len, rows))
    return np.cumprod([row + [1.0] * (width - len(row)) for row in rows], axis=1)


@given(st.lists(falls, min_size=1, max_size=4))
def test_the_steps_kept_tell_survival_to_four_in_a_thousand(rows):
    grid = grid_of(rows)
    knots = knots_of(grid)
    for number, row in enumerate(grid):
        days = np.arange(len(row))
        found = knots.survival(np.full(len(row), number), days)
        assert np.abs(found - row).max() <= 0.004 + 1e-6


@given(st.lists(falls, min_size=1, max_size=4), st.integers(0, 59))
def test_quantiles_are_those_of_the_curve_by_itself(rows, age):
    knots = knots_of(grid_of(rows))
    for number in range(len(knots)):
        curve, which = knots.curve(number, 1), np.array([number])
        for share in (0.5, 0.8, 0.9):
            whole, after = curve.quantile(share), curve.quantile_after(share, age)
            assert knots.reached(which, share)[0] == (NEVER if whole is None else whole)
            found = knots.reached(which, share, np.array([age]))[0]
            assert found == (NEVER if after is None else after)


def test_halves_fifths_and_tenths_are_met_to_the_day():
    grid = np.linspace(1, 0, 1001)[None, 1:]
    knots, first = knots_of(grid), np.array([0])
    assert [knots.reached(first, share)[0] for share in (0.5, 0.8, 0.9)] == [499, 799, 899]


def test_a_curve_without_a_step_never_gets_there():
    knots = knots_from([((), ()), ((3,), (0.4,))])
    both = np.array([0, 1])
    assert knots.reached(both, 0.5).tolist() == [NEVER, 3]
    assert knots.survival(both, np.array([9, 9])).tolist() == [1.0, 0.4]
