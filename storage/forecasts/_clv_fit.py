"""What customers will bring, each with an interval: of buyers, and of those with a contract.

An interval holds what one customer brings, not what the average one does, in so many cases of all.
Where it may well bring nothing (or all there is to bring) the interval begins (or ends) there. It
always holds the value too, so that of one who hardly comes back it is wider than it had to be.
"""

from collections.abc import Sequence
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from storage.forecasts._buying import Ints
from storage.forecasts._gamma_gamma import GammaGamma, Spent, gamma_gamma
from storage.forecasts._mbg import Bought, Mbg
from storage.forecasts._sbg import Cohort, Sbg, drawn, sbg
from storage.forecasts._scores import QUANTILES, Flags, Floats

SHARES = (0.8, 0.9)
FEWEST = 20
CASES = 400
PLASTIC = 1.324717957244746
NORMAL = NormalDist()
TINY = 1e-6
ROWS = 4_096
MOST = 2_000
FAR = 6.0
Bounds = tuple[Floats, Floats]


class Ahead(NamedTuple):
    """Money that each customer is expected to bring, the (low, high) of each of `SHARES`, and what
    it stays below with each of `QUANTILES`, a row each."""

    value: Floats
    bounds: tuple[Bounds, ...]
    quantiles: Floats

    def only(self, which: Flags) -> "Ahead":
        bounds = tuple((low[which], high[which]) for low, high in self.bounds)
        return Ahead(self.value[which], bounds, self.quantiles[which])


def together(told: Sequence[Ahead]) -> Ahead:
    """All of what was told, in one; there must be some."""
    bounds = tuple(
        (np.concatenate([one.bounds[at][0] for one in told]),
         np.concatenate([one.bounds[at][1] for one in told]))
        for at in range(len(told[0].bounds))
    )  # fmt: skip
    value, quantiles = (
        np.concatenate(some) for some in zip(*((o.value, o.quantiles) for o in told), strict=True)
    )
    return Ahead(value, bounds, quantiles)


def spending(spent: Spent) -> GammaGamma | None:
    """How much an order of each is worth; null where fewer than `FEWEST` paid for any."""
    is_enough = ((spent.orders > 0) & (spent.mean > 0)).sum() >= FEWEST
    return gamma_gamma(spent) if is_enough else None


def lasting(seen: Cohort) -> tuple[Sbg, list[Sbg]] | None:
    """How long contracts last, with fits to the cohort drawn anew; null of fewer than `FEWEST`."""
    return (sbg(seen), drawn(seen)) if seen.n >= FEWEST else None


def by_orders(pace: Mbg, spend: GammaGamma, seen: Bought, spent: Spent, days: float) -> Ahead:
    """What buyers bring in so many days: orders to come times money an order; its spread from
    `CASES` of each, always the same, whoever else is told of."""
    value = np.zeros(len(seen.age))
    bounds = np.zeros((len(SHARES), 2, len(value)))
    quantiles = np.zeros((len(value), len(QUANTILES)))
    for at in range(0, len(value), ROWS):
        part = slice(at, at + ROWS)
        who, paid = Bought(*(one[part] for one in seen)), Spent(*(one[part] for one in spent))
        chances = pace.at_least(who, days, _most(pace, who, days))
        value[part] = chances.sum(axis=1) * spend.order(paid)
        money = np.sort(_money(_counts(chances), spend, paid), axis=1)
        for number, share in enumerate(SHARES):
            bounds[number, :, part] = _between(money, share)
        for number, share in enumerate(QUANTILES):
            quantiles[part, number] = _place(money, share)
    return _told(value, bounds, quantiles)


def _most(pace: Mbg, seen: Bought, days: float) -> int:
    """More purchases than any of them will ever make in so many days, at most `MOST`."""
    mean = (pace.r + seen.again) * days / (pace.alpha + seen.age)
    spread = np.sqrt(mean * (1 + days / (pace.alpha + seen.age)))
    return int(min(MOST, np.ceil((mean + FAR * spread).max(initial=0.0)) + 2))


