"""`production` as people ask it."""

import time
from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.story import day, tell
from tests.sizes import ROWS, SECONDS
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = tell(World(tmp_path_factory.mktemp("production")))
    lamp = world.item("Lamp")
    hall = world.site("North Hall")
    for ago in range(1, 200, 3):
        took = 5 if ago > 35 else 11
        ended = day(ago - took) if took < ago else None
        world.make(lamp, qty=2, released=day(ago), started=day(ago - 1) if ago > 1 else None,
                   finished=ended, location_ref=hall)  # fmt: skip
    world.synced(world.erp, "production", "makeorder", NOW - timedelta(minutes=5))
    return world


def test_the_dialogue(world):
    verify(world, [
        ("production", "answer", "**Production takes", "(median)", "open now:",
         "1 waits for Coil 2 mm (P00900) and 1 more.", "waits 20 d",
         "[Who waits for Coil 2 mm?]", "[By month]"),
        ("production lamp", "answer", "**Making Lamp takes 11 days** (median)",
         "▲ slower by 6 days than in the 30 days before: 5 days then.", "none waits for material",
         "Half wait 1 day or less to be begun", "half of the work takes 10 days or less"),
        ("production desk mono", "answer", "1 waits for Coil 2 mm", "20 × Desk Mono"),
        ("wip lamp", "answer", "Making Lamp"),
        ("production by item", "answer", "Item | Median | 9 in 10 | Before | Orders | Open",
         "Lamp | 11"),
        ("production by site", "answer", "Site | Median", "North Hall | 11"),
        ("production by month", "answer", "30 days | Median", "to 20 Mar 2026"),
        ("production lamp last 30 days", "answer", "Making Lamp takes 11 days"),
        ("production lamp last 2 years", "answer", "Making Lamp takes 5 days"),
        ("production in north hall", "answer", "Production takes 11 days"),
        ("production lamp vs last year", "answer", "a year before"),
        ("production lmap", "error", "I know no", "[Lamp]"),
        ("production by colour", "error", "can't be split", "[by item]"),
        ("production coil", "notice", "No production of Coil 2 mm is known"),
        ("production lamp in 2019", "answer", "nothing was under way in 2019"),
        ("production desk in 2019", "answer", "1 waits for Coil 2 mm"),
    ])  # fmt: skip


def test_half_of_the_orders_that_wait_are_named_by_what_comes_last(world):
    rows = {row[0]: row for row in say(world, "production desk").table.rows}
    ((_, _, stands, waits, half, most),) = rows.values()
    assert (stands, waits) == ("waits 20 d", "Coil 2 mm (P00900) and 1 more")
    assert half
    assert most


def test_too_few_to_tell_is_said_and_not_guessed(tmp_path):
    world = World(tmp_path)
    for _ in range(3):
        world.make(world.item("Desk"), released=day(10))
    said = say(world, "production")
    assert "not yet estimable" in said.summary.text
    assert said.readings[0].value is None
    assert said.readings[5].value == 1
    assert "3 orders open now: 0 in work" in words_of(said)


def test_without_production_it_says_what_it_would_need(tmp_path):
    said = say(World(tmp_path), "production")
    assert isinstance(said, Notice)
    assert "It needs production orders" in said.text


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "production", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers")) for line in
            ("production", "production lamp", "production invented")]  # fmt: skip
    assert len({words_of(one) for one in said}) == 1
    assert "Lamp" not in words_of(said[0])


@pytest.mark.slow
def test_many_orders_are_answered_in_seconds(tmp_path):
    world = World(tmp_path)
    items = [world.item(f"Item {number}") for number in range(50)]
    for number in range(ROWS):
        ago = 10 + number % 1_500
        ended = day(ago - 4 - number % 6) if ago > 12 else None
        world.make(items[number % 50], released=day(ago), started=day(ago - 2), finished=ended)
    synced(world)
    world.save()
    begun = time.process_time()
    said = say(world, "production")
    assert time.process_time() - begun < SECONDS
    assert said.basis[0].n > ROWS // 100
