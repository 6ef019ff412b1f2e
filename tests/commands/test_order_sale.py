"""The card of a customer's order."""

from tests.commands.dialogue import say, verify
from tests.commands.story import day
from tests.storage.world import World


def order(world, number, *lines):
    made = world.fact(
        "salesorder", number=number, customer_ref=world.customer("Acme"),
        **world.when("ordered", day(30)),
    )  # fmt: skip
    return [world.sales_line(made, qty=4, **line) for line in lines]


def test_lines_are_told_one_by_one(tmp_path):
    world = World(tmp_path)
    desk, rare = world.item("Desk"), world.item("Rare")
    world.level(desk, 4)
    first, _, called_off, _ = order(
        world, "S1", {"item": desk, "promised": day(9)}, {"item": desk, "promised": day(4)},
        {"item": desk, **world.when("cancelled", day(8))}, {"item": rare},
    )  # fmt: skip
    world.ship(first, day(10), qty=4)
    assert called_off
    rows = say(world, "order S1").table.rows
    assert [row[3] for row in rows] == ["sent 10 Mar", "4 d late", "called off 12 Mar", "no date"]
    assert [row[1] for row in rows] == ["4 of 4", "0 of 4", "0 of 4", "0 of 4"]
    assert [row[4] for row in rows] == [None, "20 Mar", None, None]
    verify(
        world, [("order S1", "answer", "2 of 4 lines open", "1 of 2 open lines can't be traced")]
    )


def test_a_promise_that_slipped_is_said(tmp_path):
    world = World(tmp_path)
    (line,) = order(world, "S1", {"promised": day(9)})
    for seen, promise in ((20, 9), (10, 4), (5, -3)):
        at = world.when("ordered", day(seen))["ordered_at"]
        world.change("salesline", line, "promised_on", day(promise), at)
    verify(world, [("order S1", "answer", "the promise slipped 2 times (+12 d)")])


def test_an_order_that_was_called_off_and_one_without_lines_say_so(tmp_path):
    world = World(tmp_path)
    order(world, "S1", world.when("cancelled", day(8)))
    order(world, "S2")
    verify(world, [
        ("order S1", "answer", "S1 of Acme was called off"),
        ("order S2", "answer", "S2 of Acme has no lines"),
    ])  # fmt: skip


def test_an_order_of_which_the_rest_was_called_off_has_not_all_gone_out(tmp_path):
    world = World(tmp_path)
    (line,) = order(world, "S1", world.when("cancelled", day(3)))
    world.ship(line, day(8), qty=3)
    verify(world, [
        ("order S1", "answer", "**S1 of Acme has gone out, less what was called off**",
         "3 of 4", "sent 12 Mar, the rest called off"),
        ("order S1 for the customer", "answer",
         "It left us by 12 March 2026, less what was called off."),
    ])  # fmt: skip
