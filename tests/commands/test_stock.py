"""`stock` as people ask it."""

import random
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.stock_world import bought, day, item, lies, stocked, used
from tests.sizes import ROWS, SECONDS
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("stock"))


def test_the_dialogue(world):
    verify(world, [
        ("stock", "answer",
         "**2 of 3 items in use may run out** before more comes; of 1 none is free",
         "Worst: Pane, out now; nothing is on order.", "Pane | 0 | 3 | 0.0 | none | None",
         "Coil | 50 | 10 | 5.0 | 1 Apr | 20", "Frame | 4 | 0 | no demand | none"),
        ("stock at risk", "answer", "**2 of 3 items in use may run out**", "Pane | ", "Coil | "),
        ("inventory At Risk", "answer", "Stock at risk"),
        ("stock by category", "answer", "Glass | 1 | 1 | 1 | 0", "Steel | 2 | 0 | 1 | 900",
         "Fasteners | 1 | 0 | 0 | 1000"),
        ("stock by sites", "answer", "North | 4 | 1 | 2 | 1800", "South | 1 | 0 | 0 | 100"),
        ("stock in South", "answer", "**Nothing is used**: no demand for any of 1 item."),
        ("stock Fasteners", "answer", "Stock Fasteners", "**What runs out can't be told**"),
        ("stock glass at risk", "answer", "**1 of 1 item in use may run out**"),
        ("stock coil", "answer", "**Coil lasts 5 days**: 50 on hand, 10 a day.",
         "▲ 300 more: 1 Apr, 7 days after it runs out on 25 Mar.",
         "Order at 200 for a service of 95 % (it is below"),
        ("stock bolt", "answer", "**Bolt lasts 500 days**", "North | 900 | 900", "South | 100"),
        ("stock bolt in South", "answer", "**Bolt at South: 100 on hand**, and no demand"),
        ("stock pane", "answer", "**Pane is out**: 0 on hand, 3 a day are wanted.",
         "Nothing is on order.", "Too few orders of it to tell a lead time: no reorder point."),
        ("stock frame", "answer", "**Frame: 4 on hand**, and no demand in 90 days."),
        ("stock nut", "notice", "No stock of Nut is known"),
        ("stock coyl", "error", "I know no “coyl”", "[Coil]"),
        ("stock by colour", "error", "can't be split by “colour”", "[by category]"),
        ("stock last 30 days", "answer", "Stock is what lies there now"),
        ("stock help", "notice", "Usage"),
    ])  # fmt: skip


def figures(said):
    return {one.name: one.value for one in said.readings}


def test_figures_of_all_items(world):
    found = figures(say(world, "stock"))
    assert (found["items at risk"], found["items in use"]) == (2, 3)
    assert found["items out now"] == 1 / 3
    assert found["stock at cost"] == 50 * 10 + 1000 + 400
    # panes were sold as they came, so one lay there on no day but the last before each sale
    assert 0 <= found["stock-out rate"] <= 1
    assert (found["items that don't move"], found["stock that doesn't move"]) == (2, 1400)


def test_figures_of_one_item(world):
    found = figures(say(world, "stock coil"))
    assert (found["on hand"], found["used a day"], found["cover"]) == (50, 10, 5)
    assert (found["reorder point"], found["safety stock"]) == (200, 0)
    assert (found["mean lead time"], found["spread of lead time"]) == (20, 0)


def test_the_chart_ends_with_what_lies_there_now(world):
    chart = say(world, "stock coil").chart
    assert (chart.x[-1], chart.series[0].values[-1]) == ("now", 50)
    # of that week's last day; ten were sold on each of the five days since
    assert chart.series[0].values[-2] == 50 + 5 * 10
    assert len(chart.x) == 14


def test_what_is_left_out_is_said(world):
    assert "1 item no longer used, left out" in words_of(say(world, "stock"))


def test_the_rows_to_look_at_are_those_at_risk(world):
    table = say(world, "stock").table
    assert [table.rows[at][0] for at in sorted(table.bold)] == ["Pane", "Coil"]


