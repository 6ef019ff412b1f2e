"""Curves of a company and of its parts, each leaning on the curve of the whole it is part of.

Kaplan & Meier 1958, by level: a part's own orders, and `LEAN` orders more that go as its parent's
curve says. A part with few orders so follows its parent, and one with many itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storage.forecasts._orders import Floats, Ints, Orders, Seen

LEAN = 10.0
LONGEST = 1_500
MOST_PARTS = 2_500
LEAST_WEIGHT = 0.05
_MANY = 20_000_000


@dataclass(frozen=True)
class Level:
    """A level of a hierarchy: which part each row is of, which part of the level above each part
    is of, and the names of a part as codes, one a dimension."""

    dimensions: tuple[str, ...]
    parts: Ints
    parents: Ints
    codes: Ints


@dataclass(frozen=True)
class Grown:
    """Curves of all parts that have one: `grid[i]` is S by day, `gone[i]` the same of being called
    off (null where nothing was), `n[i]` the weight of its own orders.

    `place[level][part]` is the curve that a part follows: its own or that of the nearest above.
    """

    grid: Floats
    gone: Floats | None
    n: Floats
    place: tuple[Ints, ...]


def levels_of(orders: Orders, dimensions: Sequence[str]) -> tuple[Level, ...]:
    """The company, then a level for each dimension that tells anything apart."""
    parts = np.zeros(len(orders), np.int64)
    codes = np.zeros((1, 0), np.int64)
    levels = [Level((), parts, np.zeros(1, np.int64), codes)]
    for dimension in dimensions:
        mine = orders.codes[dimension]
        if not len(mine) or mine.min() == mine.max():
            continue
        pairs = parts * (int(mine.max()) + 1) + mine
        known, parts = _numbered(pairs)
        above, code = np.divmod(known, int(mine.max()) + 1)
        codes = np.column_stack([codes[above], code])
        levels.append(Level((*levels[-1].dimensions, dimension), parts, above, codes))
    return tuple(levels)


def _numbered(values: Ints) -> tuple[Ints, Ints]:
    """The values that there are, and for each row the number of its own among them."""
    top = int(values.max()) + 1
    if top > _MANY:
        return np.unique(values, return_inverse=True)
    known = np.flatnonzero(np.bincount(values, minlength=top))
    number = np.zeros(top, np.int64)
    number[known] = np.arange(len(known))
    return known, number[values]


def grown(levels: Sequence[Level], seen: Seen) -> Grown:
    """The curves of a hierarchy, level by level, from what was seen.

    The parts with the most weight, `MOST_PARTS` a level, have curves of their own.
    """
    width = int(min(seen.days.max(initial=0), LONGEST)) + 1
    has_left = bool(seen.left.any())
    grid, gone = np.empty((0, width)), np.empty((0, width))
    n: Floats = np.empty(0)
    place: list[Ints] = []
    for level in levels:
        above = place[-1][level.parents] if place else np.full(1, -1)
        is_item = level.dimensions[-1:] == ("item",)
        weight = seen.weight if is_item else seen.weight * seen.share
        parts = level.parts[seen.rows]
        total: Floats = np.bincount(parts, weight, len(above)).astype(np.float64, copy=False)
        own = _kept(total) if place else np.zeros(1, np.int64)
        number = np.full(len(above), -1)
        number[own] = np.arange(len(own))
        rows = np.flatnonzero(number[parts] >= 0) if len(own) < len(above) else slice(None)
        table = _Table(number[parts[rows]], np.minimum(seen.days[rows], width - 1), weight[rows],
                       len(own), width)  # fmt: skip
        parents = above[own] if place else None
        inside = seen.days[rows] < width
        mine = table.curves(seen.ended[rows] & inside, _rows_of(grid, parents))
        if has_left:
            left = table.curves(seen.left[rows] & inside, _rows_of(gone, parents))
            gone = np.concatenate([gone, left])
        place.append(np.where(number >= 0, len(grid) + number, above))
        grid, n = np.concatenate([grid, mine]), np.concatenate([n, total[own]])
    return Grown(grid, gone if has_left else None, n, tuple(place))


def _kept(total: Floats) -> Ints:
    """The parts that have a curve of their own, in order."""
    heavy = np.flatnonzero(total >= LEAST_WEIGHT)
    if len(heavy) <= MOST_PARTS:
        return heavy
    ranked = heavy[np.argsort(-total[heavy], kind="stable")]
    return np.sort(ranked[:MOST_PARTS])


def _rows_of(grid: Floats, parents: Ints | None) -> Floats | None:
    return None if parents is None else grid[parents]


class _Table:
    """Weights by part and day of those that were under way."""

    def __init__(self, parts: Ints, days: Ints, weight: Floats, count: int, width: int) -> None:
        self._cell, self._weight, self._shape = parts * width + days, weight, (count, width)
        left = self._summed(slice(None))
        np.cumsum(left[:, ::-1], axis=1, out=left[:, ::-1])
        self._at_risk = left

    def curves(self, happened: npt.NDArray[np.bool_], parents: Floats | None) -> Floats:
        """S by part and day of what `happened`; the rest is censored, at ties after it."""
        events = self._summed(happened)
        at_risk: Floats = self._at_risk
        if parents is not None:
            before = np.empty(self._shape)
            before[:, 0], before[:, 1:] = 1.0, parents[:, :-1]
            events += LEAN * (before - parents)
            before *= LEAN
            before += at_risk
            at_risk = before
        # what is left of sums of weights by rounding is nobody
        ended = np.zeros(self._shape)
        np.divide(events, at_risk, out=ended, where=at_risk > LEAST_WEIGHT * 1e-6)
        np.clip(np.subtract(1, ended, out=ended), 0.0, 1.0, out=ended)
        curves: Floats = np.cumprod(ended, axis=1, out=ended)
        return curves

    def _summed(self, rows: npt.NDArray[np.bool_] | slice) -> Floats:
        count, width = self._shape
        summed: Floats = np.bincount(self._cell[rows], self._weight[rows], count * width).astype(
            np.float64, copy=False
        )
        return summed.reshape(self._shape)
