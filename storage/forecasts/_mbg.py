"""Who buys again, and how often: MBG/NBD (Batislam, Denizel & Filiztekin 2007), in closed form.

Each buys at a pace of its own (gamma r, alpha) and may stop behind any purchase, the first one
too, with a chance of its own (beta a, b): who bought but once is not taken to stay for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import lgamma
from typing import NamedTuple

import numpy as np

from storage.forecasts._logistic import chance_of
from storage.forecasts._scores import CLIP, Floats

STEPS = 60
STEP = 1e-4
LEAN = 1e-4
WIDEST = 1.5
NODES = 200
NEVER = 1e-8
_lgamma = np.vectorize(lgamma, otypes=[float])


class Bought(NamedTuple):
    """What buyers had done by a day: purchases behind the first, days from the first to the last
    purchase, and days since the first."""

    again: Floats
    last: Floats
    age: Floats


@dataclass(frozen=True)
class Mbg:
    """The four figures of a company's buyers; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float

    def stays(self, seen: Bought) -> Floats:
        """The chance that each has not stopped."""
        here, gone = self._logs(seen)
        return chance_of(here - gone)

    def buys(self, seen: Bought, days: float) -> Floats:
        """The chance that each buys at least once in so many days from now."""
        waits = self.alpha + seen.age
        found: Floats = self.stays(seen) * (1 - (waits / (waits + days)) ** (self.r + seen.again))
        return found

    def count(self, seen: Bought, days: float) -> Floats:
        """How many purchases are to be expected of each in so many days from now."""
        # p = u^(1/a) takes the peak of the beta at 0 away; the weights are what is left of it
        stop = ((np.arange(NODES) + 0.5) / NODES) ** (1 / self.a)
        stop = np.clip(stop, NEVER, 1 - NEVER)
        shape = (self.b + seen.again)[:, None] * np.log1p(-stop)
        weight = np.exp(shape - shape.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        waits = (self.alpha + seen.age)[:, None]
        paced = (waits / (waits + stop * days)) ** (self.r + seen.again)[:, None]
        found: Floats = self.stays(seen) * (weight * (1 - paced) / stop).sum(axis=1)
        return found

    def likelihood(self, seen: Bought) -> float:
        """The mean logarithm of the likelihood of what buyers did."""
        here, gone = self._logs(seen)
        pace = _lgamma(self.r + seen.again) - lgamma(self.r) + self.r * np.log(self.alpha)
        whole = lgamma(self.a) + lgamma(self.b) - lgamma(self.a + self.b)
        return float((pace - whole + np.logaddexp(here, gone)).mean())

    def _logs(self, seen: Bought) -> tuple[Floats, Floats]:
        """Logarithms of how likely the past is where one is still here, and where it stopped
        behind its last purchase; but for what both share."""
        n = self.r + seen.again
        both = _lgamma(self.a + self.b + seen.again + 1)
        kept, left = lgamma(self.a), lgamma(self.a + 1)
        here = kept + _lgamma(self.b + seen.again + 1) - both - n * np.log(self.alpha + seen.age)
        gone = left + _lgamma(self.b + seen.again) - both - n * np.log(self.alpha + seen.last)
        return here, gone


def mbg(seen: Bought) -> Mbg:
    """The figures under which what buyers did is likeliest; by Newton's steps on their logarithms,
    which lean a little on 0 so that few buyers give an answer too."""

    def loss(at: Floats) -> float:
        return LEAN * float((at**2).sum()) - Mbg(*np.exp(at).tolist()).likelihood(seen)

    found = np.array([0.0, np.log(max(float(seen.age.mean()), 1.0)), 0.0, 0.0])
    least = loss(found)
    for _ in range(STEPS):
        slope, bend = _shape(loss, found, least)
        width, ways = np.linalg.eigh(bend)
        step = -ways @ ((ways.T @ slope) / np.maximum(np.abs(width), 1e-3))
        step *= min(1.0, WIDEST / max(float(np.abs(step).max()), CLIP))
        while (new := loss(found + step)) > least and np.abs(step).max() > CLIP:
            step = step / 2
        if new > least:
            break
        found, least = found + step, new
        if np.abs(step).max() < CLIP:
            break
    return Mbg(*np.exp(found).tolist())


def _shape(loss: Callable[[Floats], float], at: Floats, here: float) -> tuple[Floats, Floats]:
    """Slope and bend of a function by small differences."""
    ways = np.eye(len(at)) * STEP
    up = np.array([loss(at + one) for one in ways])
    down = np.array([loss(at - one) for one in ways])
    bend = np.diag(up + down - 2 * here)
    for i, j in zip(*np.triu_indices(len(at), 1), strict=True):
        one, two = ways[i], ways[j]
        both = loss(at + one + two) + loss(at - one - two) + 2 * here
        bend[i, j] = bend[j, i] = (both - up[i] - up[j] - down[i] - down[j]) / 2
    return (up - down) / (2 * STEP), bend / STEP**2
