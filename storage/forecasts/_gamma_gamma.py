"""How much an order of each customer is worth on average: gamma-gamma (Fader & Hardie 2013).

Orders of a customer spread around a mean of its own (gamma, shape p); these means differ between
customers (inverse gamma: q, gamma). It takes how often one orders to say nothing of how much: where
the two go together, each is drawn to the mean of those who order as often instead.
"""

from dataclasses import asdict, dataclass
from math import lgamma, sqrt
from typing import Any, NamedTuple

import numpy as np

from storage.forecasts._mbg import lgammas
from storage.forecasts._newton import least
from storage.forecasts._scores import Floats, ranks
from storage.metrics.churn import Z95

LEAN = 0.05
# a rank correlation beyond this, and beyond chance, is one that can't be overlooked
TOGETHER = 0.2
# who made up to so many orders is alike, where how often one orders says how much
OFTEN = (1, 3, 9)
FEWEST = 20


class Spent(NamedTuple):
    """What customers had spent by a day: on how many orders whose money is known, and on each of
    them in the mean (of none: any)."""

    orders: Floats
    mean: Floats


@dataclass(frozen=True)
class Together:
    """How frequency and mean order value go together over n customers who ordered twice or more:
    the rank correlation, null of fewer than three or where all are alike."""

    n: int
    rank: float | None

    @property
    def is_there(self) -> bool:
        """Whether they do, by more than chance."""
        if self.rank is None or self.n < FEWEST:
            return False
        return abs(self.rank) > max(TOGETHER, Z95 / sqrt(self.n - 1))


@dataclass(frozen=True)
class GammaGamma:
    """The figures of a company's orders; gamma in money. `usual` are the mean orders of those who
    ordered up to each of `OFTEN`, and of the rest, where frequency and value go together."""

    p: float
    q: float
    gamma: float
    together: Together
    usual: tuple[float, ...] | None = None

    def scale(self, spent: Spent) -> Floats:
        """gamma of each customer: as an unseen one's mean order is worth p gamma / (q - 1)."""
        if self.usual is None:
            return np.full(len(spent.orders), self.gamma)
        means = np.array(self.usual)[np.digitize(spent.orders, OFTEN, right=True)]
        scaled: Floats = means * (self.q - 1) / self.p
        return scaled

    def behind(self, spent: Spent) -> tuple[Floats, Floats]:
        """q and gamma of each customer once what it spent is known."""
        paid = np.where(spent.orders > 0, spent.orders * spent.mean, 0.0)
        return self.q + self.p * spent.orders, self.scale(spent) + paid

    def order(self, spent: Spent) -> Floats:
        """What an order of each is expected to be worth."""
        shape, scale = self.behind(spent)
        found: Floats = self.p * scale / (shape - 1)
        return found

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def gamma_gamma_from(found: dict[str, Any]) -> GammaGamma:
    """What `as_json` gave."""
    usual = found["usual"]
    return GammaGamma(
        found["p"], found["q"], found["gamma"], Together(**found["together"]),
        None if usual is None else tuple(usual),
    )  # fmt: skip


def gamma_gamma(spent: Spent) -> GammaGamma | None:
    """The figures under which what customers spent is likeliest; null where nobody spent any.
    They lean a little on 1 so that few customers give an answer too."""
    paid = (spent.orders > 0) & (spent.mean > 0)
    if not paid.any():
        return None
    count, mean = spent.orders[paid], spent.mean[paid]
    whole = float((count * mean).sum() / count.sum())  # so that gamma is near 1 in any currency

    def told(at: Floats) -> tuple[float, float, float]:
        p, above, gamma = np.exp(at).tolist()
        return p, 1 + above, gamma

    def loss(at: Floats) -> float:
        lean = LEAN * float((at**2).sum()) / len(count)
        return lean - _likelihood(*told(at), count, mean / whole)

    p, q, gamma = told(least(loss, np.zeros(3)))
    known = Spent(count, mean)
    together = goes_together(known)
    usual = _usual(known) if together.is_there else None
    return GammaGamma(p, q, gamma * whole, together, usual)


def _likelihood(p: float, q: float, gamma: float, count: Floats, mean: Floats) -> float:
    """The mean logarithm of the likelihood of mean order values; but for what no figure moves."""
    shape = p * count
    return float((
        lgammas(q, count, p) - lgammas(0.0, count, p) - lgamma(q) + q * np.log(gamma)
        + shape * np.log(mean * count) - (shape + q) * np.log(gamma + count * mean)
    ).mean())  # fmt: skip


def goes_together(spent: Spent) -> Together:
    """How frequency and value go together among those who ordered twice or more."""
    more = spent.orders >= 2
    n = int(more.sum())
    count, mean = ranks(spent.orders[more]), ranks(spent.mean[more])
    if n < 3 or not np.ptp(count) or not np.ptp(mean):
        return Together(n, None)
    return Together(n, float(np.corrcoef(count, mean)[0, 1]))


def _usual(spent: Spent) -> tuple[float, ...]:
    """The mean order of those who ordered as often, drawn to that of all where they are few."""
    group = np.digitize(spent.orders, OFTEN, right=True)
    size = len(OFTEN) + 1
    n = np.bincount(group, minlength=size)
    sums = np.bincount(group, spent.mean, size)
    return tuple(((sums + FEWEST * spent.mean.mean()) / (n + FEWEST)).tolist())
