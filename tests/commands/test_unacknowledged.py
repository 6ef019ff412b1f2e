"""`unacknowledged` as people ask it."""

from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.supplier_world import bought, day, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Beside the story: two orders that Borealis did not acknowledge, in 2025 and lately."""
    world = tell(World(tmp_path_factory.mktemp("unacknowledged")))
    steel, coil = world.supplier("Borealis Plates", country="SE"), world.item("Plate")
    for ago in (1, 100):
        bought(world, steel, coil, ago, 200, plans=31, price=500, acknowledged=None)
    return world


def test_the_dialogue(world):
    verify(world, [
        ("unacknowledged", "answer", "**3 orders are not acknowledged**; the oldest is P100",
         "from Borealis Plates, 100 days old", "longer than 9 in 10 usually take: 2",
         "Half are acknowledged within 2 days", "[Order P100"),
        ("unconfirmed dune", "answer", "**1 order of Dune Sands is not acknowledged**: P012"),
        ("unacknowledged cobalt", "answer",
         "**Every open order of Cobalt Glass has been acknowledged**."),
        ("unacknowledged last 30 days", "answer", "**2 orders are", "Only orders placed"),
        ("unacknowledged in Main site", "answer", "**3 orders are not acknowledged**"),
        ("unacknowledged plats", "error", "I know no “plats”"),
        ("unacknowledged by item", "error", "can't be split by “item”"),
        ("unacknowledged help", "notice", "Usage"),
    ])  # fmt: skip


def test_the_oldest_stand_first_and_those_that_wait_unusually_long_are_to_look_at(world):
    said = say(world, "unacknowledged")
    assert [row[2] for row in said.table.rows] == [100, 12, 1]
    assert said.table.bold == {0, 1}
    assert {row[-1] for row in said.evidence.rows} == {"open"}
    assert len(said.evidence.rows) == 3


def test_an_acknowledgement_takes_the_order_out(tmp_path):
    world = World(tmp_path)
    steel = world.supplier("Borealis")
    bought(world, steel, None, 9, 200, plans=31, price=1, acknowledged=4)
    late = say(world, "unacknowledged", now=NOW - timedelta(days=6))
    assert isinstance(late, Notice)
    assert "Every open order" in say(world, "unacknowledged").summary.text


def test_where_no_source_tells_it_is_not_applicable(tmp_path):
    world = World(tmp_path)
    world.purchase(world.supplier("Borealis"), None, day(9))
    synced(world)
    verify(world, [
        ("unacknowledged", "notice", "n/a: no acknowledgement is told of any order",
         "Odoo (erp) gives no day"),
        ("unacknowledged borealis", "notice", "n/a: no acknowledgement is told of Borealis"),
        ("suppliers borealis", "answer",
         "Unacknowledged | n/a | – | this source tells of no acknowledgements"),
    ])  # fmt: skip


def test_a_source_that_does_not_tell_is_named_beside_one_that_does(tmp_path):
    world = World(tmp_path)
    bought(world, world.supplier("Borealis"), None, 9, 5, plans=31, price=1)
    order = world.fact("purchaseorder", "csv:old", number="X", **world.when("ordered", day(9)))
    world.fact("purchaseline", "csv:old", order_ref=order, qty=1)
    verify(world, [
        ("unacknowledged", "answer", "CSV (old): n/a",
         "**No order of Odoo (erp) is open**: none waits to be acknowledged."),
    ])  # fmt: skip
    bought(world, world.supplier("Cobalt"), None, 5, 200, plans=31, price=1)
    verify(world, [
        ("unacknowledged", "answer", "CSV (old): n/a",
         "**Every open order of Odoo (erp) has been acknowledged**."),
        ("unacknowledged cobalt", "answer", "**Every open order of Cobalt has been acknowledged**"),
    ])  # fmt: skip


def test_nothing_bought_is_said(tmp_path):
    verify(World(tmp_path), [("unacknowledged", "notice", "No purchases yet")])


def test_who_may_see_no_supply_gets_neither_figure_nor_name(world):
    said = say(world, "unacknowledged borealis", sees=grant("customers"))
    assert isinstance(said, Notice)
    assert "Borealis" not in words_of(said)
