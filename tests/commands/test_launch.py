"""`launch` as people ask it."""

from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.stock_world import bought, day, item, lies, stocked, used
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A desk that began at 1 a day 100 days ago and runs at 2; more comes in 10 or 30 days."""
    world = stocked(tmp_path_factory.mktemp("launch"))
    desk = item(world, "Desk Mono", "Desks", 80)
    world.move(desk, "supplier", "North/stock", day(-101), qty=400)
    for back in range(1, 101):
        world.move(desk, "North/stock", "customer", day(-back), qty=1 if back > 50 else 2)
    for back in range(40, 120, 2):
        bought(world, desk, -back, takes=30 if back % 4 else 10)
    lies(world, desk, 40)
    new = item(world, "Lamp", "Lamps", 8)
    used(world, new, on_hand=9, per_day=1, days=4)
    return world


@pytest.mark.slow
def test_the_dialogue(world):
    verify(world, [
        ("launch desk", "answer", "**Desk Mono runs at 61 a month**",
         "against its first 4 weeks at 30 (200 %)", "in 100 to run out before more comes.",
         "No plan was given"),
        ("launch Desk Mono plan 50 a month", "answer", "61 a month** against a plan of 50 (122 %)",
         "half of new orders are there in"),
        ("launch desk plan 1 per day in North", "answer", "against a plan of 30 (200 %)"),
        ("launch coil", "answer", "**Coil runs at 304 a month**", "100 in 100 to run out",
         "300 more: 1 Apr."),
        ("launch pane", "answer", "it is out now", "Too few purchases or days of demand"),
        ("launch lamp", "answer", "**Lamp is too new**: used since 16 Mar."),
        ("launch frame", "answer", "**Nothing of Frame was used yet**."),
        ("launch", "answer", "**The newest item is Lamp**, first moved 15 Mar; the 6 newest of 6:",
         "Lamp | 15 Mar | None", "Desk Mono | "),
        ("launch nut", "notice", "No stock of Nut is known"),
        ("launch desc", "error", "I know no “desc”", "[Desk Mono]"),
        ("launch desk plan many", "error", "I can't read that plan", "plan 50 a month"),
        ("launch help", "notice", "Usage"),
    ])  # fmt: skip


def figures(said):
    return {one.name: (one.value, one.low, one.high) for one in said.readings}


def test_the_chance_has_its_bounds_and_its_seed_is_said(world):
    said = say(world, "launch desk")
    share, low, high = figures(said)["chance to run out"]
    assert 0 < low < share < high < 1
    # 40 on hand last 20 days: half of the orders take 30 days
    assert share == pytest.approx(0.5, abs=0.15)
    assert "500 paths from seed" in words_of(said)


def test_the_chart_has_the_weeks_since_the_first_use_and_the_plan(world):
    chart = say(world, "launch desk plan 10 a week").chart
    used_, plan = chart.series
    assert len(chart.x) == 14
    assert used_.values[-1] == 14
    assert plan.values == pytest.approx((10,) * 14)
    assert say(world, "launch lamp").chart is None


def test_the_same_question_has_the_same_answer(world):
    assert figures(say(world, "launch desk")) == figures(say(world, "launch desk"))


def test_without_stock_the_answer_says_what_it_would_need(tmp_path):
    verify(World(tmp_path), [("launch", "notice", "No stock is known", "stock levels")])


def test_nothing_that_moved_is_said(tmp_path):
    world = World(tmp_path)
    lies(world, item(world, "Coil", "Steel", 1), 5)
    synced(world)
    verify(world, [("launch", "answer", "**No item has moved yet**.")])


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers", "revenue")) for line in
            ("launch", "launch coil", "launch invented")]  # fmt: skip
    assert all(isinstance(one, Notice) and one.error for one in said)
    assert len({words_of(one) for one in said}) == 1


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "launch desk", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")
