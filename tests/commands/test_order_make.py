"""The card of a production order."""

import pytest

from commands import Notice
from tests.commands.dialogue import grant, say, verify, words_of
from tests.commands.story import day, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = tell(World(tmp_path_factory.mktemp("order_make")))
    desk = world.item("Shelf")
    for number, columns in (
        ("WH/MO/1", {"released": day(9), "finished": day(2)}),
        ("WH/MO/2", {"released": day(9), **world.when("cancelled", day(3))}),
        ("WH/MO/3", {}),
    ):  # fmt: skip
        when = {
            key: value
            for name in ("released", "finished")
            for key, value in world.when(name, columns.pop(name, None)).items()
        }
        world.fact("makeorder", number=number, item_ref=desk, qty=3, **when, **columns)
    return world


@pytest.fixture(scope="module")
def number(world):
    """The number of the story's open production of desks."""
    return say(world, "production desk").table.rows[0][0]


def test_the_card_says_what_is_made_what_is_missing_and_who_waits(world, number):
    verify(world, [
        (f"order {number.lower()}", "answer",
         f"**{number}: 20 Desk Mono, waits 20 d**; half by", "8 in 10 by",
         "It waits for 40 Coil 2 mm of P00900: half by",
         "Harbour & Sons (S00471), Quiet Corner (S00472), Later Ltd (S00473) wait for it.",
         "Component | Needed | Used | Missing | From | Half by",
         "Coil 2 mm | 40 | 0 | 40 | P00900, Borealis Steel |", "Pane | 20 | 0 | 20 |",
         "customers who wait 3", "[P00900]", "[Why S00471?]", "[Production of Desk Mono]"),
        (f"where is {number}", "answer", "20 Desk Mono"),
        (f"order {number} for the customer", "notice", "is a production order"),
    ])  # fmt: skip


def test_what_is_over_or_only_planned_says_so(world):
    verify(world, [
        ("order wh/mo/1", "answer", "**WH/MO/1: 3 Shelf, finished** on 18 Mar."),
        ("order WH/MO/2", "answer", "**WH/MO/2: 3 Shelf, called off** on 17 Mar."),
        ("order WH/MO/3", "answer", "**WH/MO/3: 3 Shelf, planned** and not released; when it",
         "it has no bill of material"),
        ("order WH/MO/11", "error", "I know no order", "[WH/MO/1]"),
    ])  # fmt: skip


def test_what_is_in_work_says_what_it_still_lacks(tmp_path):
    world = World(tmp_path)
    desk, coil, screw = world.item("Desk"), world.item("Coil"), world.item("Screw")
    world.bom(desk, coil, 2)
    world.bom(desk, screw, 8)
    world.level(screw, 50)
    make = world.make(desk, qty=4, released=day(5), started=day(4))
    world.consume(make, screw, day(4), qty=30)
    verify(world, [
        ("order M6", "answer", "4 Desk, in work 4 d**; when it comes can't be told.",
         "It still lacks 8 Coil: nothing is ordered that is left for it.",
         "Coil | 8 | 0 | 8 | None | nothing is ordered", "Screw | 32 | 30 | 0 | stock | None"),
    ])  # fmt: skip


def test_who_may_see_supply_alone_gets_no_customer(world, number):
    text = words_of(say(world, f"order {number}", sees=grant("supply")))
    assert "Coil 2 mm" in text
    for name in ("Harbour", "Quiet", "Later", "S0047"):
        assert name not in text


def test_who_may_not_see_supply_is_told_of_no_such_order(world, number):
    there = say(world, f"order {number}", sees=grant("customers"))
    assert isinstance(there, Notice)
    assert there.title == f"I know no order “{number}”"
    assert not there.choices


def test_an_order_begun_after_now_is_not_known(tmp_path):
    world = World(tmp_path)
    world.make(world.item("Desk"), released=day(-3))
    assert say(world, "order M1").error
