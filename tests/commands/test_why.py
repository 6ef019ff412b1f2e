"""`why` as people ask it."""

import pytest

from commands import Notice
from tests.commands.dialogue import grant, say, verify, words_of
from tests.commands.story import tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("why")))


def test_the_dialogue(world):
    verify(world, [
        ("why harbour", "answer",
         "**S00471 (Desk Mono) of Harbour & Sons waits for Borealis Steel**",
         "Coil 2 mm of P00900; it is 4 d late.",
         "P00900 was ordered 35 days ago, promised for 15 Mar;", "half by", "(inferred)"),
        ("why is S00471", "answer", "waits for Borealis Steel"),
        ("why", "answer", "**2 of 2 late lines wait for Borealis Steel**"),
        ("why S99999", "error", "I know no"),
        ("why borealis", "error", "I know no"),
    ])  # fmt: skip


def test_the_purchase_it_waits_for_is_told_by_how_such_came_out(world):
    told = [one for one in say(world, "why S00471").statements if one.model == "lead-time"]
    assert [(one.event, one.share) for one in told] == [("arrives", 0.5), ("arrives", 0.8)]
    assert say(world, "why").statements == ()


def test_what_cannot_be_traced_is_said_and_is_not_nothing(tmp_path):
    world = World(tmp_path)
    rare = world.item("Rare stone")
    world.sale(world.customer("Acme"), "2026-01-01", item=rare, promised="2026-02-01")
    said = say(world, "why acme")
    assert "can't be traced" in said.summary.text
    assert "nothing known is for Rare stone" in said.summary.text
    assert {one.name: one.value for one in said.readings}["can't be traced"] == 1


def test_what_lies_in_stock_waits_for_nothing(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    world.level(desk, 10)
    world.sale(world.customer("Acme"), "2026-01-01", item=desk, promised="2026-02-01")
    verify(world, [("why acme", "answer", "waits for nothing")])


def test_a_customer_without_open_orders_is_said(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-01-01", shipped="2026-01-05")
    verify(world, [
        ("why acme", "notice", "Nothing is open of Acme"), ("why", "notice", "Nothing is late"),
    ])  # fmt: skip


def test_names_are_only_for_those_who_may_see_them(world):
    denied = [say(world, f"why {name}", sees=grant("supply")) for name in ("harbour", "invented")]
    assert all(isinstance(one, Notice) and one.error for one in denied)
    assert words_of(denied[0]).replace("harbour", "x") == words_of(denied[1]).replace(
        "invented", "x"
    )
    said = say(world, "why harbour", sees=grant("customers"))
    assert "Borealis" not in words_of(said)


def test_a_production_without_a_bill_is_named_and_breaks_nothing(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    world.make(desk, qty=4, released="2026-01-01")
    world.sale(world.customer("Acme"), "2026-01-01", item=desk, promised="2026-02-01")
    verify(world, [
        ("why acme", "answer", "waits for production M1"),
        ("why", "answer", "1 of 1 late lines wait for production"),
    ])  # fmt: skip


def test_the_account_of_the_crm_stands_for_the_customer_and_its_branches(tmp_path):
    world = World(tmp_path)
    head = world.customer("ACME GmbH")
    branch = world.customer("ACME North", parent_ref=head)
    world.link(head, world.account("Acme Inc"))
    world.sale(branch, "2026-01-01", item=world.item("Desk"), promised="2026-02-01")
    verify(world, [("why acme inc", "answer", "can't be traced")])


def test_without_any_date_nothing_is_said_to_be_in_time(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2026-01-01", item=world.item("Desk"))
    verify(world, [
        ("why", "notice", "Nothing is known to be late", "1 have none"),
        ("exposed", "answer", "**What is exposed can't be told**"),
    ])  # fmt: skip
