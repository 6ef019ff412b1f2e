"""Purchases of many suppliers as columns of numbers: when each was placed, came or was called off.

Days are ordinals; 0 stands for none.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from storage.metrics._durations_by import Spans

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """Lines by number: `who` of `count` suppliers they are of, the days on which they began, ended
    or `left`, and which `share` of their `purchase` they are, so that a purchase counts once."""

    who: Ints
    purchase: Ints
    start: Ints
    end: Ints
    left: Ints
    share: Floats
    count: int

    def __len__(self) -> int:
        return len(self.who)

    def of(self, rows: Flags | Ints) -> "Placed":
        """Some of the rows; shares stay as they are."""
        return replace(self, who=self.who[rows], purchase=self.purchase[rows],
                       start=self.start[rows], end=self.end[rows], left=self.left[rows],
                       share=self.share[rows])  # fmt: skip

    def by(self, day: int) -> "Placed":
        """What was known at the end of a day: what ended or left later was open."""
        rows = np.flatnonzero(self.start <= day)
        end, left = self.end[rows], self.left[rows]
        return replace(self.of(rows), end=np.where(end <= day, end, 0),
                       left=np.where(left <= day, left, 0))  # fmt: skip

    def until(self, day: int | Ints) -> Ints:
        """How many days each took, or is old at the end of a day by which it had begun; of one day
        for all, or of one each."""
        over = np.where(self.end > 0, self.end, np.where(self.left > 0, self.left, day))
        found: Ints = np.minimum(over, day) - self.start
        return found


def placed(spans: Spans, numbers: Ints, count: int) -> Placed:
    """The columns of spans; `numbers` are those of the suppliers that their groups stand for, -1
    for one that is left out. So is what ends before it begins."""
    over = np.where(spans.end > 0, spans.end, spans.left)
    kept = spans.only(((over == 0) | (over >= spans.start)) & (numbers[spans.group] >= 0))
    left = np.where(kept.end > 0, 0, kept.left)
    columns = (numbers[kept.group], kept.key, kept.start, kept.end, left)
    who, key, start, end, left = (one.astype(np.int64) for one in columns)
    lines = np.bincount(key)
    return Placed(who, key, start, end, left, 1.0 / lines[key], count)
