"""`cash` as people ask it."""

from datetime import timedelta

import pytest

from commands import Notice
from tests.commands.dialogue import NOW, grant, say, synced, verify, words_of
from tests.commands.stock_world import day, item, lies
from tests.storage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Stock lasts 73 days, customers pay after 30, suppliers are paid after 45."""
    return made(tmp_path_factory.mktemp("cash"))


def made(folder, *, stock=True, sold=True, bought=True, currencies=("EUR",)):
    world = World(folder)
    world.places("North")
    coil, acme, steel = (
        item(world, "Coil", "Steel", 10),
        world.customer("Acme"),
        world.supplier("B"),
    )
    if stock:
        for back in range(1, 800):
            world.move(coil, "supplier", "North/stock", day(-back), qty=2, value=20)
            world.move(coil, "North/stock", "customer", day(-back), qty=2, value=20)
        lies(world, coil, 146)
    for back in range(2, 800):
        code = currencies[back % len(currencies)]
        if sold:
            world.invoice(acme, day(-back), paid=day(30 - back) if back > 30 else None,
                          currency=code)  # fmt: skip
        if bought:
            world.invoice(steel, day(-back), paid=day(45 - back) if back > 45 else None,
                          direction="in", amount=70, currency=code)  # fmt: skip
    synced(world)
    return world


def test_the_dialogue(world):
    verify(world, [
        ("cash", "answer", "73 days in stock + 30 days until customers pay − 45 days until",
         "**Money is tied up for 58 days**",
         "● About as in the 365 days before: 58 days then.", "in stock | 73.0",
         "customers pay | ", "364 bills, 29 open"),
        ("c2c last 90 days", "answer", "**Money is tied up for 58 days**", "in the 90 days before"),
        ("cash this year", "answer", "**Money is tied up for"),
        ("cash in 2019", "answer", "**Cash to cash can't be told**",
         "Of bills to customers there are 0 in that time"),
        ("cash acme", "error", "I know no “acme”"),
        ("cash by item", "error", "can't be split"),
        ("cash help", "notice", "Usage"),
    ])  # fmt: skip


def figures(said):
    return {one.name: one.value for one in said.readings}


def test_the_sum_is_that_of_its_parts(world):
    found = figures(say(world, "cash"))
    assert found["days of inventory"] == pytest.approx(73)
    assert found["days until customers pay"] == pytest.approx(30, abs=0.2)
    assert found["days until suppliers are paid"] == pytest.approx(45, abs=0.2)
    assert found["cash to cash"] == pytest.approx(
        found["days of inventory"] + found["days until customers pay"]
        - found["days until suppliers are paid"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("stock", "Days of inventory need stock levels"),
        ("sold", "Of bills to customers there are 0"),
        ("bought", "Of bills of suppliers there are 0"),
    ],
)
def test_a_part_without_data_is_na_and_so_is_the_sum(tmp_path, missing, said):
    found = say(made(tmp_path, **{missing: False}), "cash")
    assert "**Cash to cash can't be told**" in found.summary.text
    assert "n/a" in found.summary.text
    assert said in words_of(found)
    assert figures(found)["cash to cash"] is None


def test_bills_in_several_currencies_without_a_rate_are_no_figure(tmp_path):
    found = say(made(tmp_path, currencies=("EUR", "USD")), "cash")
    assert "Bills to customers are in several currencies" in words_of(found)


def test_without_stock_and_bills_the_answer_says_what_it_would_need(tmp_path):
    verify(World(tmp_path), [("cash", "notice", "can't be told yet", "invoices")])


def test_money_of_customers_is_not_told(world):
    said = say(world, "cash", sees=grant("supply"))
    assert not isinstance(said, Notice)
    assert "EUR" not in words_of(said)


def test_who_may_see_no_supply_is_refused(world):
    said = say(world, "cash", sees=grant("customers", "revenue"))
    assert isinstance(said, Notice)
    assert said.error


def test_data_that_is_old_is_said_to_be_so_first(world):
    said = say(world, "cash", now=NOW + timedelta(days=2))
    assert said.summary.text.startswith("⚠ **Odoo (erp) has not been read for 2 days.**")
