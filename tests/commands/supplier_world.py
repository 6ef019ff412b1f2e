"""Suppliers with a story: Borealis slowed down and slips, Cobalt is steady, Dune seldom asked."""

from datetime import timedelta
from decimal import Decimal

from tests.commands.dialogue import NOW, synced

TODAY = NOW.date()


def day(ago):
    return TODAY - timedelta(days=ago)


def tell(world):
    """Writes the story; Borealis and Cobalt acknowledge after 2 days, Dune has not yet."""
    steel = world.supplier("Borealis Steel", country="SE")
    glass = world.supplier("Cobalt Glass", country="AT")
    dune = world.supplier("Dune Sands", country="AT")
    coil, pane = world.item("Coil", category="Steel"), world.item("Pane", category="Glass")
    sand = world.item("Sand", category="Glass")
    world.site("Main site", source_id="main")
    for ago in range(3, 500, 3):
        takes = (43 if ago <= 70 else 31) + ago % 5 - 2
        line = bought(world, steel, coil, ago, takes, plans=31, price=500, ships=takes - 5)
        if 20 < ago <= 70:  # what is under way when it slows down is put off by a week
            seen = NOW - timedelta(days=ago - 20)
            world.overwrite("purchaseline", line, "promised_on", day(ago - 38), seen)
    for ago in range(4, 500, 4):
        bought(world, glass, pane, ago, 9 + ago % 3 - 1, plans=10, price=20, ships=5)
    for ago in (12, 90, 200):
        bought(world, dune, sand, ago, 20, plans=25, price=None, acknowledged=None)
    synced(world)
    return world


def bought(world, supplier, item, ago, takes, *, plans, price, ships=None, acknowledged=2, qty=2):
    """A purchase of one line that was first seen on the day on which it was placed."""
    seen = NOW - timedelta(days=ago)

    def event(name, days):
        return world.when(name, day(ago - days) if days is not None and days <= ago else None)

    order = world.fact(
        "purchaseorder", number=f"P{ago:03}-{supplier[-1]}", supplier_ref=supplier, seen=seen,
        currency="EUR", **world.when("ordered", day(ago)), **event("acknowledged", acknowledged),
        **event("shipped", ships),
    )  # fmt: skip
    line = world.fact(
        "purchaseline", order_ref=order, item_ref=item, location_ref="main", qty=Decimal(qty),
        unit_price=None if price is None else Decimal(price), seen=seen,
        promised_first=day(ago - plans), promised_on=day(ago - plans), planned_on=day(ago - plans),
    )  # fmt: skip
    if takes <= ago:
        world.receive(line, day(ago - takes), qty=qty)
    return line
