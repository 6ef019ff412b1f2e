"""`lead-time` as people ask it."""

from datetime import date, timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.storage.world import World

TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    """Borealis took 30 days and takes 42 now; Cobalt takes 7; of its last order nothing came."""
    world = World(tmp_path)
    borealis, cobalt = world.supplier("Borealis Steel"), world.supplier("Cobalt Glass")
    coil, pane = world.item("Coil", category="Steel"), world.item("Pane", category="Glass")
    for days in range(50, 90, 4):
        bought(world, borealis, coil, days, takes=42)
    for days in range(100, 170, 7):
        bought(world, borealis, coil, days, takes=30)
    for days in range(10, 170, 10):
        bought(world, cobalt, pane, days, takes=7)
    world.purchase(cobalt, pane, TODAY - timedelta(5))
    synced(world)
    return world


def bought(world, supplier, item, days, *, takes):
    day = TODAY - timedelta(days)
    world.purchase(supplier, item, day, received=day + timedelta(takes))


def test_the_dialogue(world):
    verify(world, [
        ("lead-time", "answer", "**A purchase takes", "Borealis Steel | 42", "Cobalt Glass | 7"),
        ("lead-time borealis", "answer", "**Borealis Steel takes 42 days** (median)",
         "▲ slower by 12 days than in the 90 days before: 30 days then.", "Coil | 42"),
        ("leadtime Borealis Steel by category", "answer", "Category", "Steel | 42"),
        ("lead time cobalt by item", "answer", "● About as in the 90 days before: 7 days then."),
        ("lead-time coil", "answer", "**Coil takes 42 days**"),
        ("/leadtime borealis coil", "answer", "**Borealis Steel, Coil takes 42 days**"),
        ("lead-time this quarter by supplier", "answer", "by this time of the quarter before"),
        ("lead-time boreals", "error", "I know no “boreals”", "[Borealis Steel]"),
        ("lead-time by colour", "error", "can't be split by “colour”", "[by supplier]"),
        ("lead-time last 0 days", "error", "not a window"),
        ("lead-time since 2031-01-01", "error", "still to come"),
        ("lead-time last day", "notice", "No purchases"),
        ("lead-time help", "notice", "Usage"),
    ])  # fmt: skip


def test_the_row_to_look_at_is_the_one_that_got_slower(world):
    table = say(world, "lead-time").table
    assert [table.rows[at][0] for at in sorted(table.bold)] == ["Borealis Steel"]


def test_open_orders_count(world):
    said = say(world, "lead-time cobalt last 30 days")
    assert (said.basis[0].n, said.basis[0].open) == (4, 1)


def test_the_chart_shows_what_the_answer_would_have_been(world):
    chart = say(world, "lead-time borealis").chart
    assert chart.x[-1] == "20 Mar"
    assert chart.series[0].values[-1] == 42
    assert chart.series[0].values[0] is None


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers")) for line in
            ("lead-time", "lead-time borealis", "lead-time invented")]  # fmt: skip
    assert all(isinstance(one, Notice) and one.error for one in said)
    assert len({words_of(one) for one in said}) == 1
    assert "Borealis" not in words_of(said[0])


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "lead-time", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")
    assert said.basis[0].sources[0].stale


def test_a_source_that_was_never_read_is_stale(tmp_path):
    world = World(tmp_path)
    world.purchase(None, None, date(2026, 3, 1), received=date(2026, 3, 9))
    world.synced(world.erp, "orders", "purchaseorder", None)
    assert "has not been read yet" in say(world, "lead-time").summary.text


def test_too_few_to_tell_is_said_and_not_guessed(tmp_path):
    world = World(tmp_path)
    for _ in range(3):
        world.purchase(None, None, TODAY - timedelta(10))
    said = say(world, "lead-time")
    assert "not yet estimable" in said.summary.text
    assert said.readings[0].value is None
