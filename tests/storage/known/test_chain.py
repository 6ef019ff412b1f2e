from datetime import UTC, datetime

import pytest

from storage.known.chain import chain
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def known(world):
    with world.reader() as session:
        return chain(session, NOW)


def test_only_what_is_open_is_in_it(world):
    coil, desk = world.item("Coil"), world.item("Desk")
    steel, acme = world.supplier("Steel"), world.customer("Acme")
    world.purchase(steel, coil, "2026-01-01", received="2026-02-01")
    world.purchase(steel, coil, "2026-01-02", cancelled="2026-02-01")
    coming = world.purchase(steel, coil, "2026-01-03", qty=10)
    world.receive(coming, "2026-02-03", qty=4)
    world.sale(acme, "2026-01-01", item=desk, shipped="2026-02-01")
    waits = world.sale(acme, "2026-01-02", item=desk)
    returned = world.sale(acme, "2026-01-03", item=desk, qty=2, shipped="2026-01-09")
    world.ship(returned, "2026-02-09", qty=-1)
    makes = world.make(desk, released="2026-02-01")
    world.make(desk, released="2026-01-01", finished="2026-02-01")
    found = known(world)
    assert list(found.purchases) == [(world.erp, coming)]
    assert found.purchases[world.erp, coming].received == 4
    assert list(found.sales) == [(world.erp, waits)]
    assert list(found.makes) == [(world.erp, makes)]


def test_stock_is_what_lies_inside(world):
    coil = world.item("Coil")
    hall, vendor = world.site("Hall", kind="internal"), world.site("Vendor", kind="supplier")
    world.level(coil, 5, site=hall)
    world.level(coil, 7)
    world.level(coil, -300, site=vendor)
    short = world.item("Short")
    world.level(short, -3)
    assert known(world).on_hand == {(world.erp, coil): 12, (world.erp, short): 0}
