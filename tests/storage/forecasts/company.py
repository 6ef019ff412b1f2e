"""A made-up company that buys, makes, picks and carries to order, in ways that are known.

Each sale waits for a coil of its own, which is put away, made into a desk, picked for the promised
day (or soon, where that is over) and carried. What had not happened by `NOW` is not in the store.
"""

import math
import random
from datetime import UTC, datetime, time, timedelta

from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
BUYING, MAKING, PROMISE = (12, 0.4), (5, 0.3), 25
DOCKED, EARLY, LATE, CARRIED = (0, 1, 1, 2), (0, 1, 1, 2), (0, 0, 1), (2, 3, 3, 5)


class Company:
    """Sales of `days` days, so many `a_day`; `arrives` are their true days, by sales line."""

    def __init__(self, folder, *, days=300, a_day=1, seed=1, promise=PROMISE):
        self.world, self.rng, self.arrives = World(folder), random.Random(seed), {}
        world = self.world
        world.places("HQ")
        self.steel = world.supplier("Steel", country="SE")
        self.customers = [world.customer(name, country="DE") for name in ("Acme", "Beta")]
        self.coil, self.desk = world.item("Coil"), world.item("Desk")
        world.bom(self.desk, self.coil)
        for item in (self.coil, self.desk):
            world.level(item, 0, site="HQ/stock")
        for ago in range(days, 0, -1):
            for _ in range(a_day):
                self._sell(TODAY - timedelta(days=ago), promise)

    def _sell(self, ordered, promise):
        world, seen = self.world, datetime.combine(ordered, time(1), UTC)
        due = ordered + timedelta(days=promise)
        came = ordered + timedelta(days=self._days(BUYING))
        there = came + timedelta(days=self.rng.choice(DOCKED))
        made = there + timedelta(days=self._days(MAKING))
        leaves = made + timedelta(days=self.rng.choice(LATE))
        if made < due:
            leaves = max(made, due - timedelta(days=self.rng.choice(EARLY)))
        arrives = leaves + timedelta(days=self.rng.choice(CARRIED))
        bought, make, sold = self._orders(ordered, due, seen)
        self._reserve(bought, make, sold, seen)
        self.arrives[world.erp, sold] = arrives
        if came < TODAY:
            world.fact("receipt", line_ref=bought, qty=1, **world.when("received", came),
                       **self._once("available", there))  # fmt: skip
        if there < TODAY:
            world.move(self.coil, "supplier", "HQ/stock", there)
            world.move(self.coil, "HQ/stock", "production", there)
            world.consume(make, self.coil, there)
        if made < TODAY:
            world.move(self.desk, "production", "HQ/stock", made)
        if leaves < TODAY:
            world.move(self.desk, "HQ/stock", "customer", leaves)
            world.fact("shipment", line_ref=sold, qty=1, **world.when("shipped", leaves),
                       **self._once("delivered", arrives))  # fmt: skip
        self._began(make, there, made)

    def _orders(self, ordered, due, seen):
        """The purchase line, production order and sales line; seen on the day they were placed."""
        world = self.world
        order = world.fact("purchaseorder", number="P", supplier_ref=self.steel, seen=seen,
                           **world.when("ordered", ordered))  # fmt: skip
        bought = world.fact("purchaseline", order_ref=order, item_ref=self.coil, qty=1, seen=seen,
                            location_ref="HQ/stock")  # fmt: skip
        self._made = {"number": "M", "item_ref": self.desk, "qty": 1, "seen": seen,
                      **world.when("released", ordered)}  # fmt: skip
        make = f"make-{bought}"
        number = f"S{len(self.arrives)}"
        sale = world.fact("salesorder", number=number, customer_ref=self.rng.choice(self.customers),
                          seen=seen, **world.when("ordered", ordered))  # fmt: skip
        sold = world.fact("salesline", order_ref=sale, item_ref=self.desk, qty=1, seen=seen,
                          promised_first=due, promised_on=due, location_ref="HQ/stock")  # fmt: skip
        return bought, make, sold

    def _began(self, make, there, made):
        self.world.fact("makeorder", source_id=make, **self._made, **self._once("started", there),
                        **self._once("finished", made))  # fmt: skip

    def _reserve(self, bought, make, sold, seen):
        for kind, demand, supply_kind, supply, item in (
            ("makeorder", make, "purchaseline", bought, self.coil),
            ("salesline", sold, "makeorder", make, None),
        ):
            self.world.fact("peg", demand_kind=kind, demand_ref=demand, supply_kind=supply_kind,
                            supply_ref=supply, item_ref=item, qty=1, seen=seen)  # fmt: skip

    def _once(self, name, day):
        return self.world.when(name, day if day < TODAY else None)

    def _days(self, of):
        median, spread = of
        return max(1, round(median * math.exp(self.rng.gauss(0, spread))))
