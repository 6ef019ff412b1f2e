"""How far the mean of few answers on a scale may be off, even where all of them are alike."""

from dataclasses import dataclass
from math import hypot, sqrt

from storage.metrics._student import t95

END, MIDDLE = 0.75, 1.5
ADDED = 2 * END + MIDDLE


@dataclass(frozen=True)
class Adjusted:
    """The middle of an interval and how far it reaches to each side, on the scale of answers."""

    middle: float
    reach: float


def adjusted(total: float, squares: float, n: int, low: float, high: float) -> Adjusted | None:
    """The 95 % interval of the mean of n answers from `low` to `high`, of which their sum and the
    sum of their squares are known; null for fewer than two.

    Three quarters of an answer are added at either end and one and a half in the middle, and t has
    n - 1 degrees of freedom (Rocks 2016, The American Statistician 70:4, for NPS).
    """
    if n < 2:
        return None
    centre, more = (low + high) / 2, n + ADDED
    middle = (total + END * (low + high) + MIDDLE * centre) / more
    spread = (squares + END * (low**2 + high**2) + MIDDLE * centre**2) / more - middle**2
    return Adjusted(middle, t95(n - 1) * sqrt(max(0.0, spread) / more))


def differ(one: Adjusted | None, other: Adjusted | None) -> bool:
    """Whether two means are further apart than the margin of their difference."""
    if one is None or other is None:
        return False
    return abs(one.middle - other.middle) > hypot(one.reach, other.reach)
