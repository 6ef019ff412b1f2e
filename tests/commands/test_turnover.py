"""`turnover` as people ask it."""

import random
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.stock_world import day, item, lies, stocked, used
from tests.sizes import ROWS, SECONDS
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("turnover"))


def steady(world, name, category, cost, *, on_hand, per_day, days=800):
    """Sold at that rate and refilled every day, so that as much lies there on all days."""
    what = item(world, name, category, cost)
    for back in range(1, days + 1):
        world.move(what, "supplier", "North/stock", day(-back), qty=per_day, value=per_day * cost)
        world.move(what, "North/stock", "customer", day(-back), qty=per_day, value=per_day * cost)
    lies(world, what, on_hand)
    return what


@pytest.fixture(scope="module")
def even(tmp_path_factory):
    """Coils turn 365 × 2 / 146 = 5 times a year, bolts once; there is nothing else."""
    world = World(tmp_path_factory.mktemp("even"))
    world.places("North")
    steady(world, "Coil", "Steel", 10, on_hand=146, per_day=2)
    steady(world, "Bolt", "Fasteners", 1, on_hand=365, per_day=1)
    synced(world)
    return world


@pytest.mark.slow
def test_the_dialogue(even):
    verify(even, [
        ("turnover", "answer", "**Stock turns 4.2 times a year** (87 days of inventory)",
         "EUR 1,825 of stock on average.", "● About as in the 365 days before: 4.2 times a year",
         "Steel | 5.0 | 73.0 | 1460 | 7300 | 5.0", "Fasteners | 1.0 | 365.0 | 365 | 365 | 1.0"),
        ("turnover by item", "answer", "Coil | 5.0", "Bolt | 1.0"),
        ("turns coil", "answer", "**Coil turns 5.0 times a year** (73 days"),
        ("turnover Fasteners", "answer", "**Fasteners turns 1.0 times a year**", "Bolt | 1.0"),
        ("turnover by site", "answer", "North | 4.2"),
        ("turnover by month", "answer", "Mar 2026 | 4.2", "Apr 2025 | 4.2"),
        ("turnover last 30 days", "answer", "times a year**", "in the 30 days before"),
        ("turnover last 7 days", "answer", "**Stock turns 4.2 times a year**"),
        ("turnover in North", "answer", "**Stock turns 4.2 times a year**"),
        ("turnover today", "notice", "n/a until"),
        ("turnover col", "error", "[Coil]"),
        ("turnover by colour", "error", "can't be split by “colour”"),
        ("turnover help", "notice", "Usage"),
    ])  # fmt: skip


def figures(said):
    return {one.name: one.value for one in said.readings}


def test_figures_with_the_cost_of_holding_the_stock(even):
    found = figures(say(even, "turnover"))
    assert found["days of inventory"] == pytest.approx(1825 / 7665 * 365)
    assert (found["cost of goods a year"], found["average stock"]) == (7665, 1825)
    assert found["holding cost a year, assumed 20%"] == 365
    said = say(even, "turnover", carry_rate=Decimal("0.1"))
    assert figures(said)["holding cost a year"] == Decimal("182.5")
    assert "assumption" not in words_of(said)


def test_the_chart_is_what_it_was_worth_at_the_end_of_each_month(even):
    chart = say(even, "turnover").chart
    assert chart.unit == "EUR"
    assert chart.x[-2:] == ("28 Feb 26", "19 Mar 26")
    assert set(chart.series[0].values) == {1825}


def test_slow_stock_stands_out(even):
    table = say(even, "turnover").table
    assert [table.rows[at][0] for at in sorted(table.bold)] == ["Fasteners"]


def test_what_is_left_out_is_said_and_what_counted_is_in_the_evidence(world):
    said = say(world, "turnover by item", rows=True)
    assert "1 item no longer used, left out" in words_of(said)
    states = {(row[0], row[1]): row[-1] for row in said.evidence.rows}
    assert states["Bolt", "South"] == "counted"
    assert ("Nut", "North") not in states


def test_nothing_sold_is_said(world):
    verify(world, [("turnover frame last 30 days", "answer", "**Frame: nothing was sold**")])


def test_production_uses_up_an_item_and_sells_nothing(tmp_path):
    world = World(tmp_path)
    world.places("North")
    coil = item(world, "Coil", "Steel", 10)
    world.move(coil, "supplier", "North/stock", day(-400), qty=500)
    world.move(coil, "North/stock", "production", day(-100), qty=100)
    lies(world, coil, 400)
    synced(world)
    verify(world, [
        ("turnover", "answer", "**Stock: nothing was sold**"),
        ("turnover coil", "answer", "**Coil turns 0.2 times a year**"),
        ("turnover by category", "answer", "**Stock: nothing was sold**", "Steel | 0.21 | ",
         "what production used up counts too"),
    ])  # fmt: skip


def test_two_currencies_without_a_rate_are_no_one_figure(tmp_path):
    world = World(tmp_path)
    world.places("North")
    for code in ("EUR", "USD"):
        coil = world.item(f"Coil {code}", unit_cost=Decimal(10), currency=code)
        used(world, coil, on_hand=50, per_day=1)
    synced(world)
    verify(world, [("turnover", "answer", "no one figure** without rates", "EUR 2,3", "+ USD 2,3")])
    found = say(world, "turnover by item")
    assert {row[0]: row[1] is not None for row in found.table.rows} == {
        "Coil EUR": True, "Coil USD": True,
    }  # fmt: skip


def test_without_moves_it_is_na_until_enough_is_known(tmp_path):
    world = World(tmp_path)
    coil = item(world, "Coil", "Steel", 10)
    world.level(coil, 5, as_of=NOW - timedelta(days=3))
    synced(world)
    verify(world, [("turnover", "notice", "Turnover is n/a until 2026-04-14", "stock moves")])


def test_without_a_cost_the_answer_says_what_it_would_need(tmp_path):
    world = World(tmp_path)
    world.places("North")
    used(world, world.item("Coil"), on_hand=5, per_day=1)
    verify(world, [("turnover", "notice", "No cost is known of any item", "a unit cost")])


def test_without_stock_the_answer_says_what_it_would_need(tmp_path):
    verify(World(tmp_path), [("turnover", "notice", "No stock is known", "stock levels")])


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers", "revenue")) for line in
            ("turnover", "turnover coil", "turnover invented")]  # fmt: skip
    assert all(isinstance(one, Notice) and one.error for one in said)
    assert len({words_of(one) for one in said}) == 1


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "turnover", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")


@pytest.mark.slow
def test_many_moves_are_answered_in_seconds(tmp_path):
    world, rng = World(tmp_path), random.Random(1)
    world.places("North")
    for number in range(ROWS // 100):
        coil = item(world, f"Coil {number}", f"Kind {number % 20}", 10)
        lies(world, coil, rng.randrange(100))
        for _ in range(100):
            world.move(coil, "North/stock", "customer", day(-rng.randrange(1, 720)))
    synced(world)
    world.save()
    for line in ("turnover", "turnover by item", "turnover by month"):
        # whatever else the machine does: the better of two
        assert min(seconds(world, line) for _ in range(2)) < SECONDS, line


def seconds(world, line):
    begun = time.process_time()
    assert not isinstance(say(world, line), Notice)
    return time.process_time() - begun
