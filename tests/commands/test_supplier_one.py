"""The card of one supplier, figure by figure."""

import pytest

from tests.commands.dialogue import NOW, say, synced, verify
from tests.commands.supplier_world import bought, day, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("one")))


def rows(said):
    return {row[0]: row[1:] for row in said.table.rows}


def test_the_card_says_each_figure_with_what_it_rests_on(world):
    found = rows(say(world, "suppliers borealis"))
    assert found["Lead time, median"] == ("43 d", "31 d", "23 orders, 14 open")
    assert found["9 in 10 by median"][0::2] == ("1.4 times", "25 orders of Borealis Steel")
    assert found["On time and in full"] == ("37 %", "60 %", "11 of 30 lines due")
    assert found["Open"] == ("14 lines", "–", "EUR 14,000 to come")
    assert found["Overdue"][:2] == ("4 lines", "–")
    assert found["Unacknowledged"][0] == "0 orders"


def test_promises_that_slipped_are_counted_from_the_ledger(world):
    """16 of the 121 orders of a year are between 21 and 70 days old and were put off by 7 days."""
    slipped = len(range(21, 71, 3))
    found = {one.name: one.value for one in say(world, "suppliers borealis").readings}
    assert found["promise slip"] == pytest.approx(7 * slipped / 121)
    assert found["promise changes a line"] == pytest.approx(slipped / 121)
    assert rows(say(world, "suppliers borealis"))["Promise moved"][2] == (
        f"121 lines, {slipped} changed; history from 22 Mar 2025"
    )


def test_a_supplier_with_few_orders_gets_the_spread_of_its_category_and_it_is_said(world):
    found = rows(say(world, "suppliers dune"))
    assert found["9 in 10 by median"][2] == "23 orders of all of Glass, as too few are its own"


def test_wrong_master_data_is_named(tmp_path):
    world = World(tmp_path)
    steel, coil = world.supplier("Borealis"), world.item("Coil")
    for ago in range(20, 200, 4):
        bought(world, steel, coil, ago, 17, plans=10, price=5)
    synced(world)
    verify(world, [
        ("suppliers borealis", "answer",
         "The ERP plans 10 days for Coil and half take 17 or less", "too short"),
    ])  # fmt: skip


def test_next_are_its_items_its_customers_and_the_order_that_is_latest(world):
    lines = [up.line for up in say(world, "suppliers borealis").follow_ups]
    assert lines[:2] == ["lead-time Borealis Steel by item", "impact Borealis Steel"]
    assert lines[2].startswith("order P042")
    assert "unacknowledged Dune Sands" in [
        up.line for up in say(world, "suppliers dune").follow_ups
    ]


def test_what_was_seen_first_after_years_has_an_unknown_slip(tmp_path):
    world = World(tmp_path)
    steel = world.supplier("Borealis")
    for ago in range(20, 80, 4):
        order = world.fact("purchaseorder", number=f"P{ago}", supplier_ref=steel,
                           **world.when("ordered", day(ago)))  # fmt: skip
        world.purchase_line(order, None, promised=day(ago - 10), seen=NOW.replace(hour=1))
    found = rows(say(world, "suppliers borealis"))
    assert found["Promise moved"][0] == "unknown"
    assert "15 unknown" in found["Promise moved"][2]


def test_lines_of_an_unknown_supplier_are_in_the_list_and_have_no_card(tmp_path):
    world = World(tmp_path)
    world.purchase(None, None, day(50), received=day(20))
    assert say(world, "suppliers").table.rows[0][0] == "unknown"
