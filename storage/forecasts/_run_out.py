"""The chance that stock is gone before more comes: demand by whole weeks of the past, drawn anew.

A block bootstrap (Künsch 1989) of weeks that begin on the weekday of the first day to come, so that
weekdays, quiet spells and busy ones stay as they were. How often each week comes again is itself
not known: every path draws that first (Rubin 1981), so that few weeks do not make it sure. Weeks
are drawn by Latin hypercube (McKay, Beckman & Conover 1979), from one seed, and are the same for
all items. How long more takes is not drawn: a path that is out on a day counts as much as more is
likely to come later than that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Grid = npt.NDArray[np.float32]

PATHS, SEED = 500, 20_260_101
WEEK = 7
# weeks of the past that are drawn from, and weeks to come that are looked at
HISTORY, AHEAD = 25, 52
FEWEST_WEEKS = 2
# what is less likely than that to be waited for so long is not looked at
LEAST = 1e-3
AT_ONCE = 64
ROUNDING = 1e-6


@dataclass(frozen=True)
class Ways:
    """How demand goes on: like the last `window` weeks, one of `half_life` weeks ago half as likely
    as the last (null: all alike), times a level that nobody knows (lognormal of mean 1 with
    `spread`), and `growth` more with each week. `is_lost`: what is wanted while none is there is
    not asked for again, so that it is missing in what was used."""

    window: int = 13
    half_life: float | None = None
    is_lost: bool = False
    spread: float = 0.0
    growth: float = 0.0

    def weights(self, weeks: int) -> Floats:
        """How likely each of an item's last weeks is, the last first."""
        back = np.arange(min(self.window, weeks))
        weights = np.ones(len(back)) if self.half_life is None else 0.5 ** (back / self.half_life)
        shares: Floats = weights / weights.sum()
        return shares


@dataclass(frozen=True)
class Used:
    """What was used of each item: `daily[item, week, day]`, the last whole week first, its days in
    order; `weeks[item]` of them are since it first moved. On days that are `missed` nothing was
    left at the end."""

    daily: Grid
    missed: Flags
    weeks: Ints

    def __len__(self) -> int:
        return len(self.weeks)

    def of(self, rows: Ints | Flags) -> "Used":
        return Used(self.daily[rows], self.missed[rows], self.weeks[rows])

    @cached_property
    def wanted(self) -> Grid:
        """What would have been used had some been left, as far as that is more.

        On a day on which it ran out: the mean of the days on which more was used (redistribution
        to the right, Efron 1967). Else as much as on that weekday of the last week before, or the
        first one after, in which some was left.
        """
        rows = np.flatnonzero(self.missed.any(axis=(1, 2)))
        if not len(rows):
            return self.daily
        daily, missed = self.daily[rows], self.missed[rows]
        own = np.arange(HISTORY)[:, None] < self.weeks[rows][:, None, None]
        more = np.maximum(_stood_in(daily, missed | ~own), _larger(daily, missed, own))
        wanted = self.daily.copy()
        wanted[rows] = np.where(missed, np.maximum(daily, more), daily)
        return wanted


def _stood_in(daily: Grid, missed: Flags) -> Grid:
    found, seen = np.where(missed, 0, daily), ~missed
    for weeks, near in ((range(HISTORY - 2, -1, -1), 1), (range(1, HISTORY), -1)):
        for week in weeks:
            take = ~seen[:, week] & seen[:, week + near]
            found[:, week] = np.where(take, found[:, week + near], found[:, week])
            seen[:, week] |= take
    return found


def _larger(daily: Grid, missed: Flags, own: Flags) -> Grid:
    """Where it ran out, the mean of what was used on days with more than that; else nothing."""
    found = np.zeros_like(daily)
    item, week, day = np.nonzero(missed & (daily > 0))
    cut = daily[item, week, day][:, None]
    known = np.where(own & ~missed, daily, 0).reshape(len(daily), -1)[item]
    larger = known > cut
    count = larger.sum(axis=1)
    total = np.where(larger, known, 0).sum(axis=1)
    found[item, week, day] = np.where(count > 0, total / np.maximum(count, 1), 0)
    return found


@dataclass(frozen=True)
class Chances:
    """By item the chance to run out before more comes, and the standard error of drawing."""

    share: Floats
    error: Floats


