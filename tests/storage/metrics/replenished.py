"""Bolts and nuts that Borealis sends, for the tests of what is to come."""

from datetime import UTC, datetime, timedelta

from storage.known.columns import purchases
from storage.known.making import make_orders
from storage.known.purchases import purchase_lines
from storage.metrics._replenishment import SupplierCurves, dues
from tests.storage.world import World

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
TODAY = NOW.date()


def day(ahead):
    return TODAY + timedelta(ahead)


def bought(folder):
    """Bolts take 20 days from Borealis, two in five of them 30; nuts have been bought once."""
    world = World(folder, erp="erp")
    world.steel = world.supplier("Borealis")
    world.item("Bolt", source_id="bolt")
    world.item("Nut", source_id="nut")
    for back in range(40, 100, 2):
        buy(world, "bolt", -back, takes=30 if back % 5 < 2 else 20)
    buy(world, "nut", -90, takes=20)
    return world


def buy(world, item, ordered, *, takes=None, promised=None, qty=100, **more):
    line = world.purchase(
        world.steel, item, day(ordered), qty=qty, promised=promised and day(promised), **more
    )
    if takes:
        world.receive(line, day(ordered + takes), qty=qty)
    return line


def lines(world):
    with world.reader() as session:
        return list(purchase_lines(session, NOW, NOW - timedelta(days=900), NOW))


def columns(world):
    with world.reader() as session:
        return purchases(session, NOW, NOW - timedelta(days=900), NOW)


def coming(world, leads):
    """What is to come by the curves of suppliers these days."""
    curves = SupplierCurves(columns(world), TODAY)
    return dues(lines(world), makes(world), leads, TODAY, curves)


def makes(world):
    with world.reader() as session:
        return list(make_orders(session, NOW))
