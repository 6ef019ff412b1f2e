import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.forecasts._drawn import DRAWS, NEVER, UNBORN, drawn, orders_for
from storage.forecasts._knots import knots_from

CURVES = knots_from([((3, 5, 9), (0.8, 0.5, 0.0)), ((0, 10), (0.9, 0.25))])


def draws(curves, ages, keys=None):
    keys = keys or [("erp", str(number)) for number in range(len(curves))]
    return drawn(CURVES, np.array(curves), np.array(ages), "x", keys)


def counted(row):
    return dict(zip(*(one.tolist() for one in np.unique(row, return_counts=True)), strict=True))


def test_draws_lie_evenly_over_what_a_curve_says_is_left_at_an_age():
    whole, aged = draws([0, 0], [UNBORN, 4])
    assert counted(whole) == {3: 40, 5: 60, 9: 100}
    assert counted(aged) == {1: 75, 5: 125}  # of the 0.8 that are left 0.3 end on day 5


def test_what_begins_today_may_end_today_and_what_a_curve_leaves_over_never_does():
    fresh, old = draws([1, 1], [UNBORN, 0])
    assert counted(fresh) == {0: 20, 10: 130, NEVER: 50}
    assert counted(old) == {10: 144, NEVER: 56}


def test_what_is_older_than_a_curve_tells_never_ends():
    assert counted(draws([0], [9])[0]) == {NEVER: DRAWS}


def test_a_thing_has_the_same_draws_at_every_asking_and_beside_others():
    alone = draws([0], [4], [("erp", "7")])
    beside = draws([1, 0], [2, 4], [("erp", "1"), ("erp", "7")])
    assert np.array_equal(alone[0], beside[1])


def test_things_are_drawn_independently():
    keys = [("erp", str(number)) for number in range(300)]
    orders = orders_for("x", keys).astype(float)
    together = np.corrcoef(orders)[np.triu_indices(300, 1)]
    assert abs(together.mean()) < 0.01
    assert np.abs(together).max() < 0.5


def test_nothing_has_no_draws():
    assert draws([], []).shape == (0, DRAWS)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1)), min_size=1, max_size=8,
             unique_by=lambda step: step[0]),
    st.integers(-1, 70),
)  # fmt: skip
def test_a_quantile_of_the_draws_is_that_of_the_curve(steps, age):
    times = sorted(time for time, _ in steps)
    left = sorted((one for _, one in steps), reverse=True)
    knots = knots_from([(times, left)])
    row = np.sort(drawn(knots, np.array([0]), np.array([age]), "x", [("erp", "1")])[0])
    stays = knots.survival(np.array([0]), np.array([age]))[0] if age >= 0 else 1.0
    for days in range(1, 70):
        share = (row <= days).mean()
        at = knots.survival(np.array([0]), np.array([max(age, 0) + days]))[0]
        told = 1 - at / stays if stays > 1e-6 else 0.0
        assert stays <= 1e-6 or abs(share - told) <= 0.5 / DRAWS + 1e-6
