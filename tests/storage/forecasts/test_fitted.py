import json

import numpy as np
import pytest

from storage.forecasts._fitted import Fitted, fitted_from, quantiles
from storage.forecasts._knots import knots_from
from storage.forecasts._lead_time_fit import fit
from tests.storage.forecasts.generated import TODAY, placed, steady


def made(*, gone=None):
    steps = [((2, 6), (0.5, 0.0)), ((3,), (0.0,)), ((4, 8), (0.5, 0.25)), ((9,), (0.0,))]
    paths = ((), ("A",), ("A", "s1"), ("B", "s1"))
    return Fitted(("category", "supplier"), paths, np.array([50.0, 20.0, 4.0, 12.0]),
                  knots_from(steps), gone)  # fmt: skip


def test_an_order_follows_the_nearest_part_that_is_known():
    found = made()
    assert found.follow({"category": "A", "supplier": "s1"}).number == 2
    assert found.follow({"category": "A", "supplier": "s9"}).number == 1
    assert found.follow({"supplier": "s1"}).number == 0


def test_the_level_that_carries_it_is_the_nearest_with_ten_orders_of_its_own():
    found = made()
    assert found.follow({"category": "A", "supplier": "s1"})[1:] == (4.0, "category")
    assert found.follow({"category": "B", "supplier": "s1"})[1:] == (12.0, "supplier")
    assert found.follow({})[1:] == (50.0, "company")


def test_a_supplier_in_two_categories_is_told_by_the_weight_of_each():
    curve, n = made().of("supplier", "s1")
    assert n == 16
    assert curve.at(4) == pytest.approx((4 * 0.5 + 12 * 1) / 16)
    assert curve.at(9) == pytest.approx(4 * 0.25 / 16)
    assert made().of("supplier", "s2") is None
    assert made().of("item", "s1") is None


def test_what_ever_arrives_is_the_sum_of_what_comes_before_it_is_called_off():
    # half are called off by the third day of those that wait
    found = made(gone=knots_from([((3,), (0.5,))] * 4))
    ever = found.arrives(np.array([0, 0, 2]), np.array([0, 2, 0]))
    assert ever == pytest.approx([0.5 + 0.5 * 0.5, 0.5, 0.5 * 0.5 + 0.25 * 0.5])


def test_a_chance_is_the_share_that_came_and_never_sure():
    found, first = made(), np.array([0])
    [one] = found.chance(first, np.array([0]), np.array([2]))
    assert one == pytest.approx((60 * 0.5 + 0.5) / 61)
    [sure] = found.chance(first, np.array([2]), np.array([9]))
    assert 0.95 < sure < 1
    [older] = found.chance(first, np.array([50]), np.array([80]))
    assert older == 0.5  # nothing so old was ever seen


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_fit_comes_back_from_json_as_it_was(is_gone):
    rng = np.random.default_rng(1)
    n = 600
    orders = steady(rng, n, since=300, supplier=rng.integers(0, 5, n), item=rng.integers(0, 9, n))
    if is_gone:
        orders.left[:50] = orders.start[:50] + 3
        orders.end[:50] = 0
    fitted = fit(orders, TODAY, ("supplier", "item")).fitted
    again = fitted_from(json.loads(json.dumps(fitted.as_json())))
    kept = [fitted.numbers[path] for path in again.paths]
    assert (quantiles(fitted.knots, np.array(kept)) == quantiles(
        again.knots, np.arange(len(kept)))).all()  # fmt: skip
    assert (again.gone is not None) is is_gone
    ages = np.zeros(len(kept), np.int64)
    assert again.arrives(np.arange(len(kept)), ages) == pytest.approx(
        fitted.arrives(np.array(kept), ages), abs=1e-4
    )


def test_parts_with_hardly_an_order_of_their_own_are_not_kept():
    start = [TODAY - 400, *[TODAY - 30] * 9]
    fitted = fit(placed(start, [5] * 10, supplier=[1] + [0] * 9), TODAY, ("supplier",)).fitted
    assert len(fitted.paths) == 3
    assert len(fitted.as_json()["parts"]) == 2
