"""A share of things of which several are of one customer: they count less than as many apart."""

from math import hypot

import numpy as np
import numpy.typing as npt

from storage.metrics._due import Share
from storage.metrics.churn import wilson

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NOTHING = Share(0, 0)


def clustered(holds: Flags, whose: Ints) -> Share:
    """The share for which something holds, with Wilson's interval at the count that is worth as
    much as independent ones; `whose` numbers the customer of each.

    The worth is that of the linearised variance of a ratio between clusters (Kish 1965, Survey
    Sampling, 5.6 and 8.2): never more than n, and never less than n² by the sum of squared sizes,
    which is what is left where all of a customer are alike.
    """
    n = len(holds)
    if not n:
        return NOTHING
    hits, share = int(holds.sum()), float(holds.mean())
    low, high = wilson(share * (worth := _worth(holds, whose, share)), worth) or (None, None)
    return Share(hits, n, low, high)


def _worth(holds: Flags, whose: Ints, share: float) -> float:
    n = len(holds)
    _, places, sizes = np.unique(whose, return_inverse=True, return_counts=True)
    if len(sizes) == n:
        return n
    least = n * n / float((sizes**2).sum())
    if len(sizes) == 1 or share in (0.0, 1.0):
        return least
    off = np.bincount(places, weights=holds - share)
    variance = len(sizes) / (len(sizes) - 1) * float((off**2).sum()) / n**2
    return min(max(share * (1 - share) / variance, least), n) if variance else n


def is_apart(one: Share, other: Share) -> bool:
    """Whether two shares differ by more than chance would have it."""
    gap = difference(one, other)
    return gap is not None and not gap[1] <= 0 <= gap[2]


def difference(one: Share, other: Share) -> tuple[float, float, float] | None:
    """How much higher one share is than another, with its 95 % interval; null where one is of
    nothing (Newcombe 1998, Statistics in Medicine 17, method 10: each side by its own limits)."""
    if one.rate is None or other.rate is None:
        return None
    assert one.low is not None
    assert one.high is not None
    assert other.low is not None
    assert other.high is not None
    return gap((one.rate, one.low, one.high), (other.rate, other.low, other.high))


def gap(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float, float]:
    """How much higher one figure is than another, with its interval, by each one's own limits."""
    value, low, high = one
    before, least, most = other
    found = value - before
    down, up = hypot(value - low, most - before), hypot(high - value, before - least)
    return found, found - down, found + up