def test_nothing_at_risk_is_an_answer(tmp_path):
    world = World(tmp_path)
    world.places("North")
    world.steel = world.supplier("Borealis Steel")
    coil = item(world, "Coil", "Steel", 1)
    for back in range(60, 400, 4):
        bought(world, coil, -back, takes=20)
    used(world, coil, on_hand=900, per_day=2, days=100)
    synced(world)
    verify(
        world, [("stock at risk", "answer", "**Nothing runs out** before more comes, of 1 item")]
    )
    assert say(world, "stock at risk").table is None
    used(world, item(world, "Bolt", "Fasteners", 1), on_hand=4, per_day=2, days=100)
    verify(world, [("stock", "answer",
                    "**Nothing of the 1 that can be told runs out** before more comes; of 1 it",
                    "1 item in use without any lead time known: not said to be")])  # fmt: skip


def test_where_nothing_can_be_told_it_is_no_all_clear(tmp_path):
    world = World(tmp_path)
    world.places("North")
    bolt = item(world, "Bolt", "Fasteners", 1)
    used(world, bolt, on_hand=4, per_day=2, days=100)
    used(world, item(world, "Nut", "Fasteners", 1), on_hand=4, per_day=2, days=100)
    synced(world)
    verify(world, [("stock", "answer",
                    "**What runs out can't be told**: no lead time is known of 2 items in use",
                    "2 items in use without any lead time known")])  # fmt: skip
    # an order without a day tells no more; one with a day does
    world.purchase(world.supplier("Borealis Steel"), bolt, day(-1), qty=9, site="North")
    assert "can't be told" in say(world, "stock").summary.text
    world.purchase(world.supplier("Dune"), bolt, day(-1), qty=9, promised=day(1), site="North")
    text = say(world, "stock").summary.text
    assert text == (
        "**Nothing of the 1 that can be told runs out** before more comes; of 1 it can't be told."
    )


def test_without_stock_the_answer_says_what_it_would_need(tmp_path):
    world = World(tmp_path)
    verify(world, [("stock", "notice", "No stock is known", "stock levels")])


def test_a_level_alone_answers_what_it_can(tmp_path):
    world = World(tmp_path)
    coil = item(world, "Coil", "Steel", 10)
    lies(world, coil, 30)
    world.sale(world.customer("Acme"), day(-20), item=coil, qty=60, shipped=day(-10))
    synced(world)
    said = say(world, "stock coil")
    assert "too new to tell" not in said.summary.text
    assert said.chart is None
    assert figures(said)["used a day"] == 6


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers", "revenue")) for line in
            ("stock", "stock coil", "stock invented")]  # fmt: skip
    assert all(isinstance(one, Notice) and one.error for one in said)
    assert len({words_of(one) for one in said}) == 1


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "stock", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")


def test_as_of_a_past_day_the_answer_is_that_days(world):
    found = figures(say(world, "stock coil", now=NOW - timedelta(days=10)))
    assert found["on hand"] == 50 + 10 * 10


@pytest.mark.slow
def test_many_moves_are_answered_in_seconds(tmp_path):
    world, rng = World(tmp_path), random.Random(1)
    world.places("North")
    steel = world.supplier("Borealis")
    for number in range(ROWS // 100):
        coil = item(world, f"Coil {number}", "Steel", 10)
        lies(world, coil, rng.randrange(100))
        for _ in range(20):
            line = world.purchase(steel, coil, day(-rng.randrange(30, 900)), qty=Decimal(40))
            world.receive(line, day(-rng.randrange(30)), qty=40)
        for _ in range(60):
            world.move(coil, "North/stock", "customer", day(-rng.randrange(1, 365)))
    synced(world)
    world.save()
    for line in ("stock", "stock at risk", "stock Coil 7"):
        # whatever else the machine does: the better of two
        assert min(seconds(world, line) for _ in range(2)) < SECONDS, line


def seconds(world, line):
    begun = time.process_time()
    assert not isinstance(say(world, line), Notice)
    return time.process_time() - begun
