from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts._stock_facts import NONE, shelves
from tests.storage.forecasts.shelved import kept, stored
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
BERLIN = ZoneInfo("Europe/Berlin")


def day(ahead):
    return TODAY + timedelta(ahead)


def seen(world, **more):
    with world.reader() as session:
        return shelves(session, NOW, BERLIN, **more)


def column(found, on):
    return on.toordinal() - found.first


@pytest.fixture
def world(tmp_path):
    """Bolts: 20 came 10 days ago, 5 were used 4 days ago, 2 came back since, 1 was lost today."""
    world = World(tmp_path)
    world.places("North")
    world.bolt = world.item("Bolt", source_id="bolt")
    world.move(world.bolt, "supplier", "North/stock", day(-10), qty=20)
    world.move(world.bolt, "North/stock", "customer", day(-4), qty=5)
    world.move(world.bolt, "customer", "North/stock", day(-2), qty=2)
    world.move(world.bolt, "North/stock", "inventory", NOW - timedelta(hours=2), qty=1)
    world.level(world.bolt, 16, site="North/stock", as_of=NOW - timedelta(hours=1))
    return world


def test_what_lay_there_is_rebuilt_backwards_from_what_lies_there_now(world):
    found = seen(world)
    assert found.names == ["odoo:erp/bolt"]
    assert date.fromordinal(found.first) == day(-10)
    assert date.fromordinal(found.end) == TODAY
    assert found.stock[0].tolist() == [20] * 6 + [15, 15, 17, 17]


def test_nothing_left_is_nothing_whatever_the_quantities(tmp_path):
    world = World(tmp_path)
    world.places("North")
    salt = world.item("Salt")
    world.move(salt, "supplier", "North/stock", day(-9), qty="0.1")
    world.move(salt, "North/stock", "customer", day(-8), qty="0.1")
    world.move(salt, "supplier", "North/stock", day(-4), qty="0.7")
    world.level(salt, "0.7", site="North/stock", as_of=NOW - timedelta(hours=1))
    assert (seen(world).stock[0] <= 0).tolist() == [False] + [True] * 4 + [False] * 4


def test_what_was_used_is_less_what_came_back_and_what_was_lost_is_no_demand(world):
    found = seen(world)
    assert found.demand[0].tolist() == [0] * 6 + [5, 0, -2, 0]
    assert np.flatnonzero(found.came[0]).tolist() == [0]
    assert found.since.tolist() == [found.first]


def test_receipts_of_orders_and_what_production_made_came_too(world):
    steel, table = world.supplier("Steel"), world.item("Table")
    world.purchase(steel, world.bolt, day(-20), received=day(-3), qty=9)
    world.level(table, 3, site="North/stock", as_of=NOW - timedelta(hours=1))
    world.make(table, qty=3, released=day(-8), finished=day(-5))
    world.move(table, "production", "North/stock", day(-5), qty=3)
    found = seen(world)
    bolt, made = found.names.index("odoo:erp/bolt"), found.names.index(f"odoo:erp/{table}")
    assert found.came[bolt, column(found, day(-3))]
    assert found.came[made, column(found, day(-5))]
    assert found.demand[made].sum() == 0  # what is made is no return
    assert found.item_of(found.bought).tolist() == [bolt]
    assert found.item_of(found.made).tolist() == [made]
    assert (found.made.end - found.made.start).tolist() == [3]


def test_orders_of_what_lies_on_no_shelf_are_of_none(world):
    world.purchase(world.supplier("Steel"), world.item("Air"), day(-20))
    found = seen(world)
    assert found.item_of(found.bought).tolist() == [NONE]


def test_before_its_first_level_nothing_is_known_of_a_source_without_moves(tmp_path):
    world = World(tmp_path)
    item = world.item("Bolt")
    for back, there in ((9, 20), (5, 12), (1, 7)):
        world.level(item, Decimal(there), as_of=NOW - timedelta(days=back))
    world.sale(world.customer("Acme"), day(-20), item=item, qty=5, shipped=day(-12))
    found = seen(world)
    lay = found.stock[0]
    assert np.isnan(lay[: column(found, day(-9))]).all()
    assert lay[column(found, day(-6))] == 20
    assert found.demand[0, column(found, day(-12))] == 5


def test_from_a_day_on_it_is_the_same(world):
    found = seen(world, since=day(-3))
    assert found.first == day(-3).toordinal()
    assert found.stock[0].tolist() == [15, 17, 17]
    assert seen(world, since=TODAY).stock.tolist() == [[17]]


def test_without_stock_there_is_no_shelf(tmp_path):
    assert seen(World(tmp_path)) is None


def test_made_up_shelves_come_back_as_they_were_written(tmp_path):
    made = kept(np.random.default_rng(1), 6, days=120, lumpy=0.5, returns=0.1)
    world = World(tmp_path)
    stored(world, made, TODAY)
    found = seen(world)
    first = found.first - (TODAY.toordinal() - 120)
    order = [int(name.rpartition("-")[2]) for name in found.names]
    rows = np.argsort(order)
    assert found.demand[rows] == pytest.approx(made.demand[:, first:])
    assert found.stock[rows] == pytest.approx(made.stock[:, first:])
    assert (found.came[rows] == made.came[:, first:]).all()
    assert len(found.bought) == len(made.bought)
