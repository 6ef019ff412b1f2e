"""Many survival curves in two columns, asked for thousands of values at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from storage.curves import ROUNDING, Curve

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# steps that are kept: S falls past a multiple of 0.004, or by a twentieth of itself
ABSOLUTE, RELATIVE = 250, 20
LEAST = 1e-6
CHUNK = 256
NEVER = -1
WIDE = 1 << 20  # more than any number of days


@dataclass(frozen=True)
class Knots:
    """Curves S(t), one after the other: that of number i are the steps [at[i], at[i + 1]).

    `times` ascend within a curve, in whole days, and `left` is S after each.
    """

    at: Ints
    times: Ints
    left: Floats

    def __len__(self) -> int:
        return len(self.at) - 1

    def survival(self, curves: Ints, days: Ints) -> Floats:
        """S(days) of each of the curves named."""
        steps = np.searchsorted(self.places, curves * WIDE + days, side="right") - 1
        inside = steps >= self.at[curves]
        found = np.ones(len(curves))
        found[inside] = self.left[steps[inside]]
        return found

    def reached(self, curves: Ints, share: float | Floats, age: Ints | None = None) -> Ints:
        """The smallest t by which `share` have ended of those that had not by `age`; `NEVER`
        where the curve does not reach it."""
        wanted: Floats = np.broadcast_to(1.0 - share, curves.shape)
        steps = self.at[curves]
        if age is not None:
            wanted = wanted * self.survival(curves, age)
            after = np.searchsorted(self.places, curves * WIDE + age, side="right")
            steps = np.maximum(steps, after)
        low = np.searchsorted(self._falls, curves * 2.0 + 1 - wanted - ROUNDING)
        steps = np.maximum(steps, low)
        inside = steps < self.at[curves + 1]
        found: Ints = np.where(inside, self._padded[steps], NEVER)
        return found

    def curve(self, number: int, n: int) -> Curve:
        """One of them as a curve of n observations."""
        steps = slice(self.at[number], self.at[number + 1])
        return Curve(tuple(self.times[steps].tolist()), tuple(self.left[steps].tolist()), n)

    @cached_property
    def places(self) -> Ints:
        """A number for each step that ascends over all curves: curve * `WIDE` + day."""
        owners = np.repeat(np.arange(len(self)), np.diff(self.at))
        places: Ints = owners * WIDE + self.times
        return places

    @cached_property
    def _padded(self) -> Ints:
        return np.append(self.times, NEVER)

    @cached_property
    def _falls(self) -> Floats:
        owners = np.repeat(np.arange(len(self)), np.diff(self.at))
        falls: Floats = owners * 2.0 + 1 - self.left
        return falls


def knots_of(grid: Floats) -> Knots:
    """Curves given for every day from 0 on, a row each, as the steps that tell them apart.

    What is left out changes S by less than 0.004; halves, fifths and tenths are met exactly.
    """
    at, times, left = [np.zeros(1, np.int64)], [], []
    for first in range(0, len(grid), CHUNK):
        part = grid[first : first + CHUNK]
        which, days = np.nonzero(_is_kept(part))
        counts = np.bincount(which, minlength=len(part))
        at.append(at[-1][-1] + np.cumsum(counts))
        times.append(days)
        left.append(part[which, days])
    return Knots(np.concatenate(at), np.concatenate(times), np.concatenate(left))


def _is_kept(grid: Floats) -> npt.NDArray[np.bool_]:
    parts = -np.floor(-RELATIVE * np.log(np.maximum(grid, LEAST)))
    bucket = np.ceil(ABSOLUTE * grid - LEAST) * 1_000 + parts
    kept: npt.NDArray[np.bool_] = bucket != np.column_stack(
        [np.full(len(grid), ABSOLUTE * 1_000.0), bucket[:, :-1]]
    )
    return kept


def knots_of_curves(curves: Iterable[Curve]) -> Knots:
    """Curves one by one, of whole days."""
    return knots_from([([int(time) for time in one.times], one.survival) for one in curves])


def knots_from(steps: Sequence[tuple[Sequence[int], Sequence[float]]]) -> Knots:
    """Curves given as times and survival."""
    sizes = [len(times) for times, _ in steps]
    return Knots(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.array([time for times, _ in steps for time in times], np.int64),
        np.array([left for _, lefts in steps for left in lefts], np.float64),
    )
