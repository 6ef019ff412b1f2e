"""Made-up customers whose true ways are known: buyers by MBG/NBD, and contracts by a logit."""

import numpy as np

from storage.forecasts._buying import Purchases

FIRST = 740_000


def bought(rng, n, *, days=728, joins=90, r=0.8, alpha=40.0, a=1.0, b=2.5):
    """Orders of n buyers who join in the first days, buy at a pace each and stop by chance."""
    rows = []
    for number in range(n):
        day, pace = rng.integers(joins), rng.gamma(r, 1 / alpha)
        stop = rng.beta(a, b)
        while day < days:
            rows.append((number, FIRST + int(day), 10.0))
            if rng.random() < stop:
                break
            day = day + max(1.0, rng.exponential(1 / pace))
    return placed(rows, n)


def placed(rows, n, gone=None):
    """Orders from (buyer, day, money)."""
    buyer, day, money = np.array(rows, float).reshape(-1, 3).T
    left = np.zeros(len(buyer), np.int64) if gone is None else np.asarray(gone, np.int64)
    names = tuple(f"buyer {number}" for number in range(n))
    return Purchases(buyer.astype(np.int64), day.astype(np.int64), money, left, names)


def signed(rng, n):
    """What is known of n customers, and the true chance of each to leave."""
    tenure = rng.integers(0, 72, n)
    monthly = rng.random(n) < 0.5
    chance = 1 / (1 + np.exp(-(0.8 - 0.06 * tenure + 1.0 * monthly - 0.5)))
    known = [
        {"tenure": float(one), "term": "month" if flag else "year"}
        for one, flag in zip(tenure, monthly, strict=True)
    ]
    return known, chance
