import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatisticalWarning

from storage.forecasts import _hierarchy
from storage.forecasts._hierarchy import LEAN, grown, levels_of
from storage.forecasts._orders import seen_before
from tests.storage.forecasts.generated import TODAY, lognormal, placed, steady


def curves(orders, *dimensions):
    levels = levels_of(orders, dimensions)
    return levels, grown(levels, seen_before(orders, TODAY))


def test_the_curve_of_the_company_is_another_s_weighted_kaplan_meier():
    rng = np.random.default_rng(1)
    orders = steady(rng, 300, since=200)
    _, found = curves(orders)
    seen = seen_before(orders, TODAY)
    with pytest.warns(StatisticalWarning, match="weights"):
        judge = KaplanMeierFitter().fit(seen.days, seen.ended, weights=seen.weight)
    days = np.arange(found.grid.shape[1])
    assert np.allclose(found.grid[0], judge.survival_function_at_times(days), atol=1e-9)


def test_a_part_leans_on_its_parent_with_ten_orders_of_the_parent_s_curve():
    # one order of the part, of 4 days; the company's: half after 2, all after 6
    orders = placed([TODAY - 10] * 4, [2, 2, 6, 6], supplier=[0, 0, 0, 0])
    orders.codes["supplier"][0] = 2
    orders.names["supplier"].append("supplier 1")
    orders.end[0] = TODAY - 6  # 4 days
    levels, found = curves(orders, "supplier")
    company = found.grid[0]
    assert company[[1, 2, 4, 6]].tolist() == pytest.approx([1, 0.75, 0.5, 0])
    own = found.grid[found.place[1][levels[1].parts[0]]]
    weight = 0.5 ** (10 / 180)
    at_risk = weight + LEAN
    first = 1 - LEAN * 0.25 / at_risk
    second = first * (1 - (weight + LEAN * 0.25) / (weight + LEAN * 0.75))
    assert own[2] == pytest.approx(first)
    assert own[4] == pytest.approx(second)


def test_a_part_with_many_orders_goes_by_itself_and_one_with_none_by_its_parent():
    rng = np.random.default_rng(2)
    n = 4_000
    supplier = np.arange(n) % 2
    days = np.where(supplier, lognormal(rng, n, 60), lognormal(rng, n, 20))
    orders = placed(TODAY - rng.integers(300, 500, n), days, supplier=supplier)
    _, found = curves(orders, "supplier")
    halves = [(found.grid[at] <= 0.5).argmax() for at in found.place[1]]
    assert halves == pytest.approx([20, 60], rel=0.1)


def test_a_dimension_that_tells_nothing_apart_is_no_level():
    orders = placed([TODAY - 9] * 2, [1, 2], supplier=[0, 1], item=[3, 3])
    assert [one.dimensions for one in levels_of(orders, ("category", "supplier", "item"))] == [
        (), ("supplier",),
    ]  # fmt: skip


def test_of_too_many_parts_the_lightest_follow_their_parent(monkeypatch):
    monkeypatch.setattr(_hierarchy, "MOST_PARTS", 2)
    supplier = [0, 0, 0, 1, 1, 2]
    orders = placed([TODAY - 30] * 6, [5] * 6, supplier=supplier)
    levels, found = curves(orders, "supplier")
    assert found.place[1][levels[1].parts].tolist() == [1, 1, 1, 2, 2, 0]


def test_numbers_beyond_a_table_are_numbered_alike(monkeypatch):
    values = np.array([70, 3, 70, 12])
    small = _hierarchy._numbered(values)
    monkeypatch.setattr(_hierarchy, "_MANY", 1)
    large = _hierarchy._numbered(values)
    assert [one.tolist() for one in small] == [one.tolist() for one in large]
