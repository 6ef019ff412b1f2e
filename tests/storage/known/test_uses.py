from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.known.stock_changes import changes
from storage.known.uses import moved_days, uses
from tests.storage.world import BERLIN, World

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
SINCE = date(2026, 3, 1)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.places("North", "South")
    return world


def known(world):
    with world.reader() as session:
        found = list(uses(session, NOW, SINCE, BERLIN, changes(session, NOW, SINCE, BERLIN)))
    found.sort(key=lambda one: (one.on, one.qty))
    return [(one.site and one.site[1], one.qty, one.value, one.what) for one in found]


def test_goods_to_customers_and_into_production_are_used_and_scrap_is_lost(world):
    bolt = world.item("Bolt")
    world.move(bolt, "supplier", "North/stock", "2026-03-02", qty=50)
    world.move(bolt, "North/stock", "customer", "2026-03-03", qty=5, value=10)
    world.move(bolt, "North/stock", "production", "2026-03-04", qty=4)
    world.move(bolt, "North/stock", "inventory", "2026-03-05", qty=3)
    world.move(bolt, "North/stock", "South/stock", "2026-03-06", qty=2)
    world.move(bolt, "North/stock", "transit", "2026-03-07", qty=1)
    world.move(bolt, "North/stock", "supplier", "2026-03-08", qty=1)
    assert known(world) == [
        ("North", 5, 10, "customer"), ("North", 4, None, "production"), ("North", 3, None, "lost"),
    ]  # fmt: skip


def test_what_comes_back_counts_against_it(world):
    bolt = world.item("Bolt")
    world.move(bolt, "customer", "North/stock", "2026-03-02", qty=2, value=4)
    world.move(bolt, "production", "North/stock", "2026-03-03", qty=3)
    world.move(bolt, "inventory", "North/stock", "2026-03-04", qty=1)
    assert known(world) == [
        ("North", -2, -4, "customer"), ("North", -3, None, "production"),
        ("North", -1, None, "lost"),
    ]  # fmt: skip


def test_what_production_makes_is_no_return(world):
    table = world.item("Table")
    world.fact("makeorder", number="M1", item_ref=table, qty=Decimal(1))
    world.move(table, "production", "North/stock", "2026-03-03", qty=3)
    world.move(table, "North/stock", "production", "2026-03-04", qty=1)
    assert known(world) == [("North", 1, None, "production")]


def test_without_moves_deliveries_and_consumption_are_what_was_used(world):
    bolt, customer = world.item("Bolt"), world.customer("Acme")
    world.sale(customer, "2026-03-01", item=bolt, qty=4, shipped="2026-03-05")
    make = world.fact("makeorder", number="M1", qty=Decimal(1), location_ref="South")
    world.fact("consumption", make_ref=make, item_ref=bolt, qty=Decimal(2),
               **world.when("consumed", "2026-03-06"))  # fmt: skip
    assert known(world) == [(None, 4, None, "customer"), ("South", 2, None, "production")]
    world.move(bolt, "supplier", "North/stock", "2026-03-02")
    assert known(world) == []


def test_the_first_and_last_day_of_an_item_are_those_of_all_that_came_or_went(world):
    bolt, nut = world.item("Bolt"), world.item("Nut")
    world.move(bolt, "supplier", "North/stock", "2025-03-02")
    world.move(bolt, "North/stock", "customer", "2026-03-02")
    world.move(bolt, "North/stock", "customer", "2026-05-02")
    world.purchase(None, nut, "2026-01-01", received="2026-01-09")
    world.sale(world.customer("Acme"), "2026-02-01", item=nut, shipped="2026-02-03")
    with world.reader() as session:
        assert moved_days(session, NOW) == {
            (world.erp, bolt): (date(2025, 3, 2), date(2026, 3, 2)),
            (world.erp, nut): (date(2026, 1, 9), date(2026, 2, 3)),
        }
