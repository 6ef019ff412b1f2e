"""`opportunities` as people ask it."""

from decimal import Decimal

import pytest

from tests.commands.dialogue import grant, say, synced, verify, words_of
from tests.commands.people import ago, company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    """Screws go with plates; Wants buys plates alone; Grows buys twice as much as a year ago."""
    world = World(tmp_path)
    items = [world.item(name) for name in ("Plate", "Screw", "Oak")]
    oak = world.customer("Buys Oak")
    for number in range(24):
        world.sale(oak, ago(30 + number), item=items[2], amount=5)
    buyers = [world.customer(f"Pair {number}") for number in range(4)]
    for number in range(8):
        order = world.fact(
            "salesorder", number=f"B{number}", customer_ref=buyers[number % 4],
            amount=Decimal(30), currency="EUR", **world.when("ordered", ago(40 + number)),
        )  # fmt: skip
        for item, price in ((items[0], 10), (items[1], 20)):
            world.sales_line(order, item=item, unit_price=Decimal(price))
    wants = world.customer("Wants")
    world.sale(wants, ago(20), item=items[0], amount=10)
    world.survey(world.account("Wants"), ago(9), 2)
    grows = world.customer("Grows")
    for days in (10, 50, 90):
        sent = ago(6) if days > 10 else None
        world.sale(grows, ago(days), amount=200, promised=ago(5), shipped=sent)
        world.sale(grows, ago(days + 400), amount=100, shipped=ago(days + 395))
    synced(world)
    return world


def test_each_row_has_its_reason(world):
    verify(world, [
        ("opportunities", "answer", "2 opportunities** at 2 customers",
         ("Grows | upsell | – | – | EUR 300 | orders 100 % more than a year ago"
         " (3 order days, 3 then) | ▲ 1 line late"),
         "Wants | cross-sell | Screw | Plate | EUR 20 | in 8 of 9 orders with it",
         "▲ NPS 2", "2 of them should hear from us about something else first"),
        ("upsell wants", "answer", "1 opportunities for Wants"),
        ("cross-sell pair 1", "answer", "Nothing stands out for Pair 1"),
        ("opportunities wnats", "error", "I know no “wnats”"),
    ])  # fmt: skip


def test_items_are_for_those_who_may_see_them(world):
    said = say(world, "opportunities", sees=grant("customers"))
    assert "Screw" not in words_of(said)
    assert "EUR" not in words_of(said)
    assert "in 8 of 9 orders with it" in words_of(said)


def test_nothing_there_is_an_answer_and_no_customers_are_not(tmp_path):
    verify(company(World(tmp_path)), [("opportunities", "answer", "Nothing stands out")])
    (tmp_path / "empty").mkdir()
    verify(World(tmp_path / "empty"), [("opportunities", "notice", "No customers yet")])
