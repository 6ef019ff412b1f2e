"""The card of a purchase."""

from tests.commands.dialogue import say, verify
from tests.commands.story import day
from tests.storage.world import World


def purchase(world, number, *, supplier="Steel", **columns):
    return world.fact(
        "purchaseorder", number=number, supplier_ref=world.supplier(supplier),
        **world.when("ordered", day(30)), **columns,
    )  # fmt: skip


def test_what_has_come_and_what_was_promised_is_told(tmp_path):
    world = World(tmp_path)
    order = purchase(
        world, "P1", **world.when("acknowledged", day(28)), **world.when("shipped", day(3))
    )
    line = world.purchase_line(order, world.item("Coil"), qty=10, promised=day(4))
    world.receive(line, day(9), qty=6)
    verify(world, [
        ("order P1", "answer", "**P1 from Steel: 1 of 1 lines open**, 4 d late",
         "Ordered 18 Feb, acknowledged 20 Feb, shipped 17 Mar.", "Coil | 6 of 10 | 16 Mar"),
    ])  # fmt: skip
    assert say(world, "order P1").table.bold == {0}


def test_without_any_history_when_it_comes_cannot_be_told(tmp_path):
    world = World(tmp_path)
    world.purchase_line(purchase(world, "P1"), world.item("Coil"))
    said = say(world, "order P1")
    assert said.table.rows[0][4] is None
    assert "can't be told" in said.summary.text


def test_what_is_all_here_or_called_off_says_so(tmp_path):
    world = World(tmp_path)
    world.receive(world.purchase_line(purchase(world, "P1"), world.item("Coil")), day(9))
    world.purchase_line(purchase(world, "P2", **world.when("cancelled", day(5))), world.item("A"))
    purchase(world, "P3")
    verify(world, [
        ("order P1", "answer", "is all here**, the last since 11 Mar."),
        ("order P2", "answer", "was called off"), ("order P3", "answer", "has no lines"),
    ])  # fmt: skip


def test_a_purchase_of_which_the_rest_was_called_off_is_not_all_here(tmp_path):
    world = World(tmp_path)
    line = world.purchase_line(
        purchase(world, "P1"), world.item("Coil"), qty=10, cancelled_qty=4,
        **world.when("cancelled", day(3)),
    )  # fmt: skip
    world.receive(line, day(8), qty=6)
    verify(world, [("order P1", "answer", "is here, less what was called off**, the last since")])
