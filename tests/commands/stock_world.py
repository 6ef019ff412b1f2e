"""A world with stock: what lasts, what runs out, what lies still, over a year of moves."""

from datetime import timedelta
from decimal import Decimal

from tests.commands.dialogue import NOW, synced
from tests.storage.world import World

TODAY = NOW.date()


def day(ahead):
    return TODAY + timedelta(ahead)


def stocked(folder):
    """Coils last 5 days and come in 12; panes are out; bolts last; frames lie still.

    Everything lies at North but the bolts, of which some lie at South.
    """
    world = World(folder)
    world.places("North", "South")
    world.steel = world.supplier("Borealis Steel")
    world.coil = item(world, "Coil", "Steel", 10)
    world.pane = item(world, "Pane", "Glass", 5)
    world.bolt = item(world, "Bolt", "Fasteners", 1)
    world.frame = item(world, "Frame", "Steel", 100)
    world.nut = item(world, "Nut", "Fasteners", 1, is_active=False)
    for back in range(60, 400, 4):
        bought(world, world.coil, -back, takes=20)
    world.purchase(world.steel, world.coil, day(-8), qty=300, promised=day(12), site="North")
    used(world, world.coil, on_hand=50, per_day=10)
    used(world, world.pane, on_hand=0, per_day=3)
    used(world, world.bolt, on_hand=900, per_day=2)
    lies(world, world.bolt, 100, "South")
    lies(world, world.frame, 4)
    lies(world, world.nut, 7)
    world.move(world.frame, "supplier", "North/stock", day(-300), qty=4, value=400)
    synced(world)
    world.synced(world.erp, "stock", "stocklevel,stockmove,item", NOW - timedelta(minutes=5))
    return world


def item(world, name, category, cost, **more):
    return world.item(name, category=category, unit_cost=Decimal(cost), currency="EUR", **more)


def bought(world, what, ordered, *, takes):
    line = world.purchase(world.steel, what, day(ordered), qty=40, site="North")
    world.receive(line, day(ordered + takes), qty=40)
    world.move(what, "supplier", "North/stock", day(ordered + takes), qty=40, value=400)


def lies(world, what, on_hand, site="North", **more):
    world.level(what, on_hand, site=f"{site}/stock", as_of=NOW - timedelta(hours=1), **more)


def used(world, what, *, on_hand, per_day, days=365):
    """Sold at that rate every day; what lies there now is `on_hand`."""
    world.move(what, "supplier", "North/stock", day(-days - 1), qty=per_day * days)
    for back in range(1, days + 1):
        world.move(what, "North/stock", "customer", day(-back), qty=per_day)
    lies(world, what, on_hand)
