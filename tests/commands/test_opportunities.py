"""`opportunities` as people ask it."""

import pytest

from tests.commands.dialogue import grant, say, synced, verify, words_of
from tests.commands.people import ago, company
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    """Screws go with plates; Wants buys plates alone; Grows buys twice as much as a year ago."""
    world = World(tmp_path)
    plate, screw, oak = (world.item(name) for name in ("Plate", "Screw", "Oak"))
    for number in range(24):
        world.sale(world.customer(f"Oak {number}"), ago(30 + number), item=oak, amount=5)
    for number in range(8):
        buyer = world.customer(f"Pair {number}")
        world.sale(buyer, ago(40 + number), item=plate, amount=10)
        world.sale(buyer, ago(20 + number), item=screw, amount=20)
    wants = world.customer("Wants")
    world.sale(wants, ago(20), item=plate, amount=10)
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
        ("opportunities", "answer", "at 2 customers: 1 buys more than a year ago, 1 item",
         ("Grows | upsell | – | – | EUR 300 | orders 100 % more than a year ago"
         " (3 order days, 3 then) | ▲ 1 line late"),
         ("Wants | cross-sell | Screw | Plate | EUR 20 | bought by 8 of 9 customers who buy that;"
         " lift 2.4 (1.1 to 4.1)"),
         "▲ NPS 2", "2 of them should hear from us about something else first"),
        ("upsell wants", "answer", "1 opportunity for Wants** at 1 customer: 1 item goes"),
        ("cross-sell pair 1", "answer", "Nothing stands out for Pair 1"),
        ("opportunities wnats", "error", "I know no “wnats”"),
    ])  # fmt: skip


def test_who_buys_more_and_what_goes_together_come_in_turn(world):
    for number in range(2):
        more = world.customer(f"More {number}")
        for days in (10, 50, 90):
            world.sale(more, ago(days), amount=150 - 10 * number, shipped=ago(6))
            world.sale(more, ago(days + 400), amount=100, shipped=ago(days + 395))
    kinds = [row[1] for row in say(world, "opportunities").table.rows]
    assert kinds == ["upsell", "cross-sell", "upsell", "upsell"]


def test_items_are_for_those_who_may_see_them(world):
    said = say(world, "opportunities", sees=grant("customers"))
    assert "Screw" not in words_of(said)
    assert "EUR" not in words_of(said)
    assert "bought by 8 of 9 customers who buy that" in words_of(said)


def test_nothing_there_is_an_answer_and_no_customers_are_not(tmp_path):
    verify(company(World(tmp_path)), [("opportunities", "answer", "Nothing stands out")])
    (tmp_path / "empty").mkdir()
    verify(World(tmp_path / "empty"), [("opportunities", "notice", "No customers yet")])