def _counts(chances: Floats) -> Floats:
    """How often each buys in each of `CASES` cases, from the chances of at least 1, 2, …; the
    cases are spread evenly, the fewest first."""
    rows = np.arange(len(chances))[:, None] * (CASES + 1)
    first = np.clip(np.floor((1 - chances) * CASES + 0.5), 0, CASES).astype(np.int64)
    more = np.bincount((rows + first).ravel(), minlength=len(chances) * (CASES + 1))
    counts: Floats = more.reshape(-1, CASES + 1)[:, :CASES].cumsum(axis=1).astype(float)
    return counts


def _money(counts: Floats, spend: GammaGamma, spent: Spent) -> Floats:
    """Money of each case: orders around a mean, itself one of what is known of it."""
    shape, scale = spend.behind(spent)
    row, case = np.nonzero(counts)
    orders, around = _normals()
    money = np.zeros_like(counts)
    paid = _gamma(spend.p * counts[row, case], orders[case])
    money[row, case] = scale[row] * paid / _gamma(shape[row], around[case])
    return money


def _gamma(shape: Floats, normal: Floats) -> Floats:
    """What a gamma of this shape is where a normal is this (Wilson & Hilferty 1931)."""
    root = 1 - 1 / (9 * shape) + normal / (3 * np.sqrt(shape))
    found: Floats = shape * np.maximum(root, TINY) ** 3
    return found


@cache
def _normals() -> tuple[Floats, Floats]:
    """Two normals for each of `CASES`, spread evenly over all that both and the case itself may
    be: multiples of the powers of a number that no fraction comes near, without their whole
    part."""
    shares = (0.5 + np.arange(CASES)[:, None] / PLASTIC ** np.array([1, 2])) % 1
    first, second = (np.array([NORMAL.inv_cdf(one) for one in some]) for some in shares.T.tolist())
    return first, second


def _between(money: Floats, share: float) -> Floats:
    """The (low, high) between which so many of the sorted cases of each row lie."""
    low = _place(money, (1 - share) / 2)
    high = np.where(low > 0, _place(money, (1 + share) / 2), _place(money, share))
    return np.stack([low, high])


def _place(money: Floats, share: float) -> Floats:
    """What so many of the sorted cases of each row stay below."""
    found: Floats = money[:, min(CASES - 1, int(share * CASES))]
    return found


def by_contracts(
    fit: Sbg, others: Sequence[Sbg], tenure: Floats, monthly: Floats, worth: Floats
) -> Ahead:
    """What those with a contract bring in the months to come. `tenure` in whole months, `monthly`
    what each brings a month, `worth` what 1 in each month to come counts, as discounting has it.

    The spread is how long each may last, by `others`: fits to the cohort drawn anew.
    """
    kinds, kind = np.unique(tenure.astype(np.int64), return_inverse=True)
    months = len(worth)
    last = int(kinds.max(initial=0)) + months

    def ahead(one: Sbg) -> Floats:
        """The chance to be there in 1, 2, … months, a row a tenure."""
        logs = one.logs(last)
        at = kinds[:, None] + np.arange(1, months + 1)
        found: Floats = np.exp(logs[at] - logs[kinds][:, None])
        return found

    value = (ahead(fit) @ worth)[kind] * monthly
    chances = np.mean([ahead(one) for one in (others or [fit])], axis=0)
    sums = np.concatenate([[0.0], worth.cumsum()])
    bounds = np.array([_lasting(chances, share) for share in SHARES])
    below = np.stack([(chances > 1 - share).sum(axis=1) for share in QUANTILES], axis=1)
    return _told(
        value, sums[bounds][:, :, kind] * monthly, sums[below][kind] * monthly[:, None]
    )  # fmt: skip


def _lasting(chances: Floats, share: float) -> Ints:
    """The fewest and the most months between which so many of each row's cases end, given the
    chances to be there in 1, 2, … months; the most is all where that is no rare case."""
    tail = (1 - share) / 2
    stays = chances[:, -1] >= tail

    def reached(part: float) -> Ints:
        found: Ints = (chances >= part).sum(axis=1)
        return found

    low = np.where(stays, reached(share), reached(1 - tail))
    return np.stack([low, np.where(stays, chances.shape[1], reached(tail))])


def _told(value: Floats, bounds: Floats, quantiles: Floats) -> Ahead:
    held = tuple((np.minimum(low, value), np.maximum(high, value)) for low, high in bounds)
    return Ahead(value, held, quantiles)