def used_of(demand: Grid, days: Ints, is_out: Flags | None = None) -> Used:
    """Weeks of what was used each day (items by days, yesterday last); each item is `days` old and
    `is_out` at the end of some of them."""
    kept = min(HISTORY, demand.shape[1] // WEEK)
    daily = np.zeros((len(demand), HISTORY, WEEK), np.float32)
    daily[:, :kept] = _weeks(demand, kept)
    weeks = np.clip(days // WEEK, 0, kept)
    missed = np.zeros(daily.shape, bool)
    if is_out is not None:
        missed[:, :kept] = _weeks(is_out, kept)
    return Used(daily, missed & (np.arange(HISTORY)[:, None] < weeks[:, None, None]), weeks)


def _weeks(grid: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """The last whole weeks of a grid by day, the last first."""
    return grid[:, grid.shape[1] - count * WEEK :].reshape(-1, count, WEEK)[:, ::-1]


def chances(
    available: Floats, used: Used, ways: Ways, waits: Floats, paths: int = PATHS
) -> Chances:
    """The chances of items of which so much is there. `waits[item, t]`: the probability that more
    comes later than on the t-th day from now; beyond its columns nothing counts.

    Null-free: where less than `FEWEST_WEEKS` weeks are known, the chance is not a number.
    """
    share, error = np.zeros(len(used)), np.zeros(len(used))
    share[used.weeks < FEWEST_WEEKS] = np.nan
    daily, ahead = used.wanted if ways.is_lost else used.daily, _ahead(waits)
    lasts = available / np.maximum(daily.sum(axis=(1, 2)) / HISTORY, ROUNDING)
    is_told = (used.weeks >= FEWEST_WEEKS) & (available > 0) & (daily > 0).any(axis=(1, 2))
    for weeks in np.unique(used.weeks[is_told]).tolist():
        kept = min(weeks, ways.window)
        picks = picked(ways.window, ways.half_life, kept, paths)
        for rows in _parts(np.flatnonzero(is_told & (used.weeks == weeks)), lasts):
            mine = picks[:, : int(ahead[rows].max())]
            cum = np.cumsum(daily[rows, :kept], axis=2)
            out = _out(available[rows], cum, cum.max(axis=2), mine, ways)
            late = _at(waits[rows], out)
            share[rows], error[rows] = late.mean(axis=1), late.std(axis=1) / paths**0.5
    share[(available <= 0) & (used.weeks >= FEWEST_WEEKS)] = 1.0
    return Chances(share, error)


def with_larger(daily: Floats) -> Floats:
    """The weeks of an item, and after them one that is larger than any: as likely as any one of n
    weeks is to come, as the next of n + 1 is to be the largest. It is the largest week so far, by
    half a deviation of weeks more.

    For what must last in nearly all rounds; on the mean it is more than what is used.
    """
    total = daily.sum(axis=1)
    most = total.max()
    more = 1 + total.std() / (2 * most) if most > 0 else 1.0
    return np.vstack([daily, daily[total.argmax()] * more])


def _ahead(waits: Floats) -> Ints:
    """How many weeks to come matter for each item."""
    late = waits > LEAST
    last = np.where(late.any(axis=1), waits.shape[1] - late[:, ::-1].argmax(axis=1), 0)
    ahead: Ints = np.minimum(-(-last // WEEK), AHEAD)
    return ahead


def _parts(rows: Ints, lasts: Floats) -> Iterator[Ints]:
    """Items that last about as long, so few at once that their paths stay near the processor."""
    ranked = rows[np.argsort(lasts[rows], kind="stable")]
    for first in range(0, len(ranked), AT_ONCE):
        yield ranked[first : first + AT_ONCE]


def _out(available: Floats, cum: Grid, high: Grid, picks: Ints, ways: Ways) -> Ints:
    """Of each item and path the day on which nothing is left; beyond all days where some is."""
    level = levels(ways.spread, len(picks))
    left = (available / level[:, None] * (1 - ROUNDING)).astype(np.float32)
    # a row a week, so that what a path takes lies side by side
    total, most = np.ascontiguousarray(cum[:, :, -1].T), np.ascontiguousarray(high.T)
    week, at_last = np.full(left.shape, AHEAD), left.copy()
    waits = np.ones(left.shape, bool)
    for ahead, took in enumerate(np.ascontiguousarray(picks.T)):
        grows = np.float32((1 + ways.growth) ** ahead)
        is_out = (most[took] * grows >= left) & waits
        if is_out.any():
            np.copyto(at_last, left, where=is_out)
            week[is_out] = ahead
            waits &= ~is_out
            if not waits.any():
                break
        left -= total[took] * grows
    return _days_of(week, at_last, cum, picks, ways.growth)


def _days_of(week: Ints, left: Grid, cum: Grid, picks: Ints, growth: float) -> Ints:
    """The day in the week in which it ends, of which so much was left at its beginning."""
    path, item = np.nonzero(week < AHEAD)
    ends = week[path, item]
    used = cum[item, picks[path, ends]] * ((1 + growth) ** ends)[:, None]
    out = np.full(week.shape, AHEAD * WEEK)
    out[path, item] = ends * WEEK + (used >= left[path, item][:, None]).argmax(axis=1)
    return out.T


def _at(waits: Floats, day: Ints) -> Floats:
    held = np.minimum(day, waits.shape[1] - 1)
    late = np.take_along_axis(waits, held, axis=1)
    found: Floats = np.where(day < waits.shape[1], late, 0.0)
    return found


@lru_cache(maxsize=64)
def picked(
    window: int, half_life: float | None, weeks: int, paths: int, *, larger: bool = False
) -> Ints:
    """Which week of the past each path takes for each week to come; an item has so many of them,
    and with `larger` one more, as `with_larger` has it."""
    weights = Ways(window, half_life).weights(weeks)
    likely = np.append(weights / weights.max(), [1.0] if larger else [])
    shares = np.random.default_rng(SEED + 2).gamma(np.tile(likely, (paths, 1)))
    steps = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    drawn = hypercube(np.random.default_rng(SEED), paths, AHEAD)
    picks: Ints = np.stack([
        (drawn[:, ahead, None] >= steps[:, :-1]).sum(axis=1) for ahead in range(AHEAD)
    ], axis=1)  # fmt: skip
    return picks


@lru_cache(maxsize=8)
def levels(spread: float, paths: int = PATHS) -> Floats:
    """The level of each path."""
    drawn = hypercube(np.random.default_rng(SEED + 1), paths, 1)[:, 0]
    z = np.array([NormalDist().inv_cdf(one) for one in drawn.tolist()])
    found: Floats = np.exp(spread * z - spread**2 / 2)
    return found


def hypercube(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Numbers in (0, 1): in each column one in each of as many equal parts as there are rows."""
    order = np.argsort(rng.random((rows, columns)), axis=0)
    found: Floats = (order + rng.random((rows, columns))) / rows
    return found
