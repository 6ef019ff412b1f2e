"""Fits the curves of lead times: by which dimensions, and how chances told lately came out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from storage.forecasts._calibration import calibrated, calibration
from storage.forecasts._dormant import FEWEST_ENDED
from storage.forecasts._fitted import Fitted
from storage.forecasts._hierarchy import Grown, Level, grown, levels_of
from storage.forecasts._knots import WIDE, Ints, knots_of
from storage.forecasts._orders import Flags, Floats, Orders, Seen, seen_before

# the first that tells anything apart is taken, unless another is surely better
CHAINS = (("category", "supplier"), ("supplier",), ("lane", "supplier"))
SURELY = 2.0
LATELY = 90
SAMPLE = 100_000
PARTS = 10
LEAST_CHANCE = 0.01


@dataclass(frozen=True)
class Made:
    """A fit in full: which curve each row of the orders follows, those after the day included."""

    fitted: Fitted
    rows: Ints


def fit(orders: Orders, day: int, chain: Sequence[str]) -> Made:
    """The curves as known before a day, in a chain of dimensions from the company down.

    Null-free: there must be an order before the day. Rows that begin later are only placed.
    """
    levels = levels_of(orders, chain)
    seen = seen_before(orders, day)
    came = _came(levels, orders, seen, day)
    found = grown(levels, seen)
    knots = knots_of(found.grid)
    fitted = Fitted(
        levels[-1].dimensions, paths_of(orders, levels, found), found.n,
        replace(knots, left=calibrated(knots.left, came)),
        None if found.gone is None else knots_of(found.gone),
    )  # fmt: skip
    return Made(fitted, found.place[-1][levels[-1].parts])


def _came(levels: Sequence[Level], orders: Orders, seen: Seen, day: int) -> Floats:
    """What the chances came to that would have been told `LATELY`, of orders placed since.

    Curves of then that rest on few arrivals, or could not tell the forgotten from the open, say
    nothing about those of now.
    """
    then = seen_before(orders, day - LATELY)
    is_new = orders.start[seen.rows] >= day - LATELY
    if then.ended.sum() < FEWEST_ENDED or not is_new.any():
        return calibration(np.empty(0), np.empty(0, bool), np.empty(0))
    before = grown(levels, then)
    told = _told(before, levels, seen, is_new)
    return calibration(told, seen.ended[is_new], seen.share[is_new] * seen.coming[is_new])


def _told(before: Grown, levels: Sequence[Level], seen: Seen, wanted: Flags) -> Floats:
    """F of the curves of then at the days that orders took, or are old now."""
    curves = before.place[-1][levels[-1].parts[seen.rows[wanted]]]
    days = np.minimum(seen.days[wanted], before.grid.shape[1] - 1)
    told: Floats = 1 - before.grid[curves, days]
    return told


def paths_of(orders: Orders, levels: Sequence[Level], found: Grown) -> tuple[tuple[str, ...], ...]:
    """The names of the parts that have a curve of their own, by its number."""
    paths: list[tuple[str, ...]] = []
    for level, place in zip(levels, found.place, strict=True):
        names = [orders.names[one] for one in level.dimensions]
        own = np.flatnonzero(place >= len(paths))
        paths += [
            tuple(name[code] for name, code in zip(names, codes, strict=True))
            for codes in level.codes[own].tolist()
        ]
    return tuple(paths)


def chosen(orders: Orders, day: int) -> tuple[str, ...]:
    """The chain of dimensions by which to go, from the company down.

    Judged by the likelihood of what became of orders placed `LATELY` by the day, in `PARTS` spans
    of time of which each had about as many arrivals; what is open counts as later than its age.
    The last `SAMPLE` orders are looked at.
    """
    before = np.flatnonzero(orders.start < day)
    sample = orders.of(np.sort(before[np.argsort(orders.start[before], kind="stable")][-SAMPLE:]))
    chains = [chain for chain in CHAINS if len(chain) == len(levels_of(sample, chain)) - 1]
    first = chains[0] if chains else CHAINS[-1]
    seen, then = seen_before(sample, day), seen_before(sample, day - LATELY)
    is_new = sample.start[seen.rows] >= day - LATELY
    if len(chains) < 2 or not then.ended.any() or not is_new.any():
        return (*first, "item")
    spans = np.unique(np.quantile(then.days[then.ended], np.arange(1, PARTS) / PARTS).astype(int))
    told = [_likelihoods(sample, chain, seen, then, is_new, spans) for chain in chains]
    best = max(range(len(chains)), key=lambda at: float(told[at].sum()))
    better = told[best] - told[0]
    is_sure = better.sum() > SURELY * np.sqrt((better**2).sum())
    return (*(chains[best] if is_sure else first), "item")


def _likelihoods(
    orders: Orders, chain: Sequence[str], seen: Seen, then: Seen, wanted: Flags, spans: Ints
) -> Floats:
    """The logarithm of the chance of what became of each order, as told before."""
    levels = levels_of(orders, chain)
    before = grown(levels, then)
    knots = knots_of(before.grid)
    curves = before.place[-1][levels[-1].parts[seen.rows[wanted]]]
    days, ended = seen.days[wanted], seen.ended[wanted]
    at = np.searchsorted(spans, days)
    ends = np.append(spans, WIDE - 1)
    since = np.where(at > 0, knots.survival(curves, ends[at - 1]), 1.0)
    until = np.where(at < len(spans), knots.survival(curves, ends[at]), 0.0)
    chance = np.where(ended, since - until, knots.survival(curves, days))
    logs: Floats = np.log(np.maximum(chance, LEAST_CHANCE)) * (seen.share * seen.coming)[wanted]
    return logs
