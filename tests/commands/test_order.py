"""`order` as people ask it, and the note that a customer may read."""

import random

import pytest

from commands import Notice
from tests.commands.dialogue import grant, say, verify, words_of
from tests.commands.story import TODAY, day, tell
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return tell(World(tmp_path_factory.mktemp("order")))


def test_the_dialogue(world):
    verify(world, [
        ("order S00471", "answer", "**S00471 of Harbour & Sons: 1 of 1 lines open**, 4 d late;",
         "half by", "8 in 10 by", "Desk Mono | 0 of 4", "[Why?]"),
        ("where is s00471", "answer", "S00471 of Harbour & Sons"),
        ("order P00900", "answer", "**P00900 from Borealis Steel: 1 of 1 lines open**, 5 d late;",
         "the promise slipped once (+7 d)", "[Who is affected?]"),
        ("order S00471 for the customer", "answer", "**A note for Harbour & Sons**",
         "first promised for 16 March 2026.", "We now expect to send it by", "We will write again"),
        ("order P00900 for the customer", "notice", "is a purchase"),
        ("order S0047", "error", "I know no order", "[S00471]"),
        ("order", "notice", "Which order?", "[S00473]"),
    ])  # fmt: skip


def test_an_order_that_has_gone_out_says_when(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), day(20), shipped=day(9))
    number = world.fact("salesorder", number="S77", customer_ref=None)
    assert number
    verify(world, [
        ("order S1", "answer", "has all gone out**, the last on 11 Mar."),
        ("order S1 for the customer", "answer", "All of it left us by 11 March 2026."),
    ])  # fmt: skip


def test_orders_of_a_side_that_one_may_not_see_are_as_if_they_were_not(world):
    for line, sees in (("order S00471", "supply"), ("order P00900", "customers")):
        there = say(world, line, sees=grant(sees))
        invented = say(world, "order X1234567", sees=grant(sees))
        assert isinstance(there, Notice)
        assert there.error
        assert there.title.replace("S00471", "?").replace("P00900", "?") == invented.title.replace(
            "X1234567", "?"
        )
    assert "S0047" not in words_of(say(world, "order", sees=grant("supply")))


def test_a_note_for_a_customer_holds_nothing_of_anybody_else(tmp_path):
    """None of 1,000 planted names and figures of suppliers, costs and other customers."""
    world, rng = World(tmp_path), random.Random(1)
    markers = [f"Zz{number:04}{rng.choice('qxyz')}" for number in range(1_000)]
    planted = iter(markers)
    desk = world.item("Desk Mono")
    for ago in range(2, 200, 2):
        supplier = world.supplier(f"{next(planted)} Steel", country="SE", number=next(planted))
        part = world.item(next(planted), sku=next(planted), category=next(planted))
        world.purchase(supplier, part, day(ago), received=day(ago - 1) if ago > 40 else None)
        world.bom(desk, part)
        other = world.customer(next(planted), number=next(planted))
        order = world.fact(
            "salesorder", number=next(planted), customer_ref=other, owner=next(planted),
            **world.when("ordered", day(ago)),
        )  # fmt: skip
        world.sales_line(order, item=part, number=next(planted), unit_price=ago * 7919)
    world.make(desk, qty=4, released=day(10))
    acme = world.customer("Acme")
    mine = world.fact(
        "salesorder", number="S00001", customer_ref=acme, amount=987_654, currency="EUR",
        **world.when("ordered", day(30)),
    )  # fmt: skip
    world.sales_line(mine, item=desk, qty=4, promised=day(3), unit_price=246_913)
    world.synced(world.erp, "sales", "salesorder,salesline", None)
    said = say(world, "order S00001 for the customer")
    text = words_of(said) + repr(said)
    assert next(planted, None) is None or len(markers) >= 1_000
    assert [marker for marker in markers if marker in text] == []
    assert "987" not in text
    assert "246" not in text
    assert str(TODAY.year) in text


def test_two_orders_of_one_number_give_a_choice(tmp_path):
    world = World(tmp_path)
    for name in ("Acme", "Bolt"):
        order = world.fact("salesorder", number="S1", customer_ref=world.customer(name),
                           **world.when("ordered", day(9)))  # fmt: skip
        world.sales_line(order, item=world.item("Desk"))
    verify(world, [("order S1", "notice", "2 orders bear the number S1", "[Order of Bolt]")])
    said = say(world, "order S1 for the customer")
    assert [up.line.endswith("for the customer") for up in said.choices] == [True, True]
    assert "A note for Bolt" in words_of(say(world, said.choices[1].line))


def test_what_was_partly_called_off_is_not_all_gone(tmp_path):
    world = World(tmp_path)
    order = world.fact("salesorder", number="S1", customer_ref=world.customer("Acme"),
                       **world.when("ordered", day(30)))  # fmt: skip
    world.ship(world.sales_line(order), day(9))
    world.sales_line(order, **world.when("cancelled", day(8)))
    verify(world, [
        ("order S1", "answer", "**1 of 2 lines of S1 of Acme have gone out**, 1 called off."),
        ("order S1 for the customer", "answer", "1 of 2 items of it left us by 11 March 2026; the"),
    ])  # fmt: skip
