"""From all being there to its leaving: by day before and after the promise, or after that day.

What is there before its promised day mostly waits for that day; what comes late leaves soon. So
there are two chances by day of leaving on it, for what is still there: by days from the promise
where the goods were there before it, and by days from the goods being there where they came on it
or later, or where nothing was promised. Goods enter when they are there (delayed entry); each
chance leans on that of all days of its side of the promise with the weight of `LEAN` goods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from storage.forecasts._drawn import DRAWS, NEVER, Draws
from storage.forecasts._hierarchy import LEAN
from storage.forecasts._knots import Floats, Ints
from storage.forecasts._orders import HALF_LIFE, Flags

# days before a promise, and days after it or after the goods, that are told apart
AHEAD, AFTER = 90, 180
FEWEST = 30
DIGITS = 5
# a chance that nothing was seen for is small and not none
LEAST, TINY = 0.05, 1e-9


@dataclass(frozen=True)
class Waits:
    """Goods for customers, a row a line. Days are ordinals, 0 for none or not yet.

    `reserved`: when all that is reserved for it was there, which was first `seen` on a day;
    `stocked`: when as much lay in stock for it. `promised` was first seen on the day `told`;
    `asked` is the day that was wished for. `sent`, and `left` where it was called off.
    """

    reserved: Ints
    seen: Ints
    stocked: Ints
    promised: Ints
    told: Ints
    asked: Ints
    sent: Ints
    left: Ints

    def __len__(self) -> int:
        return len(self.sent)

    def ready(self, day: int) -> Ints:
        """When all was there, as known before a day; 0 where it was not, or nobody could tell."""
        is_seen = (self.seen > 0) & (self.seen < day)
        return np.where(is_seen, self.reserved, self.stocked)

    def due(self, day: int) -> Ints:
        """For when it was promised or wished, as known before a day; 0 for no day."""
        is_told = (self.promised > 0) & (self.told < day)
        return np.where(is_told, self.promised, self.asked)


@dataclass(frozen=True)
class Picking:
    """The chance to leave on a day for what is there: `early` by days from `AHEAD` before the
    promise on, `late` by days from its being there on. It rests on `n` that left."""

    early: Floats
    late: Floats
    n: int

    @cached_property
    def _table(self) -> Draws:
        """Days until it leaves that lie evenly: a row for each day of `early` and then of `late`
        on which it is still there, and for each number of days within which it came to be there.
        """
        return np.concatenate([_even(self.early), _even(self.late), _even_since(self.late)])

    def drawn(
        self, ready: Draws, due: Ints, within: Ints, is_waiting: Flags,
        orders: npt.NDArray[np.int16],
    ) -> Draws:  # fmt: skip
        """Days from today on which goods leave that are there in `ready` days, a row each.

        `due` in days from today, `NEVER` where nothing is promised. Goods that were there before a
        promise that is over now are `is_waiting`; others that are there came `within` so many days
        (each is as likely), 0 for what is still to come.
        """
        after = ready - due[:, None].astype(np.int32)
        is_early = (after < 0) & (due < NEVER)[:, None] | is_waiting[:, None]
        since = np.clip(after + AHEAD, 0, AHEAD + AFTER - 1)
        late = AHEAD + AFTER + np.where(within > 0, AFTER + np.minimum(within, AFTER - 1), 0)
        late = late.astype(np.int32)
        days = self._table.ravel()[np.where(is_early, since, late[:, None]) * DRAWS + orders]
        found: Draws = np.minimum(ready + days, NEVER).astype(np.int32)
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "early": np.round(self.early, DIGITS).tolist(),
            "late": np.round(self.late, DIGITS).tolist(), "n": self.n,
        }  # fmt: skip


def picking(waits: Waits, day: int) -> Picking | None:
    """The chances as known before a day; null where fewer than `FEWEST` had left."""
    known, dues = waits.ready(day), waits.due(day)
    rows = (known > 0) & (known < day)
    ready, due, sent, left = (one[rows] for one in (known, dues, waits.sent, waits.left))
    has_gone = (sent > 0) & (sent < day)
    if has_gone.sum() < FEWEST:
        return None
    is_off = (left > 0) & (left < day) & ~has_gone
    last = np.where(has_gone, sent, np.where(is_off, left, day - 1))
    ready = np.minimum(ready, last)
    weight = 0.5 ** ((day - ready) / HALF_LIFE)
    ahead = (due > 0) & (ready < due)
    origin = np.where(ahead, due - AHEAD, ready)
    found = [
        _chances(ready[mine] - origin[mine], last[mine] - origin[mine], has_gone[mine],
                 weight[mine], parts)
        for mine, parts in ((ahead, (AHEAD, AFTER)), (~ahead, (AFTER,)))
    ]  # fmt: skip
    return Picking(found[0], found[1], int(has_gone.sum()))


def _chances(
    enter: Ints, leave: Ints, has_gone: Flags, weight: Floats, parts: Sequence[int]
) -> Floats:
    """The chance to leave on each day for what is still there; `parts` are days that lean on each
    other."""
    size = sum(parts)
    inside = leave < size
    at = np.minimum(leave, size - 1)
    gone = has_gone & inside
    events = np.bincount(at[gone], weight[gone], size)
    comes = np.bincount(np.clip(enter, 0, size - 1), weight, size)
    goes = np.bincount(at + 1, weight, size + 1)[:size]
    there = np.maximum(np.cumsum(comes - goes), 0)
    usual = np.concatenate([
        np.full(days, (events[first : first + days].sum() + LEAST)
                / (there[first : first + days].sum() + 1))
        for first, days in zip(np.append(0, np.cumsum(parts)[:-1]), parts, strict=True)
    ])  # fmt: skip
    found: Floats = (events + LEAN * usual) / (there + LEAN)
    return np.clip(found, 0.0, 1.0)


def _even(chances: Floats) -> Draws:
    """Days until something leaves, spread evenly, given that it is there on each day."""
    stays = np.append(0.0, np.cumsum(np.log1p(-np.minimum(chances, 1 - TINY))))
    return np.array(
        [_spread(np.exp(stays[first + 1 :] - stays[first])) for first in range(len(chances))]
    )


def _even_since(chances: Floats) -> Draws:
    """The same for what is there, and came to be there on any of the last so many days: P(it stays
    longer than t) is the sum of S(w + t) by that of S(w) over the days w that it may have been."""
    stays = np.append(1.0, np.cumprod(1 - chances))
    sums = np.append(0.0, np.cumsum(stays))
    rows = []
    for most in range(len(chances)):
        later = np.arange(1, len(chances) - most + 1)
        rows.append(_spread((sums[later + most + 1] - sums[later]) / max(sums[most + 1], TINY)))
    return np.array(rows)


def _spread(left: Floats) -> Draws:
    """Days 0, 1 … after which so much is left, spread evenly over the draws."""
    upto = np.append(np.floor(DRAWS * (1 - left) + 0.5).astype(np.int64), DRAWS)
    days = np.append(np.arange(len(left)), NEVER)
    return np.repeat(days, np.diff(upto, prepend=0)).astype(np.int32)


def picking_from(params: Mapping[str, Any]) -> Picking:
    """What `as_json` gave."""
    return Picking(np.array(params["early"]), np.array(params["late"]), params["n"])
