"""Student's t: how far a mean of few observations may be off."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist, fmean

NORMAL = NormalDist().inv_cdf(0.975)
AS_NORMAL = 400


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % interval, which is null for fewer than two observations."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


def mean(values: Sequence[float]) -> Mean:
    """The mean of values and Student's interval of it; null for none."""
    n = len(values)
    if n == 0:
        return Mean(0, None)
    middle = fmean(values)
    if n == 1:
        return Mean(1, middle)
    spread = sqrt(sum((value - middle) ** 2 for value in values) / (n - 1))
    reach = t95(n - 1) * spread / sqrt(n)
    return Mean(n, middle, middle - reach, middle + reach)


@cache
def t95(freedom: int) -> float:
    """The two-sided 95 % quantile of t with whole degrees of freedom; ValueError below 1."""
    if freedom < 1:
        raise ValueError(f"t needs at least one degree of freedom, not {freedom}")
    if freedom > AS_NORMAL:  # Fisher's expansion (Abramowitz & Stegun 26.7.5)
        return NORMAL + (NORMAL**3 + NORMAL) / (4 * freedom)
    low, high = NORMAL, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 0.95 else (low, middle)
    return (low + high) / 2


def beyond(t: float, freedom: int) -> float:
    """P(T > t), with whole degrees of freedom; ValueError below 1."""
    if freedom < 1:
        raise ValueError(f"t needs at least one degree of freedom, not {freedom}")
    half = (1 - _within(abs(t), freedom)) / 2
    return max(0.0, half) if t >= 0 else 1 - half


def _within(t: float, freedom: int) -> float:
    """P(|T| <= t), by the finite series of Abramowitz & Stegun 26.7.3 and 26.7.4."""
    angle = atan(t / sqrt(freedom))
    is_odd = freedom % 2
    term = cos(angle) if is_odd else 1.0
    total = term if freedom > 1 else 0.0
    for step in range(3 if is_odd else 2, freedom - 1, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    return 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total
