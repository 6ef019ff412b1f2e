"""Which suppliers slip or are silent on a day, by what is usual of them: since when, how surely."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from storage.curves_by import UNREACHED, curves_by
from storage.forecasts._pace import WINDOW, Evidence, slowest
from storage.forecasts._placed import Flags, Floats, Ints, Placed
from storage.forecasts._slipping_fit import MEDIAN, Usual
from storage.metrics._durations import least_change

# of what may be false one part in five is silence
SLOW, SILENT = 0.8, 0.2
# the chance of a year is that of so many looks together, a week apart
LOOKS = 52
# the chance at which a look fires
LEVEL = 0.001
Kind = Literal["slipping", "silent"]


@dataclass(frozen=True)
class Slip:
    """A supplier on a day. `p`: the chance per look of as much if nothing had changed. Medians in
    days: of what was placed `since` the change, null where fewer than half of it came, and of the
    time before. `n` observations since it, `open` of them still are; of one that is silent all
    that are open.
    """

    kind: Kind
    p: float
    since: date
    median: float | None
    before: float
    n: int
    open: int

    @property
    def is_worth_it(self) -> bool:
        """Whether it takes longer by enough to be worth a word."""
        if self.kind == "silent" or self.median is None:
            return True
        return self.median - self.before >= least_change(self.before)


@dataclass(frozen=True)
class States:
    """Suppliers on a day, by number. `slow`: the evidence that their purchases since the day
    `since` take longer, in nats; `wait`: what should have come after the day `last`, on which
    anything came last, else before the first was placed.
    `p_slow` and `p_wait`: the chances of as much within a year if nothing had changed."""

    slow: Floats
    since: Ints
    wait: Floats
    last: Ints
    p_slow: Floats
    p_wait: Floats

    @property
    def p(self) -> Floats:
        """The chance per look of either."""
        both = np.fmin(self.p_slow / SLOW, self.p_wait / SILENT)
        found: Floats = np.minimum(1.0, both / LOOKS)
        return found


def states(usual: Usual, says: Evidence, known: Placed, day: int) -> States:
    """By what was `known` at the end of a day, and no later; suppliers have the numbers that
    `usual` gives them."""
    slow, since = slowest(known, says, day)
    wait, last = _wait(known, says, day)
    return States(slow, since, wait, last, _above(slow, usual.slow), _above(wait, usual.wait))


def _above(value: Floats, law: Floats) -> Floats:
    """The chance that the highest of a year is above a value, by Gumbel's law."""
    location, scale = law.T
    found: Floats = -np.expm1(-np.exp(-(value - location) / scale))
    return found


def _wait(known: Placed, says: Evidence, day: int) -> tuple[Floats, Ints]:
    """What should have come of what is open since the last day on which anything came, and that
    day."""
    last = np.full(known.count, day)
    np.minimum.at(last, known.who, known.start - 1)
    np.maximum.at(last, known.who, known.end)
    open_ = known.of((known.end == 0) & (known.left == 0))
    most = says.hazard.shape[1] - 1
    then = last[open_.who] - open_.start
    due = says.hazard[open_.who, np.minimum(day - open_.start, most)]
    due = due - np.where(then < 0, 0.0, says.hazard[open_.who, np.clip(then, 0, most)])
    return np.bincount(open_.who, due * open_.share, known.count).astype(float), last


def slips(usual: Usual, says: Evidence, known: Placed, day: int) -> dict[str, Slip]:
    """The calm suppliers of which anything was placed within a year, by name."""
    rows = known.by(day)
    found = states(usual, says, rows, day)
    is_silent = found.p_wait <= SILENT * LEVEL * LOOKS
    since = np.where(is_silent, found.last + 1, found.since)
    is_open = (rows.end == 0) & (rows.left == 0)
    is_seen = np.where(is_silent[rows.who], is_open, rows.start >= found.since[rows.who])
    n, waits, medians = _taken(rows.of(is_seen), day)
    lately = np.bincount(rows.who[rows.start > day - WINDOW], minlength=rows.count) > 0
    p = found.p
    tried = np.flatnonzero(usual.is_calm & lately & ~np.isnan(p))
    told = {}
    for who in tried.tolist():
        told[usual.names[who]] = Slip(
            "silent" if is_silent[who] else "slipping", float(p[who]),
            date.fromordinal(int(since[who])),
            None if medians[who] == UNREACHED else float(medians[who]),
            float(np.ceil(usual.days[who, MEDIAN])), int(n[who]), int(waits[who]),
        )  # fmt: skip
    return told


def _taken(rows: Placed, day: int) -> tuple[Ints, Ints, Ints]:
    """Of each supplier how many observations there are, how many are open, and their median."""
    over = np.where(rows.end > 0, rows.end, np.where(rows.left > 0, -rows.left, 0))
    _, first = np.unique(np.stack([rows.purchase, over]), axis=1, return_index=True)
    one = rows.of(first)
    came: Flags = one.end > 0
    curves = curves_by(one.who, rows.count, one.until(day), came, np.zeros(len(one), np.int64))
    waits = np.bincount(one.who[~came & (one.left == 0)], minlength=rows.count)
    return np.bincount(one.who, minlength=rows.count), waits, curves.quantile(0.5)
