"""Who buys again, and how often: MBG/NBD (Batislam, Denizel & Filiztekin 2007), in closed form.

Each buys at a pace of its own (gamma r, alpha) and may stop behind any purchase, the first one
too, with a chance of its own (beta a, b): who bought but once is not taken to stay for ever.
"""

from dataclasses import dataclass
from math import lgamma
from typing import NamedTuple

import numpy as np

from storage.forecasts._logistic import chance_of
from storage.forecasts._newton import least
from storage.forecasts._scores import Floats

LEAN = 1e-4
NODES = 200
NEVER = 1e-8


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

    def at_least(self, seen: Bought, days: float, most: int) -> Floats:
        """The chances that each buys at least 1, 2, … `most` times in so many days, a row each.

        Who has not stopped is cut short by the days or by stopping, whichever is first, and both
        are known apart: a negative binomial, and a beta-geometric.
        """
        shape, share = self.r + seen.again, days / (self.alpha + seen.age + days)
        here = shape * np.log1p(-share)  # the chance of no purchase, if it could not stop
        step, number = np.exp(here), np.arange(most)
        found = np.empty((len(shape), most))
        left, kept = 1 - step, self.stays(seen)
        for at in number.tolist():
            found[:, at] = kept * np.maximum(left, 0)
            step = step * share * (shape + at) / (at + 1)
            left = left - step
            kept = kept * (self.b + seen.again + 1 + at) / (self.a + self.b + seen.again + 1 + at)
        return found

    def likelihoods(self, seen: Bought) -> Floats:
        """The logarithm of the likelihood of what each did."""
        here, gone = self._logs(seen)
        pace = lgammas(self.r, seen.again) - lgamma(self.r) + self.r * np.log(self.alpha)
        whole = lgamma(self.a) + lgamma(self.b) - lgamma(self.a + self.b)
        found: Floats = pace - whole + np.logaddexp(here, gone)
        return found

    def _logs(self, seen: Bought) -> tuple[Floats, Floats]:
        """Logarithms of how likely the past is where one is still here, and where it stopped
        behind its last purchase; but for what both share."""
        n = self.r + seen.again
        both = lgammas(self.a + self.b + 1, seen.again)
        kept, left = lgamma(self.a), lgamma(self.a + 1)
        here = kept + lgammas(self.b + 1, seen.again) - both - n * np.log(self.alpha + seen.age)
        gone = left + lgammas(self.b, seen.again) - both - n * np.log(self.alpha + seen.last)
        return here, gone


def lgammas(base: float, counts: Floats, each: float = 1.0) -> Floats:
    """ln Γ(base + each · count) of whole numbers, each number reckoned once."""
    most = int(counts.max(initial=0))
    table = [lgamma(base + each * count) if base or count else 0.0 for count in range(most + 1)]
    found: Floats = np.array(table)[counts.astype(np.int64)]
    return found


def mbg(seen: Bought) -> Mbg:
    """The figures under which what buyers did is likeliest; their logarithms lean a little on 0 so
    that few buyers give an answer too. Buyers who did the same are reckoned once."""
    alike, count = np.unique(np.column_stack(seen), axis=0, return_counts=True)
    once, weight = Bought(*alike.T), count / len(seen.age)

    def loss(at: Floats) -> float:
        told = Mbg(*np.exp(at).tolist()).likelihoods(once)
        return LEAN * float((at**2).sum()) - float(told @ weight)

    start = np.array([0.0, np.log(max(float(seen.age.mean()), 1.0)), 0.0, 0.0])
    return Mbg(*np.exp(least(loss, start)).tolist())
