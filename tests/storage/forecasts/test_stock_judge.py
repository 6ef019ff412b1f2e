from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.forecasts._statement import Issued
from storage.forecasts.stock import MODEL
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
BERLIN = ZoneInfo("Europe/Berlin")


def day(ahead):
    return TODAY + timedelta(ahead)


def issued(item, told, by, number=1):
    return Issued(
        "stock", f"item:odoo:erp/{item}", "runs out", 0.3, day(by), id=number, version=1,
        issued_at=NOW + timedelta(days=told), issued_on=day(told),
    )  # fmt: skip


@pytest.fixture
def world(tmp_path):
    """Bolts came 40 days ago, were out 10 days ago and came again 5 days ago."""
    world = World(tmp_path)
    world.places("North")
    world.bolt = world.item("Bolt")
    world.move(world.bolt, "supplier", "North/stock", day(-40), qty=9)
    world.move(world.bolt, "North/stock", "customer", day(-10), qty=9)
    world.move(world.bolt, "supplier", "North/stock", day(-5), qty=4)
    world.level(world.bolt, 4, site="North/stock", as_of=NOW - timedelta(hours=1))
    return world


def judged(world, *told):
    with world.reader() as session:
        return MODEL.judge(session, told, NOW, BERLIN)


def test_it_held_where_it_was_out_before_more_came(world):
    assert judged(world, issued(world.bolt, -20, 30)) == {1: True}


def test_it_did_not_hold_where_more_came_first_or_its_day_is_over(world):
    assert judged(world, issued(world.bolt, -9, 30)) == {1: True}  # it is out since
    assert judged(world, issued(world.bolt, -20, -12)) == {1: False}
    world.receive(world.purchase(world.supplier("Steel"), world.bolt, day(-30)), day(-15))
    assert judged(world, issued(world.bolt, -20, 30)) == {1: False}


def test_what_came_on_the_day_it_was_told_is_not_what_is_waited_for(world):
    assert judged(world, issued(world.bolt, -5, 30)) == {}


def test_what_is_still_there_and_waits_is_not_decided(world):
    assert judged(world, issued(world.bolt, -3, 3), issued(world.bolt, 0, 9, number=2)) == {}


def test_of_what_lies_on_no_shelf_nobody_will_know(world):
    assert judged(world, issued("gone", -3, -1)) == {1: None}
    assert judged(world) == {}


def test_what_lay_there_before_anyone_looked_is_not_known(tmp_path):
    world = World(tmp_path)
    item = world.item("Bolt")
    world.level(item, 4, as_of=NOW - timedelta(days=2))
    assert judged(world, issued(item, -9, -4)) == {1: None}


def test_in_a_store_without_stock_nobody_will_know(tmp_path):
    assert judged(World(tmp_path), issued("bolt", -9, 4)) == {1: None}
