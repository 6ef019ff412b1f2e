from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest

from storage.curves import Observed, kaplan_meier
from storage.metrics._replenishment import Due
from storage.metrics.run_out import _awaited, chance

DAYS = [10, 12, 15, 20, 20, 25, 30, 40, 55, 60]
CURVE = kaplan_meier(Observed(days, True) for days in DAYS)


def test_with_the_same_demand_every_day_it_is_the_share_of_orders_that_take_longer():
    for cover in (5, 13, 21, 39, 61):
        found = chance(cover, [1.0] * 90, CURVE)
        expected = sum(days >= cover for days in DAYS) / len(DAYS)
        assert found.low - 0.01 <= expected <= found.high + 0.01


def test_it_equals_draws_of_weeks_written_apart():
    rng = np.random.default_rng(7)
    daily = rng.poisson(4, 84) * (rng.random(84) < 0.4)
    found = chance(40, daily.astype(float).tolist(), CURVE)
    weeks, out = daily.reshape(12, 7), []
    for _ in range(6_000):
        shares = rng.dirichlet(np.ones(12))
        path = weeks[rng.choice(12, 9, p=shares)].ravel()
        out.append(path[: rng.choice(DAYS)].sum() >= 40)
    assert found.share == pytest.approx(np.mean(out), abs=0.025)
    assert found.wait == 20


def test_the_same_data_has_the_same_answer():
    assert chance(50, [1.0, 3.0] * 45, CURVE) == chance(50, [1.0, 3.0] * 45, CURVE)


def test_an_order_that_is_on_its_way_is_nearer():
    new, old = chance(20, [1.0] * 90, CURVE), chance(20, [1.0] * 90, CURVE, age=9)
    assert old.share < new.share
    # of those older than 30 days, 40, 55 and 60 were there after 10, 25 and 30 more
    found = chance(20, [1.0] * 90, CURVE, age=30)
    assert found.share == pytest.approx(2 / 3, abs=0.04)


def test_orders_that_never_came_count_as_longer_than_any_that_did():
    curve = kaplan_meier([*(Observed(10, True) for _ in range(3)), Observed(90, False)])
    found = chance(11, [1.0] * 90, curve)
    assert found.share == found.never == pytest.approx(0.25, abs=0.03)
    assert found.wait == 10
    mostly = kaplan_meier([Observed(10, True), *(Observed(90, False) for _ in range(3))])
    assert chance(11, [1.0] * 90, mostly).wait is None


def test_nothing_there_runs_out_for_sure_and_no_demand_never():
    assert chance(0, [1.0] * 90, CURVE).share == 1
    assert chance(5, [0.0] * 90, CURVE).share == 0


def test_too_little_to_draw_from_is_no_chance():
    assert chance(5, [1.0] * 13, CURVE) is None
    assert chance(5, [1.0] * 90, kaplan_meier([Observed(9, False)])) is None
    assert chance(5, [1.0] * 90, CURVE, age=60) is None


def test_an_order_of_several_lines_is_awaited_once_and_the_next_first():
    def due(ref, on, order):
        return Due(("erp", ref), ("erp", "bolt"), None, Decimal(1), on, True, date(2026, 2, 1),
                   {"supplier": ref}, order=("erp", order))  # fmt: skip

    coming = (
        due("A1", date(2026, 3, 1), "A"), due("B1", date(2026, 3, 5), "B"),
        due("A2", date(2026, 3, 9), "A"),
    )  # fmt: skip
    risk = SimpleNamespace(cover=SimpleNamespace(state="lasts", key=("erp", "bolt")), due=coming)
    kept = SimpleNamespace(bought=SimpleNamespace(follow=lambda names: names["supplier"]))
    assert [one.followed for one in _awaited(risk, {}, kept)] == ["A1", "B1"]
