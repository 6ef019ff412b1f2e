"""`lead-time` as people ask it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.storage.world import World

TODAY = NOW.date()


@pytest.fixture
def world(tmp_path):
    """Borealis took 30 days and takes 42 now; Cobalt takes 7; of its last order nothing came."""
    world = World(tmp_path)
    borealis, cobalt = (
        world.supplier("Borealis Steel", country="SE"),
        world.supplier("Cobalt Glass"),
    )
    coil, pane = world.item("Coil", category="Steel"), world.item("Pane", category="Glass")
    world.site("Main site", source_id="main")
    for days in range(3, 240, 3):
        bought(world, borealis, coil, days, takes=42 if days <= 60 else 30)
    for days in range(9, 240, 5):
        bought(world, cobalt, pane, days, takes=7)
    world.purchase(cobalt, pane, TODAY - timedelta(4))
    synced(world)
    return world


def bought(world, supplier, item, days, *, takes):
    day = TODAY - timedelta(days)
    received = day + timedelta(takes) if takes < days else None
    world.purchase(supplier, item, day, received=received, site="main")


def test_the_dialogue(world):
    verify(world, [
        ("lead-time", "answer", "**A purchase takes", "Borealis Steel | 42", "Cobalt Glass | 7"),
        ("lead-time borealis", "answer", "**Borealis Steel takes 42 days** (median)",
         "▲ slower by 12 days than in the 30 days before: 30 days then.", "Coil | 42"),
        ("leadtime Borealis Steel by category", "answer", "Category", "Steel | 42"),
        ("lead time cobalt by item", "answer", "● About as in the 30 days before: 7 days then."),
        ("lead-time borealis vs last year", "answer", "Too few orders a year before"),
        ("lead-time borealis in 2025", "answer", "**Borealis Steel takes 30 days**"),
        ("lead-time by month", "answer", "to 20 Mar 2026 | ", "to 1 Mar 2026 | "),
        ("lead-time in Main site", "answer", "**A purchase takes"),
        ("lead-time by lane", "answer", "SE → Main site | "),
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
    assert (said.basis[0].n, said.basis[0].open) == (6, 1)


def test_the_chart_shows_what_the_answer_would_have_been(world):
    chart = say(world, "lead-time borealis").chart
    assert chart.x[-2:] == ("1 Mar", "20 Mar")
    assert chart.series[0].values[-1] == 42
    # the first orders were placed in July: a period before them has nothing
    assert chart.series[0].values[:2] == (30, 30)


def test_on_the_first_of_a_month_no_date_is_drawn_twice(world):
    chart = say(world, "lead-time", now=datetime(2026, 3, 1, 12, tzinfo=UTC)).chart
    assert chart.x[-1] == "1 Mar"
    assert len(set(chart.x)) == len(chart.x)


def test_a_slowdown_is_said_while_a_cohort_would_not_know_it_yet(world):
    found = {one.name: one.value for one in say(world, "lead-time borealis").readings}
    assert (found["median"], found["median before"]) == (42, 30)
    assert found["median in working days"] == 30


def test_too_few_under_way_is_the_orders_placed_and_says_so(tmp_path):
    world = World(tmp_path)
    for days in (40, 80, 120, 160, 200):
        bought(world, world.supplier("Rare"), None, days, takes=30)
    synced(world)
    verify(world, [("lead-time", "answer", "takes 30 days", "Fewer than 5 were under way")])


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
