"""Made-up customers who begin to buy items at known rates, and faster those that go with theirs."""

import numpy as np

from storage.known import Named
from storage.known.baskets import Taken

FIRST, STEP = 740_000, 30


def tasted(rng, n=600, items=60, *, months=36, usual=0.006, times=1.0, spread=0.5):
    """Purchases by which each of n customers begins an item in a month with a chance of its own
    (`usual` on the mean), `times` as often where it has the item beside it: 0 and 1 go together,
    2 and 3, and so on. What one has it buys again every third month."""
    rates = usual * np.exp(rng.normal(0, spread, items) - spread**2 / 2)
    has = np.zeros((n, items), bool)
    rows = []
    beside = np.arange(items) ^ 1
    for month in range(months):
        new = (rng.random((n, items)) < rates * np.where(has[:, beside], times, 1.0)) & ~has
        again = has & (rng.random((n, items)) < 1 / 3)
        has |= new
        for whose, item in zip(*np.nonzero(new | again), strict=True):
            rows.append((whose, item, FIRST + STEP * month + int(rng.integers(STEP))))
    return placed(rows, n, items)


def placed(rows, n, items):
    """Purchases from (customer, item, day)."""
    whose, item, on = np.array(rows, int).reshape(-1, 3).T
    return Taken(
        whose, item, on, np.full(len(whose), 10.0), np.zeros(len(whose), int),
        [("erp", f"c{at}") for at in range(n)],
        [Named("item", "erp", f"i{at}", f"Item {at}") for at in range(items)], ["EUR"],
    )  # fmt: skip
