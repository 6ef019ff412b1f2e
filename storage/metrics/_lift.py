"""What goes together: pairs of items that the same customers buy, and by how much beyond chance."""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt

from storage.metrics._log_rank import believed

Ints = npt.NDArray[np.signedinteger]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LEAST = 5
PRIOR = 2.0
FALSE = 0.05
Z95 = 1.959964
# customers of more items go with everything, and items of few customers with nothing that is known
BROAD, MOST_ITEMS = 300, 3_000
MOST_RULES = 10
AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Rules:
    """Who buys `item` buys `other` too, `both` of `of` customers; a column each.

    `lift`: how often, by what chance would have it; `low` and `high` its 95 % interval.
    """

    item: Ints
    other: Ints
    both: Ints
    of: Ints
    lift: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.item)

    def only(self, which: Ints) -> "Rules":
        return Rules(
            self.item[which], self.other[which], self.both[which], self.of[which],
            self.lift[which], self.low[which], self.high[which],
        )  # fmt: skip


def rules(whose: Ints, item: Ints) -> Rules:
    """The rules that hold beyond chance, those of one item together and the surest first.

    Chance is what two items of so many customers each have in common on the whole, so that
    customers who buy much of everything make no rule, and at least what independent ones would.
    `PRIOR` customers who are as chance would have it are added to each pair, so few customers lean
    to 1 (as in DuMouchel 1999, The American Statistician 53:3, with a fixed prior); the bounds are
    of the gamma distribution that follows.
    A pair is told only if at least `LEAST` customers buy both, and such that of all that are told
    one in twenty is by chance (Benjamini and Hochberg 1995).
    """
    whose, item = _each_once(whose, item)
    count = np.bincount(item)
    known = np.argsort(-count, kind="stable")[:MOST_ITEMS]
    known = np.sort(known[count[known] >= LEAST])
    place = np.full(len(count), -1)
    place[known] = np.arange(len(known))
    mine = place[item] >= 0
    first, second, both = _pairs(whose[mine], place[item[mine]], len(known))
    n = count[known].astype(float)
    expected = _expected(n, first, second, both, len(np.unique(whose)))
    seen = np.flatnonzero((both >= LEAST) & (both > expected))
    told = seen[_are_told(both[seen], expected[seen], len(known) * (len(known) - 1) // 2)]
    return _both_ways(known[first[told]], known[second[told]], both[told], expected[told], count)


def _each_once(whose: Ints, item: Ints) -> tuple[Ints, Ints]:
    """Who buys what, once each, by customer; without those who buy too much to tell."""
    if not len(whose):
        return whose, item
    width = int(item.max()) + 1
    once = np.unique(whose.astype(np.int64) * width + item)
    who, what = np.divmod(once, width)
    kept = np.bincount(who)[who] <= BROAD
    return who[kept], what[kept]


def _pairs(whose: Ints, item: Ints, width: int) -> tuple[Ints, Ints, Ints]:
    """The pairs of items, the smaller first, that customers buy both of, and how many do."""
    ends = np.cumsum(np.bincount(whose)) if len(whose) else np.zeros(0, np.int64)
    after = ends[whose] - np.arange(len(whose)) - 1  # items of the same customer behind each
    found = np.zeros(width * width, np.int32)
    steps = np.cumsum(after)
    start = 0
    while start < len(whose):
        base = steps[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(steps, base + AT_ONCE, "right")))
        many = after[start:stop]
        one = np.repeat(np.arange(start, stop), many)
        other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many)
        found += np.bincount(item[one] * width + item[other], minlength=width * width).astype(
            np.int32
        )
        start = stop
    codes = np.flatnonzero(found)
    return codes // max(1, width), codes % max(1, width), found[codes]


def _expected(n: Floats, first: Ints, second: Ints, both: Ints, customers: int) -> Floats:
    """How many customers of two items would have both by chance: as often as all other pairs, and
    no less than if customers bought each item independently."""
    made = n[first] * n[second]
    others = (n.sum() ** 2 - (n**2).sum()) / 2 - made
    share = np.divide(both.sum() - both, others, out=np.zeros(len(made)), where=others > 0)
    found: Floats = made * np.maximum(share, 1 / max(1, customers))
    return found


def _are_told(both: Ints, expected: Floats, of: int) -> Ints:
    """Which of some pairs are told, when `of` might have been."""
    # P(a Poisson count of `expected` is `both` or more), by Wilson and Hilferty's cube root
    z = 3 * np.sqrt(both) * (1 - 1 / (9 * both) - np.cbrt(expected / both))
    p = [erfc(one / sqrt(2)) / 2 for one in z.tolist()]
    return np.flatnonzero(believed(p, FALSE * len(p) / max(1, of)))


def _both_ways(first: Ints, second: Ints, both: Ints, expected: Floats, count: Ints) -> Rules:
    """Rules in both directions, `MOST_RULES` of an item at most."""
    item, other = np.concatenate([first, second]), np.concatenate([second, first])
    shape = np.concatenate([both, both]) + PRIOR
    rate = np.concatenate([expected, expected]) + PRIOR
    lift = shape / rate
    low, high = (
        lift * (1 - 1 / (9 * shape) + side * Z95 / (3 * np.sqrt(shape))) ** 3 for side in (-1, 1)
    )
    found = Rules(item, other, np.concatenate([both, both]), count[item], lift, low, high)
    found = found.only(np.lexsort((other, -low, item)))
    starts = np.flatnonzero(np.diff(found.item, prepend=-1))
    rank = np.arange(len(found)) - np.repeat(starts, np.diff([*starts, len(found)]))
    return found.only(np.flatnonzero(rank < MOST_RULES))
