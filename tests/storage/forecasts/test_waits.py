import numpy as np
import pytest

from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import knots_from
from storage.forecasts._waits import DAYS, Coming, certain, waits, waits_by

TEN_OR_TWENTY = knots_from([([10, 20], [0.5, 0.0]), ([5], [0.0])])
MANY = 1e9


def fitted(n=MANY):
    return Fitted(("item",), ((), ("bolt",)), np.full(2, n), TEN_OR_TWENTY, None)


def coming(*rows):
    item, curve, age, start = np.array(rows, np.int64).reshape(-1, 4).T
    return Coming(item, curve, age, start)


def test_an_order_of_today_comes_as_the_curve_says():
    late = waits(1, (fitted(), coming((0, 0, 0, 0))))[0]
    assert late[[0, 9, 10, 19]] == pytest.approx([1, 1, 0.5, 0.5])
    assert late[20] == pytest.approx(0, abs=1e-6)
    assert late.shape == (DAYS,)


def test_an_open_order_comes_given_its_age():
    late = waits(1, (fitted(), coming((0, 0, 12, 12))))[0]
    assert late[[0, 7]] == pytest.approx([1, 1])
    assert late[8] == pytest.approx(0, abs=1e-6)


def test_one_that_is_looked_at_before_its_day_has_a_day_more_to_come_on():
    # before the day it was 9 days old, and on the day itself it may come
    assert waits(1, (fitted(), coming((0, 0, 9, 10))))[0][0] == pytest.approx(0.5)
    assert waits(1, (fitted(), coming((0, 1, -1, 0))))[0][4] == pytest.approx(1)


def test_of_several_orders_the_first_counts_whichever_side_it_is_of():
    both = waits(1, (fitted(), coming((0, 0, 0, 0), (0, 0, 0, 0))))[0]
    assert both[10] == pytest.approx(0.25)
    sides = waits(1, (fitted(), coming((0, 0, 0, 0))), (fitted(), coming((0, 1, 0, 0))))[0]
    assert sides[5] == pytest.approx(0, abs=1e-6)


def test_where_nothing_is_waited_for_nothing_comes():
    late = waits(2, (fitted(), coming((1, 0, 0, 0))))
    assert (late[0] == 1).all()
    assert (waits(1, (fitted(), coming())) == 1).all()


def test_few_orders_do_not_make_it_sure_that_it_comes():
    few, many = (waits(1, (fitted(n), coming((0, 0, 0, 0))))[0][-1] for n in (0.0, 200.0))
    assert many < few < 0.06


def test_a_known_day_and_a_curve_as_it_is():
    assert certain(np.array([0, 3]))[:, :4].tolist() == [[0, 0, 0, 0], [1, 1, 1, 0]]
    late = waits_by(knots_from([([10, 20], [0.5, 0.25])]), 12)[0]
    assert late[[0, 8, DAYS - 1]] == pytest.approx([1, 0.5, 0.5])
