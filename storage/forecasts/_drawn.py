"""Draws from many curves at once: the same for the same thing at every asking.

Each thing has `DRAWS` draws that lie evenly over its curve, in an order of its own that comes from
its key: what rests on the same purchase so has the same draw, and what does not is independent.
"""

from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from storage.curves import ROUNDING
from storage.forecasts._knots import WIDE, Ints, Knots

DRAWS = 200
# days that stand for "later than any that was ever seen"
NEVER = 100_000
SHUFFLES = 1_024
UNBORN = -1

Draws = npt.NDArray[np.int32]


def drawn(
    knots: Knots, curves: Ints, age: Ints, salt: str, keys: Sequence[tuple[str, str]]
) -> Draws:
    """Days beyond their age at which things end, a row each: of the curves named, given that none
    had ended by its age; `NEVER` where a curve says no more.

    `UNBORN` is the age of what begins today. `salt` tells draws of one thing apart.
    """
    if not len(curves):
        return np.empty((0, DRAWS), np.int32)
    cells, which = np.unique(curves * WIDE + age + 1, return_inverse=True)
    curve, since = np.divmod(cells, WIDE)
    places = orders_for(salt, keys) + (which * DRAWS).astype(np.int32)[:, None]
    found: Draws = even(knots, curve, since - 1).ravel()[places]
    return found


def even(knots: Knots, curves: Ints, age: Ints, most: int = DRAWS) -> Draws:
    """So many days beyond an age that lie evenly over each curve from it on, ascending."""
    first = np.searchsorted(knots.places, curves * WIDE + age, side="right")
    first = np.maximum(first, knots.at[curves])
    count = knots.at[curves + 1] - first
    # each curve has one step more for what it leaves over: that comes never
    ends = np.cumsum(count + 1)
    step = np.repeat(first - np.append(0, ends[:-1]), count + 1) + np.arange(ends[-1])
    step[ends - 1] = 0
    waits = np.where(age < 0, 1.0, knots.survival(curves, np.maximum(age, 0)))
    left = knots.left[step] if len(knots.left) else np.zeros(len(step))
    left[ends - 1] = 0.0
    left *= np.repeat(most / np.maximum(waits, ROUNDING), count + 1)
    upto = (most + 0.5 + ROUNDING - left).astype(np.int32)
    upto[ends - 1] = most
    times = np.diff(upto, prepend=np.int32(0))
    times[ends[:-1]] = upto[ends[:-1]]
    days = knots.times[step] if len(knots.times) else np.zeros(len(step), np.int64)
    days = days - np.repeat(np.maximum(age, 0), count + 1)
    days[ends - 1] = NEVER
    return np.repeat(days.astype(np.int32), times).reshape(len(curves), most)


def orders_for(salt: str, keys: Sequence[tuple[str, str]]) -> npt.NDArray[np.int16]:
    """In which order each thing has its draws, by its key: a row of places each."""
    hashes = np.array([crc32(f"{salt}/{source}/{ref}".encode()) for source, ref in keys], np.int64)
    rest, row = np.divmod(hashes, SHUFFLES)
    found = _shuffles()[row]
    found += (rest % DRAWS).astype(np.int16)[:, None]
    np.subtract(found, DRAWS, out=found, where=found >= DRAWS)
    return found


@lru_cache(maxsize=1)
def _shuffles() -> npt.NDArray[np.int16]:
    rng = np.random.default_rng(0)
    return rng.permuted(np.tile(np.arange(DRAWS, dtype=np.int16), (SHUFFLES, 1)), axis=1)
