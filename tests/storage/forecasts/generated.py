"""Made-up purchases whose true lead times are known, as columns."""

import numpy as np

from storage.forecasts._orders import DIMENSIONS, Orders

TODAY = 740_000
SIGMA = 0.6


def lognormal(rng, n, median, sigma=SIGMA):
    return np.maximum(1, np.rint(median * np.exp(sigma * rng.standard_normal(n)))).astype(np.int64)


def placed(start, days, *, today=TODAY, left=None, group=None, **codes):
    """Orders that began on days and take so many; known as of `today`. Codes begin at 0."""
    start, days = np.asarray(start, np.int64), np.asarray(days, np.int64)
    end = np.where(start + days < today, start + days, 0)
    gone = np.zeros(len(start), np.int64) if left is None else np.asarray(left, np.int64)
    group = np.arange(len(start)) if group is None else np.asarray(group, np.int64)
    made, names = {}, {}
    for one in DIMENSIONS:
        code = np.asarray(codes.get(one, np.full(len(start), -1)), np.int64) + 1
        made[one] = code
        names[one] = ["", *(f"{one} {number}" for number in range(int(code.max(initial=0))))]
    return Orders(start, np.where(gone > 0, 0, end), gone, group, made, names)


def steady(rng, n, median=30, since=90, **codes):
    """Orders placed evenly over the last days."""
    start = TODAY - rng.integers(1, since + 1, n)
    return placed(start, lognormal(rng, n, median), **codes)
