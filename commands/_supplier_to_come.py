"""By when what is open with each supplier will have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from commands._supply_words import LATER, SHARES, day
from storage.curves import Curve
from storage.curves_by import Ints
from storage.forecasts._drawn import NEVER, even
from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import knots_of_curves
from storage.forecasts._orders import DIMENSIONS, named
from storage.known.columns import Lines

# so many days stand for each line, evenly over its curve
POINTS = 40


@dataclass(frozen=True)
class ToCome:
    """The days by which half, and 8 in 10, of some open lines can be expected to have come; null
    where that is later than any so far."""

    half: date | None
    most: date | None

    def said(self, today: date) -> str:
        half, most = (day(one, today) or LATER for one in (self.half, self.most))
        return half if half == most else f"{half}, {most}"


def to_come(
    lines: Lines, groups: Ints, count: int, fitted: Fitted | None, curves: Sequence[Curve],
    today: date,
) -> list[ToCome | None]:  # fmt: skip
    """Of each of `count` groups of open lines; null where none is open, or nothing is known.

    Lines follow their fitted curves, else the one of their group among `curves`, if there are any.
    """
    if not len(lines):
        return [None] * count
    if fitted and len(fitted.knots.times):
        knots, numbers = fitted.knots, _followed(lines, fitted)
    elif curves:
        knots, numbers = knots_of_curves(curves), groups
    else:
        return [None] * count
    age = np.maximum(today.toordinal() - lines["ordered_on"], 0).astype(np.int64)
    rows = np.column_stack([groups, numbers, age])
    cells, times = np.unique(rows, axis=0, return_counts=True)
    days = even(knots, cells[:, 1], cells[:, 2], POINTS)
    return _days(cells[:, 0], times, days, count, today)


def _days(group: Ints, times: Ints, days: Ints, count: int, today: date) -> list[ToCome | None]:
    owner, weight = np.repeat(group, POINTS), np.repeat(times, POINTS)
    order = np.lexsort((days.ravel(), owner))
    ranked, owner = days.ravel()[order], owner[order]
    running = np.cumsum(weight[order])
    ends = np.searchsorted(owner, np.arange(count), side="right")
    total = np.append(0, running)
    before, upto = total[np.append(0, ends[:-1])], total[ends]
    found: list[ToCome | None] = [None] * count
    for at in np.flatnonzero(upto > before).tolist():
        wanted = [before[at] + share * (upto[at] - before[at]) for share in SHARES]
        reached = ranked[np.searchsorted(running, wanted)].tolist()
        found[at] = ToCome(*(
            None if one >= NEVER else today + timedelta(days=int(one)) for one in reached
        ))  # fmt: skip
    return found


def _followed(lines: Lines, fitted: Fitted) -> Ints:
    """The number of the fitted curve that each line follows."""
    splits = {one: lines.by(one) for one in DIMENSIONS if one in fitted.dimensions}
    if not splits:
        return np.zeros(len(lines), np.int64)
    places = np.column_stack([split.places for split in splits.values()])
    known, which = np.unique(places, axis=0, return_inverse=True)
    names = {one: [named(value) for value in split.values] for one, split in splits.items()}
    numbers = [
        fitted.follow({one: names[one][at] for one, at in zip(splits, row, strict=True)}).number
        for row in known.tolist()
    ]
    return np.array(numbers, np.int64)[which.ravel()]
