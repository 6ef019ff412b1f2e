"""A note for a customer: what was promised, what we expect, what comes next."""

from tests.commands.dialogue import say, words_of
from tests.commands.story import day
from tests.storage.world import World


def noted(world, **line):
    made = world.fact(
        "salesorder", number="S1", customer_ref=world.customer("Acme"),
        **world.when("ordered", day(30)),
    )  # fmt: skip
    world.sales_line(made, **line)
    return words_of(say(world, "order S1 for the customer"))


def test_from_stock_it_leaves_shortly(tmp_path):
    world = World(tmp_path)
    desk = world.item("Desk")
    world.level(desk, 9)
    text = noted(world, item=desk, promised=day(2))
    assert "first promised for 18 March 2026." in text
    assert "All that it needs is here, and it will leave us shortly." in text
    assert "We will write again by 27 March 2026, or sooner if this changes." in text


def test_what_cannot_be_told_is_not_promised(tmp_path):
    text = noted(World(tmp_path), item=None)
    assert "Your order S1 is with us." in text
    assert "We can't give you a day yet" in text
