"""`velocity` as people ask it."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from commands import Ask, Grant, Notice, answer, load
from tests.commands.dialogue import BERLIN, grant, say, verify, words_of
from tests.sizes import ROWS, SECONDS
from tests.storage.metrics.line import NOW, Pace, batches, day, stock, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("velocity"))
    every = batches(Pace(), later=Pace(production=12), since=70, days=420)
    stock(world, every, *tell(world, every))
    world.item("Lamp")
    world.synced(world.erp, "stock", "receipt,stockmove,makeorder", NOW - timedelta(minutes=5))
    return world


@pytest.mark.slow
def test_the_dialogue(world):
    verify(world, [
        ("velocity", "answer", "**Material takes 37 days** from the receipt of material to",
         "14.2 in material stock", "Production moved most: ▲ slower by",
         "in the 90 days before.", "Half of what was delivered had come as material at most",
         "Stage | Days | Before | Change | Left it | Known by", "In all |", "[Production]"),
        ("velocity desk", "answer", "**Desk takes 37 days**", "[Stock]"),
        ("velocity coil", "answer", "**Coil takes 37 days**"),
        ("throughput time desk", "answer", "**Desk takes"),
        ("velocity within 36 days", "answer", "what was delivered had come as material at most 36",
         "within 36 days 0."),
        ("velocity desk within 6 weeks last 120 days", "answer", "at most 42 days before",
         "in the 120 days before"),
        ("velocity last 365 days", "answer", "365 days before"),
        ("velocity vs last year", "answer", "a year before"),
        ("velocity within 0 days", "error", "I can't read that number of days"),
        ("velocity in 2019", "notice", "Nothing is known to have moved in 2019", "receipts"),
        ("velocity lamp", "notice", "Nothing is known to have moved of Lamp"),
        ("velocity deks", "error", "I know no", "[Desk]"),
        ("velocity by item", "error", "can't be split"),
    ], now=NOW)  # fmt: skip


def test_the_chart_shows_each_stage_before_and_now(world):
    chart = say(world, "velocity", now=NOW).chart
    assert chart.x == ("Dock", "Material stock", "Production", "Finished stock", "Delivery")
    before, now = (series.values for series in chart.series)
    assert now[2] > before[2] + 2
    assert [round(one) for one in before] == [2, 14, 6, 9, 3]


def test_a_stage_that_no_source_tells_of_is_said_to_be_so(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    for back in range(21, 200):
        world.fact("receipt", item_ref=desk, qty=1, **world.when("received", day(back)))
        world.fact("shipment", item_ref=desk, qty=1, **world.when("shipped", day(back - 20)))
    said = say(world, "velocity", now=NOW)
    assert said.summary.text.startswith("**Material takes 20 days** in the stages that are told")
    assert "Delivery is n/a: it needs the day on which" in words_of(said)
    assert [one.value for one in said.readings[:3]] == [20, None, None]


def test_without_movements_it_says_what_it_would_need(tmp_path):
    said = say(World(tmp_path), "velocity")
    assert isinstance(said, Notice)
    assert "It needs receipts" in said.text


def test_the_rows_behind_are_the_movements_of_the_window(world):
    ask = Ask("velocity", NOW, BERLIN, Grant.everything())
    with world.reader() as session:
        said = answer(session, replace(ask, wants_evidence=True), load())
    rows = said.evidence.rows
    stages = {row[0]: row[4] for row in said.table.rows}
    assert sum(row[7] for row in rows if row[8] == "used") == pytest.approx(
        stages["Material stock"]
    )
    assert sum(row[7] for row in rows if row[8] == "sent") == pytest.approx(
        stages["Finished stock"]
    )
    assert {row[2] for row in rows} == {"Desk", "a customer"}
    assert min(row[1] for row in rows) >= day(90).isoformat()


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "velocity", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = [say(world, line, sees=grant("customers"), now=NOW) for line in
            ("velocity", "velocity desk", "velocity invented")]  # fmt: skip
    assert len({words_of(one) for one in said}) == 1
    assert "Desk" not in words_of(said[0])


@pytest.mark.slow
def test_many_movements_are_answered_in_seconds(tmp_path):
    world = World(tmp_path)
    items = [world.item(f"Item {number}") for number in range(50)]
    for number in range(ROWS // 2):
        back = 20 + number % 1_000
        item = items[number % 50]
        world.fact("receipt", item_ref=item, qty=2, **world.when("received", day(back)),
                   **world.when("available", day(back - 1)))  # fmt: skip
        world.fact("shipment", item_ref=item, qty=2, **world.when("shipped", day(back - 15)))
    world.save()
    begun = time.process_time()
    said = say(world, "velocity", now=NOW)
    assert time.process_time() - begun < SECONDS
    assert round(said.readings[4].value) == 14
