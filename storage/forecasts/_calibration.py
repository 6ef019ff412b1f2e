"""Whether chances told lately held, and what to read instead where they did not.

What a curve calls F(t) for orders that ended at t is spread evenly where the curve is right. The
curve of these values, open orders counted as censored at F(age), is what chances come to; it
leans on an even spread with the weight of `LEAN` orders, so that few orders change little, and
what chance alone would do is taken off (James & Stein 1961).
"""

import numpy as np

from storage.curves import ROUNDING
from storage.forecasts._drawn import Draws
from storage.forecasts._orders import Flags, Floats

LEAN = 100.0
STEPS = 1_000
# a change is believed as far as its square exceeds so many times that of chance alone
NOISE = 8.0
EVEN: Floats = np.arange(STEPS + 1) / STEPS


def calibration(told: Floats, ended: Flags, weight: Floats) -> Floats:
    """What chances of 0, 0.001 … 1 came to. `told`: F at which each ended, or is still open."""
    steps = np.clip(np.ceil(told * STEPS - 1e-9), 0, STEPS).astype(np.int64)
    size = STEPS + 1
    events = np.bincount(steps[ended], weight[ended], size).astype(np.float64)
    at_risk = np.cumsum(np.bincount(steps, weight, size)[::-1])[::-1].astype(np.float64)
    events[1:] += LEAN / STEPS
    at_risk += LEAN * np.append(1.0, 1 - EVEN[:-1])
    stays = 1 - np.divide(events, at_risk)
    came: Floats = 1 - np.cumprod(np.clip(stays, 0.0, 1.0))
    return EVEN + _believed(came - EVEN, float(weight.sum())) * (came - EVEN)


def _believed(change: Floats, n: float) -> float:
    """Which part of a change of chances is more than that of n orders by chance: none to all."""
    square = float((change**2).mean())
    by_chance = NOISE / (6 * (n + LEAN))  # the mean of u (1 - u) is a sixth
    return max(0.0, 1 - by_chance / square) if square > 0 else 0.0


def calibrated(left: Floats, came: Floats) -> Floats:
    """S as it is to be read by what chances came to."""
    read: Floats = 1 - np.interp(1 - left, EVEN, came)
    return read


def by_calibration(ascending: Draws, came: Floats) -> Draws:
    """Draws as they are to be read by what chances came to, a row each."""
    count = ascending.shape[-1]
    shares = (np.arange(count) + 0.5) / count
    told = np.interp(shares, came, EVEN)
    at = np.clip(np.ceil(told * count - 0.5 - ROUNDING).astype(np.int64), 0, count - 1)
    found: Draws = ascending[..., at]
    return found
