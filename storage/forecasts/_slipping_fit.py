"""Fits what is usual of each supplier, and how far evidence of slowness strays by chance in a year.

The purchases since some day, taken together, say how much likelier it is that all takes longer
since then (`_pace`); the most that any day gives is a CUSUM along the purchases as they were
placed (Page, Biometrika 41 (1954) 100-115), in which open ones count by their age. How high it
gets in a year in which nothing changed is drawn from the supplier's own weeks: blocks of weeks in
which it placed purchases, each with what they came to say in the weeks after (Künsch, Ann.
Statist. 17 (1989) 1217-1241), so that lines that share a truck and weeks that share a storm stay
together. The highest of a year follows Gumbel's law, which is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from storage.forecasts._pace import OPEN, WEEK, Evidence, evidence, usual
from storage.forecasts._placed import Flags, Floats, Ints, Placed
from storage.forecasts._quiet import WEEKS_A_YEAR, waits

PAST = 104
# the newest past is left out, so that a change under way does not become the norm it is measured by
GUARD = 12
GUARDS = 52
MEDIANS = 3
FEWEST = 40
ABOUT, FEW = 1.05, 20
FEWEST_WEEKS = 26
# weeks after which purchases hardly say more than they did
GROWN = 16
DRAWS = 200
BLOCK = 8
# evidence is looked at on days too, and is higher between the ends of weeks now and then
BETWEEN = 0.25
# the weeks of two years differ by so much where purchases are independent. What is beyond it shows
# but the beginning of a tail and counts as often, as simulated suppliers do
BY_CHANCE, TAIL = 1.3, 1.75
MOST_UNREST = 2.5
LEAST_SCALE, LEAST_MEAN = 0.3, 1e-3
EULER = 0.5772156649
MEDIAN = int(np.argmin(np.abs(OPEN - 0.5)))


@dataclass(frozen=True)
class Usual:
    """What is usual of suppliers, a row each by name: the days by which each share of `OPEN` is
    still open (NaN where there is not enough history); the location and scale of the highest
    evidence of a year, and of the longest wait of a year, in nats; and whether it `is_calm`: its
    weeks differ among each other hardly more than chance does, and it does not close."""

    names: tuple[str, ...]
    days: Floats
    slow: Floats
    wait: Floats
    is_calm: Flags

    def as_json(self) -> dict[str, Any]:
        """Those with enough history, by name."""
        return {
            "suppliers": {
                name: {"days": np.round(self.days[at], 2).tolist(),
                       "slow": np.round(self.slow[at], 4).tolist(),
                       "wait": np.round(self.wait[at], 4).tolist(),
                       "is_calm": bool(self.is_calm[at])}
                for at, name in enumerate(self.names) if not np.isnan(self.slow[at, 0])
            }
        }  # fmt: skip


def usual_from(params: Mapping[str, Any]) -> Usual:
    """What `as_json` gave."""
    found = params["suppliers"]
    names = tuple(found)

    def rows(what: str, width: int) -> Floats:
        return np.array([found[name][what] for name in names], float).reshape(len(names), width)

    return Usual(names, rows("days", len(OPEN)), rows("slow", 2), rows("wait", 2),
                 rows("is_calm", 1)[:, 0] > 0)  # fmt: skip


def fit(names: tuple[str, ...], known: Placed, day: int) -> Usual:
    """What was usual by the end of a day, of suppliers of which so much is known at it."""
    base = baseline(known, day)
    days = usual(base.rows, day)
    days[~base.is_enough] = np.nan
    says = evidence(days)
    slow, unrest = np.full((known.count, 2), np.nan), np.full(known.count, np.nan)
    grown, alone = _grown(base, says, day), _alone(base, says, day)
    for who in np.flatnonzero(base.is_enough).tolist():
        weeks = grown[who, PAST - base.weeks[who] :]
        unrest[who] = _unrest(weeks[:, -1])
        location, scale = _highest(weeks, alone[who], unrest[who])
        # two years tell a scale only about, and a curve of few purchases is itself uncertain
        slow[who] = location, scale * (ABOUT + FEW / base.purchases[who])
    wait, does_close = waits(base.rows, says, base.weeks, day)
    return Usual(names, days, slow, wait, (unrest <= MOST_UNREST * alone) & ~does_close)


@dataclass(frozen=True)
class Baseline:
    """The purchases of the time before; of each supplier its last day, how many weeks and
    purchases it has, and whether that is enough to tell."""

    rows: Placed
    last: Ints
    weeks: Ints
    purchases: Floats
    is_enough: Flags


def baseline(known: Placed, day: int) -> Baseline:
    """Up to `PAST` weeks that end with a Sunday some time before a day, later for slow ones."""
    count = known.count
    middle = usual(known.of(known.start > day - PAST * 2 * WEEK), day)[:, MEDIAN]
    guard = np.clip(np.ceil(np.nan_to_num(MEDIANS * middle / WEEK)), GUARD, GUARDS)
    last = day - guard.astype(np.int64) * WEEK
    last -= last % WEEK
    first = np.full(count, day + 1)
    np.minimum.at(first, known.who, known.start)
    weeks = np.clip(-((first - 1 - last) // WEEK), 0, PAST)
    since = last - weeks * WEEK
    rows = known.of((known.start > since[known.who]) & (known.start <= last[known.who]))
    purchases = np.bincount(rows.who, rows.share, count).astype(float)
    has_come = np.bincount(rows.who[rows.end > 0], rows.share[rows.end > 0], count)
    enough = (purchases > FEWEST - 0.5) & (has_come > FEWEST / 2) & (weeks >= FEWEST_WEEKS)
    return Baseline(rows, last, weeks, purchases, enough)


def _grown(base: Baseline, says: Evidence, day: int) -> Floats:
    """What the purchases of each week say at its end and at those of the weeks after; by
    supplier, week and weeks since. The last week of each supplier stands last."""
    rows, count = base.rows, base.rows.count
    back = (base.last[rows.who] - rows.start) // WEEK
    week = PAST - 1 - back
    ends = base.last[rows.who] - back * WEEK
    cells = rows.who * PAST + week
    found = np.empty((count, PAST, GROWN))
    for age in range(GROWN):
        then = np.minimum(ends + age * WEEK, day)
        has_come = (rows.end > 0) & (rows.end <= then)
        said = says.of(rows.who, rows.until(then), has_come) * rows.share
        found[:, :, age] = np.bincount(cells, said, count * PAST).reshape(count, PAST)
    return found


def _alone(base: Baseline, says: Evidence, day: int) -> Floats:
    """The scale of the highest evidence, were purchases independent of each other: how much what
    one says varies by how far it says in the mean that nothing changed, times two; 1 where each
    is a line of its own, less where it is of several."""
    rows, count = base.rows, base.rows.count
    said = says.of(rows.who, rows.until(day), rows.end > 0) * rows.share
    _, first, place = np.unique(rows.purchase, return_index=True, return_inverse=True)
    said, who = np.bincount(place, said).astype(float), rows.who[first]
    n = np.maximum(1, np.bincount(who, minlength=count))
    mean = np.bincount(who, said, count) / n
    spread = np.bincount(who, said**2, count) / n - mean**2
    return np.clip(spread / np.maximum(-2 * mean, LEAST_MEAN), LEAST_SCALE, 1.0)


def _highest(grown: Floats, alone: float, unrest: float) -> tuple[float, float]:
    """Location and scale of the highest evidence of a year, of one supplier's weeks."""
    weeks = len(grown)
    length = WEEKS_A_YEAR + 2 * GROWN
    rng = np.random.default_rng(0)
    begin = rng.integers(0, weeks, (DRAWS, -(-length // BLOCK)))
    drawn = (begin[:, :, None] + np.arange(BLOCK)).reshape(DRAWS, -1)[:, :length] % weeks
    between = BETWEEN * float(grown[:, -1].std())
    best = _risen(grown, drawn)[:, -WEEKS_A_YEAR:].max(axis=1) + between
    scale = alone + TAIL * max(0.0, unrest - BY_CHANCE * alone)
    record = float(_risen(grown, np.arange(weeks)[None]).max()) + between
    return max(
        float(best.mean()) - EULER * float(best.std()) * np.sqrt(6) / np.pi, record - scale
    ), scale


def _unrest(said: Floats) -> float:
    """How much what blocks of weeks say varies, by how far weeks say in the mean that nothing
    changed, times two."""
    blocks = said[len(said) % BLOCK :].reshape(-1, BLOCK).sum(axis=1)
    return float(blocks.var(ddof=1)) / BLOCK / max(-2 * float(said.mean()), LEAST_MEAN)


def _risen(grown: Floats, weeks: Ints) -> Floats:
    """The evidence at the end of each of the weeks, from the `GROWN`th on, a row a course."""
    length = weeks.shape[1]
    looks = length - GROWN
    total, best = np.zeros((len(weeks), looks)), np.zeros((len(weeks), looks))
    for age in range(GROWN):
        total += grown[weeks[:, GROWN - age : length - age], age]
        np.maximum(best, total, out=best)
    done = np.cumsum(grown[weeks, -1], axis=1)
    older = done - np.minimum(np.minimum.accumulate(done, axis=1), 0)
    risen: Floats = np.maximum(best, total + older[:, :looks])
    return risen
