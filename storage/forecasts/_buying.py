"""The chance of each buyer without a contract to order again within a horizon, and how often.

It is the mean of two: MBG/NBD, and a logistic regression on recency, frequency and money; read by
a line that is learned in the window before (Platt). All times are in horizons, so that a window
that is shorter, where the history is, tells of a longer one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from storage.forecasts._leaving import Scored, bounds
from storage.forecasts._logistic import Logistic, Platt, logistic, logistic_from, logit, platt
from storage.forecasts._mbg import Bought, Mbg, mbg
from storage.forecasts._scores import Flags, Floats
from storage.metrics.churn import ENOUGH_EVENTS

Ints = npt.NDArray[np.int64]
RIDGE = 5.0
SOON = 1 / 30
AS_TOLD = Platt()
# what a buyer's chance is made of
QUIET, OFTEN, SINCE, MONEY = "days since an order", "order days", "days as a customer", "spent"


@dataclass(frozen=True)
class Purchases:
    """Orders as columns: whose, on which day (ordinal), for how much (0 where unknown), and on
    which day it was called off (0: it was not). `names` are those of the buyers."""

    buyer: Ints
    day: Ints
    money: Floats
    gone: Ints
    names: tuple[str, ...]

    def first(self) -> int:
        return int(self.day.min())

    def last(self) -> int:
        return int(self.day.max())


class Buyers(NamedTuple):
    """Who had ordered before a day, by number; what they had done by then, and spent. `gap` is the
    median of the days between their orders, null (NaN) of those who ordered but once."""

    number: Ints
    seen: Bought
    money: Floats
    gap: Floats


class Usual(NamedTuple):
    """Of half of all buyers: days between orders, purchases behind the first, days since the
    first, and what was spent; 0 where there are none."""

    gap: float = 0.0
    again: float = 0.0
    age: float = 0.0
    money: float = 0.0


NOTHING = Usual()


@dataclass(frozen=True)
class Buying:
    """A fit as of a day: `window` days are what the line was learned on, of `n` buyers, of whom
    `events` ordered, `orders` a head. Without a score too few did, or did not."""

    window: int
    n: int
    events: int
    orders: float
    pace: Mbg
    score: Logistic | None = None
    line: Platt = AS_TOLD
    usual: Usual = NOTHING

    @property
    def base(self) -> float:
        return self.events / self.n if self.n else 0.0

    def buys(self, buyers: Buyers, days: int) -> Floats:
        """The chance of each to order at least once within so many days."""
        if self.score is None:
            return np.full(len(buyers.number), self.base)
        return self.line.read(_mean(self.pace, self.score, buyers, days))

    def quiet(self, buyers: Buyers, days: int) -> Scored | None:
        """What is told of each, of ordering nothing within so many days; null where too few did,
        or did not, for a chance. A part is how far the logit moves by what is known of a buyer
        against what is usual, its own usual days between orders. The interval is that of the mean
        and of the line."""
        if self.score is None:
            return None
        told, error = _mean_and_error(self.pace, self.score, buyers, days)
        chance = 1 - self.line.read(told)
        others = _made_usual(buyers, self.usual)
        parts = [logit(chance) - logit(1 - self.buys(one, days)) for one in others.values()]
        low, high = bounds(chance, self.line.error(told, error))
        return Scored(chance, low, high, tuple(others), np.column_stack(parts))

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "window": self.window, "n": self.n, "events": self.events, "orders": self.orders,
            "pace": asdict(self.pace), "line": asdict(self.line), "usual": list(self.usual),
        }  # fmt: skip
        if self.score is not None:
            found["score"] = self.score.as_json()
        return found


def buying_from(found: Mapping[str, Any]) -> Buying:
    """What `as_json` gave."""
    score, line = found.get("score"), found["line"]
    return Buying(
        found["window"], found["n"], found["events"], found["orders"], Mbg(**found["pace"]),
        logistic_from(score) if score else None,
        Platt(line["level"], line["slope"], tuple(line["doubt"])),
        Usual(*found["usual"]),
    )  # fmt: skip


def buyers_before(made: Purchases, day: int) -> Buyers:
    """Who had ordered before a day, as known then; orders of one day are one."""
    known = (made.day < day) & ((made.gone == 0) | (made.gone >= day))
    pairs = np.unique(np.column_stack([made.buyer[known], made.day[known]]), axis=0)
    number, at, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    first, last = pairs[at, 1], pairs[at + count - 1, 1]
    money = np.bincount(made.buyer[known], made.money[known], len(made.names))[number]
    floats = (one.astype(float) for one in (count - 1, last - first, day - first))
    return Buyers(number, Bought(*floats), money, _gaps(pairs, at, count))


def _gaps(pairs: Ints, at: Ints, count: Ints) -> Floats:
    """The median gap of each buyer, whose `count` days begin `at` a row of (buyer, day)."""
    gaps = np.diff(pairs[:, 1], prepend=0)
    gaps[at] = 0  # the first day of each is behind no other: it sorts before all gaps
    gaps = gaps[np.lexsort((gaps, pairs[:, 0]))]
    middle = (gaps[at + count // 2] + gaps[at + (count + 1) // 2 - (count == 1)]) / 2
    return np.where(count > 1, middle, np.nan)


def bought_in(made: Purchases, buyers: Buyers, start: int, end: int) -> Floats:
    """On how many days of [start, end) each of them ordered, but for what was called off by its
    end."""
    inside = (made.day >= start) & (made.day < end) & ((made.gone == 0) | (made.gone >= end))
    pairs = np.unique(np.column_stack([made.buyer[inside], made.day[inside]]), axis=0)
    count: Floats = np.bincount(pairs[:, 0], minlength=len(made.names))[buyers.number].astype(float)
    return count


def window_before(made: Purchases, day: int, days: int) -> int:
    """How long the window before a day is: a horizon, or two thirds of a shorter history."""
    return min(days, (day - made.first()) * 2 // 3)


def buying(made: Purchases, day: int, days: int) -> Buying:
    """The fit as of a day for a horizon of so many days; somebody must have ordered before it."""
    window = window_before(made, day, days)
    then = buyers_before(made, day - window)
    count = bought_in(made, then, day - window, day)
    came = count > 0
    n, events = len(came), int(came.sum())
    now = buyers_before(made, day)
    pace = mbg(now.seen)
    orders = float(count.mean()) if n else 0.0
    if min(events, n - events) < ENOUGH_EVENTS:
        return Buying(window, n, events, orders, pace)
    score = logistic(_columns(then, window), came, RIDGE)
    told = _mean(mbg(then.seen), score, then, window)
    return Buying(window, n, events, orders, pace, score, platt(told, came), usual_of(now))


def usual_of(buyers: Buyers) -> Usual:
    """What half of them do not exceed."""
    gaps = buyers.gap[buyers.seen.again > 0]
    middles = (np.median(one) if len(one) else 0.0
               for one in (gaps, buyers.seen.again, buyers.seen.age, buyers.money))  # fmt: skip
    return Usual(*map(float, middles))


def own_gaps(buyers: Buyers, usual: Usual) -> Floats:
    """The days between orders that are usual for each: of one who ordered but once, for all."""
    gaps: Floats = np.where(buyers.seen.again > 0, buyers.gap, usual.gap)
    return gaps


def _made_usual(buyers: Buyers, usual: Usual) -> dict[str, Buyers]:
    """The buyers with each thing that is known of them made usual, and all else as it is; of who
    ordered but once, since when it is a customer is no other thing than how long it is quiet."""
    again, last, age = buyers.seen
    came_back, quiet = again > 0, age - last
    calm = np.minimum(own_gaps(buyers, usual), age)
    until = np.where(came_back & (usual.again > 0), last, usual.gap * usual.again)
    old = np.where(came_back, np.maximum(usual.age, quiet + 1), age)
    seen = {
        QUIET: Bought(again, np.where(came_back, age - calm, 0), np.where(came_back, age, calm)),
        OFTEN: Bought(np.full(len(again), usual.again), until, until + quiet),
        SINCE: Bought(again, old - quiet, old),
    }
    made = {name: buyers._replace(seen=one) for name, one in seen.items()}
    return {**made, MONEY: buyers._replace(money=np.full(len(again), usual.money))}


def by_recency(then: Buyers, came: Flags, window: int, now: Buyers, days: int) -> Floats:
    """The chance by how long each has been quiet, and nothing else."""
    if not len(came):
        return np.full(len(now.number), 0.5)
    fit = logistic(_quiet(then, window)[:, None], came, RIDGE)
    return fit.chance(_quiet(now, days)[:, None])


def _mean(pace: Mbg, score: Logistic, buyers: Buyers, days: int) -> Floats:
    mean: Floats = (pace.buys(buyers.seen, days) + score.chance(_columns(buyers, days))) / 2
    return mean


def _mean_and_error(pace: Mbg, score: Logistic, buyers: Buyers, days: int) -> tuple[Floats, Floats]:
    """The mean of both chances, and the standard error of its logit: of each how far it lies from
    the mean counts beside its own error (Buckland, Burnham & Augustin 1997). The figures of the
    pace are taken as known."""
    columns = _columns(buyers, days)
    mine, other = score.chance(columns), pace.buys(buyers.seen, days)
    mean, apart = (mine + other) / 2, np.abs(mine - other) / 2
    error = (np.hypot(score.error(columns) * mine * (1 - mine), apart) + apart) / 2
    return mean, error / (mean * (1 - mean))


def _quiet(buyers: Buyers, days: int) -> Floats:
    quiet: Floats = np.log((buyers.seen.age - buyers.seen.last) / days + SOON)
    return quiet


def _columns(buyers: Buyers, days: int) -> Floats:
    """Recency, frequency and money; who bought but once is told apart."""
    again, last, age = buyers.seen
    pace = np.log((again + 0.5) * days / age)
    return np.column_stack([
        _quiet(buyers, days), np.log1p(again), np.log(age / days), again == 0,
        np.log1p(np.maximum(buyers.money, 0)), (age - last) / age, pace,
    ])  # fmt: skip
