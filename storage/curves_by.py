"""The curves of `curves`, of very many durations in very many groups at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.curves import ROUNDING, Curve

Ints = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]
# so many steps of curves are multiplied up at once
AT_ONCE = 4_000_000
UNREACHED = -1


@dataclass(frozen=True)
class Curves:
    """The curve of each of several groups, numbered from 0; see `Curve`.

    The steps of all groups stand after one another, `starts` are the places of the first of each
    and, at the end, of none.
    """

    n: Ints
    starts: Ints
    times: Ints
    survival: NDArray[np.float64]
    at_risk: Ints

    def quantile(self, share: float) -> Ints:
        """The smallest time by which `share` have ended; -1 where never reached."""
        first = self._first(share)
        is_reached = first < self.starts[1:]
        found = np.full(len(self.n), UNREACHED, np.int64)
        found[is_reached] = self.times[first[is_reached]]
        return found

    def fewest(self, share: float) -> Ints:
        """The fewest at risk at any step up to the quantile, or to the end where it is not
        reached; 0 where nothing ended."""
        until = np.minimum(self._first(share) + 1, self.starts[1:])
        found = np.zeros(len(self.n), np.int64)
        some = np.flatnonzero(until > self.starts[:-1])
        if len(some):
            # what lies between the end of one and the start of the next is of neither
            bounds = np.stack([self.starts[some], until[some]], axis=1).ravel()
            padded = np.append(self.at_risk, 0)
            found[some] = np.minimum.reduceat(padded, bounds)[::2]
        return found

    def curve(self, group: int) -> Curve:
        steps = slice(int(self.starts[group]), int(self.starts[group + 1]))
        return Curve(
            tuple(self.times[steps].tolist()), tuple(self.survival[steps].tolist()),
            int(self.n[group]), tuple(self.at_risk[steps].tolist()),
        )  # fmt: skip

    def _first(self, share: float) -> Ints:
        """The place of the first step at which the share is reached; that after the last of the
        group where it is not."""
        # survival only falls: as many steps as are above it come before
        above = np.concatenate([[0], np.cumsum(self.survival > 1 - share + ROUNDING)])
        found: Ints = self.starts[:-1] + above[self.starts[1:]] - above[self.starts[:-1]]
        return found


def curves_by(groups: Ints, count: int, days: Ints, has_ended: Flags, entry: Ints) -> Curves:
    """The product-limit estimate of each of `count` groups; `entry` is the first whole day at
    which an observation is at risk, 0 where it was watched from its start.

    That of a group is exactly what `kaplan_meier` makes of it: the same divisions, and products in
    the same order.
    """
    base = int(days.max(initial=0)) + 1
    left = np.sort(groups.astype(np.int64) * base + days)
    entered = np.sort(groups.astype(np.int64) * base + entry)
    ends = groups[has_ended].astype(np.int64) * base + days[has_ended]
    steps, ended = np.unique(ends, return_counts=True)
    # groups stand after one another in both, so that what is of others cancels out
    at_risk: Ints = np.subtract(
        np.searchsorted(entered, steps, "right"), np.searchsorted(left, steps, "left")
    )
    starts: Ints = np.searchsorted(steps, np.arange(count + 1, dtype=np.int64) * base)
    factors = 1 - ended / at_risk
    survival = _multiplied(factors, starts, count)
    n: Ints = np.bincount(groups, minlength=count)

    return Curves(n, starts, steps % base, survival, at_risk)


def _multiplied(factors: NDArray[np.float64], starts: Ints, count: int) -> NDArray[np.float64]:
    """The running products of each group, one factor after the other."""
    found = np.empty(len(factors))
    longest = int(np.diff(starts).max(initial=0))
    some = max(1, AT_ONCE // max(1, longest))
    for first in range(0, count, some):
        bounds = starts[first : first + some + 1]
        part = slice(int(bounds[0]), int(bounds[-1]))
        row = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        column = np.arange(part.start, part.stop) - bounds[row]
        grid = np.ones((len(bounds) - 1, longest))
        grid[row, column] = factors[part]
        found[part] = np.multiply.accumulate(grid, axis=1)[row, column]
    return found
