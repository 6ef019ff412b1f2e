"""Made-up shelves whose truth is known: demand and lead times of a kind, ordered by a policy."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import numpy as np

from storage.forecasts._stock_facts import Shelves
from tests.storage.forecasts.generated import placed

FIRST = 740_000
WORKDAYS = np.array([1.2, 1.1, 1.0, 1.0, 0.7, 0.0, 0.0])


def kept(
    rng, n=400, *, days=900, median=30, sigma=0.5, drift=0.0, lumpy=0.5, suppliers=10,
    tight=(0.6, 1.4), returns=0.0, is_lost=True,
):  # fmt: skip
    """Shelves of n items over so many days. Each is ordered for 45 days when what is there and on
    order falls below `tight` times the mean demand of its supplier's median lead time.

    A share `lumpy` of items is asked for in few large orders, the others a little every workday;
    levels wander by `drift` a week; a share `returns` of what was used comes back. What is wanted
    while none is there `is_lost`, or else waits until some is.
    """
    rate = rng.gamma(2.0, 2.0, n) + 0.2
    is_lumpy = rng.random(n) < lumpy
    supplier = rng.integers(0, suppliers, n)
    medians = median * np.exp(0.3 * rng.standard_normal(suppliers))[supplier]
    factor = rng.uniform(*tight, n)
    level = np.ones(n)
    stock, position, waiting = np.ceil(rate * 45), np.ceil(rate * 45), np.zeros(n)
    lies, used, came = (np.zeros((n, days), np.float32) for _ in range(3))
    arrives, orders = {}, []
    for day in range(days):
        for item, qty in arrives.pop(day, ()):
            stock[item] += qty
            came[item, day] += qty
        if day % 7 == 0 and drift:
            level *= np.exp(drift * rng.standard_normal(n) - drift**2 / 2)
        below = position - waiting <= factor * rate * level * medians
        for item in np.flatnonzero(below):
            takes = max(1, round(medians[item] * np.exp(sigma * rng.standard_normal())))
            qty = max(1.0, np.ceil(45 * rate[item] * level[item]))
            orders.append((item, day, takes))
            arrives.setdefault(day + takes, []).append((item, qty))
            position[item] += qty
        wanted = waiting + asked(rng, rate * level, is_lumpy, day)
        sold = np.minimum(wanted, stock)
        waiting = np.zeros(n) if is_lost else wanted - sold
        back = rng.binomial(sold.astype(int), returns) if returns else 0
        stock, position = stock - sold + back, position - sold + back
        used[:, day], lies[:, day] = sold - back, stock
    return shelved(lies, used, came, orders, supplier)


def asked(rng, rate, is_lumpy, day):
    """What is wanted of each item on a day."""
    wave = WORKDAYS[day % 7] * 7 / WORKDAYS.sum()
    lumps = (rng.random(len(rate)) < 0.08 * wave) * rng.geometric(np.minimum(1, 0.08 / rate))
    return np.where(is_lumpy, lumps, rng.poisson(rate * wave)).astype(float)


def shelved(lies, used, came, orders, supplier=None, made=()):
    """Shelves from what lay there, was used and came by day, and orders (item, day, days)."""
    n, days = lies.shape
    supplier = np.zeros(n, np.int64) if supplier is None else supplier

    def of(rows):
        item, day, takes = np.array(rows, np.int64).reshape(-1, 3).T
        return placed(FIRST + day, takes, today=FIRST + days, item=item, supplier=supplier[item])

    return Shelves(
        [f"item {number}" for number in range(n)], FIRST, lies.astype(np.float32),
        used.astype(np.float32), came > 0, np.full(n, FIRST), of(orders), of(made),
    )  # fmt: skip


def stored(world, shelves, today):
    """Writes made-up shelves into a world, so that their last day is yesterday."""

    def on(day):
        return today - timedelta(days=shelves.end - int(day))

    midnight = datetime.combine(today, time(), world.zone)
    world.places("North")
    suppliers = [
        world.supplier(f"Supplier {at}") for at in range(len(shelves.bought.names["supplier"]))
    ]
    items = [world.item(name.capitalize()) for name in shelves.names]
    for item, lies in zip(items, shelves.stock[:, -1].tolist(), strict=True):
        world.level(item, Decimal(lies), site="North/stock", as_of=midnight)
    bought = shelves.bought
    for item, supplier, start, end in zip(
        shelves.item_of(bought).tolist(), bought.codes["supplier"].tolist(), bought.start.tolist(),
        bought.end.tolist(), strict=True,
    ):  # fmt: skip
        world.purchase(
            suppliers[supplier], items[item], on(start), received=on(end) if end else None, qty=9
        )
    for item, day in zip(*np.nonzero(shelves.came), strict=True):
        more = shelves.stock[item, day] + shelves.demand[item, day] - before(shelves, item, day)
        world.move(items[item], "supplier", "North/stock", on(shelves.first + day), qty=int(more))
    for item, day in zip(*np.nonzero(shelves.demand), strict=True):
        qty = int(shelves.demand[item, day])
        ends = ("North/stock", "customer") if qty > 0 else ("customer", "North/stock")
        world.move(items[item], *ends, on(shelves.first + day), qty=abs(qty))
    return items


def before(shelves, item, day):
    return shelves.stock[item, day - 1] if day else shelves.stock[item, 0] + shelves.demand[item, 0]
