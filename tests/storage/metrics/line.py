"""A line with known stage times: a batch a day of coil comes in, is made into desks and sent.

Every batch keeps its own days, so the truth of a window is the plain mean over its batches.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
PER_BATCH, COILS = 5, 10


@dataclass(frozen=True)
class Pace:
    """Mean days of each stage."""

    dock: int = 2
    material: int = 14
    production: int = 6
    finished: int = 9
    delivery: int = 3


@dataclass(frozen=True)
class Batch:
    """The days on which a batch came to each stage; in days before TODAY (negative: to come)."""

    received: int
    usable: int
    begun: int
    finished: int
    sent: int
    delivered: int


def batches(pace, *, days=400, seed=1, later=None, since=0):
    """A batch a day; those received less than `since` days ago go at the pace `later`."""
    rng = random.Random(seed)
    found = []
    for received in range(days, -1, -1):
        now = later if later and received <= since else pace
        at, stops = received, []
        for mean in (now.dock, now.material, now.production, now.finished, now.delivery):
            at -= max(0, mean + rng.choice((-1, 0, 1)))
            stops.append(at)
        found.append(Batch(received, *stops))
    return found


def tell(world, every, *, bill=True, backflush=False):
    """Writes what has happened of the batches; gives the items back: coil, desk."""
    coil, desk = world.item("Coil"), world.item("Desk")
    if bill:
        world.bom(desk, coil, COILS // PER_BATCH)
    for one in every:
        if one.received >= 1:
            world.fact("receipt", item_ref=coil, qty=Decimal(COILS),
                       **world.when("received", day(one.received)),
                       **world.when("available", past(one.usable)))  # fmt: skip
        if one.begun >= 1:
            make = world.make(desk, qty=PER_BATCH, released=day(one.begun + 1),
                              started=day(one.begun), finished=past(one.finished))  # fmt: skip
            used = one.finished if backflush else one.begun
            if used >= 1:
                world.consume(make, coil, day(used), qty=COILS)
        if one.sent >= 1:
            world.fact("shipment", item_ref=desk, qty=Decimal(PER_BATCH),
                       **world.when("shipped", day(one.sent)),
                       **world.when("delivered", past(one.delivered)))  # fmt: skip
    return coil, desk


def stock(world, every, coil, desk, *, backflush=False, extra=0):
    """What lies there now, as moves of the batches make it; `extra` coils that are not there."""
    world.places("Hall")
    coils = desks = 0
    for one in every:
        used = one.finished if backflush else one.begun
        for item, qty, came, gone, origin, end in (
            (coil, COILS, one.received, used, "supplier", "production"),
            (desk, PER_BATCH, one.finished, one.sent, "production", "customer"),
        ):  # fmt: skip
            if came >= 1:
                world.move(item, origin, "Hall/stock", day(came), qty=qty)
            if gone >= 1:
                world.move(item, "Hall/stock", end, day(gone), qty=qty)
        coils += COILS * ((one.received >= 1) - (used >= 1))
        desks += PER_BATCH * ((one.finished >= 1) - (one.sent >= 1))
    for item, qty in ((coil, coils + extra), (desk, desks)):
        world.level(item, qty, site="Hall/stock", as_of=NOW - timedelta(hours=1))


def truth(every, first, last):
    """The mean days of each stage over the batches that left it in the window, in days ago."""
    found = {}
    for name, came, left in (
        ("dock", "received", "usable"), ("material stock", "usable", "begun"),
        ("production", "begun", "finished"), ("finished stock", "finished", "sent"),
        ("delivery", "sent", "delivered"),
    ):  # fmt: skip
        days = [
            getattr(one, came) - getattr(one, left)
            for one in every
            if last <= getattr(one, left) <= first and getattr(one, left) >= 1
        ]
        found[name] = sum(days) / len(days)
    return found


def day(ago):
    return TODAY - timedelta(days=ago)


def past(ago):
    """The day, where it is over; else null."""
    return day(ago) if ago >= 1 else None
