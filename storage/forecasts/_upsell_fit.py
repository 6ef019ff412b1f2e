"""The chance that a customer begins to buy an item: how many others began, by how it goes with
what it buys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from storage.known.baskets import Taken
from storage.metrics._lift import Rules
from storage.metrics.bought_together import LEAST_BUYERS, YEAR, Offers, offers, together

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]

# lifts from which on another of the factors holds; the first is that of no rule
EDGES = (1.5, 2.0, 3.0, 5.0)
FEWEST_BEGUN = 50
# customers, and beginnings, of the usual share that are added to each item, and to each factor
PRIOR_CUSTOMERS, PRIOR_BEGUN = 50.0, 5.0
MOST = 0.95


@dataclass(frozen=True)
class Begins:
    """What the window before a day taught: of each item (`rates`, by its place) the share of the
    customers without it that began to buy it, 0 for one that is not sold any more, or was not yet
    when the window began; and by how much that is more, or less, for a lift (`times`). `n`
    customers, of whom `begun` beginnings came."""

    days: int
    rates: Floats
    times: Floats
    n: int
    begun: int

    def chances(self, found: Offers, rules: Rules) -> Floats:
        """The chance of each offer that it is taken within `days`; 0 where the item has no rate."""
        return self.of(self.rates[found.other], rules.lift[found.rule])

    def of(self, rates: Floats, lift: Floats) -> Floats:
        """The same of shares, and of lifts; a lift of 1 is that of no rule."""
        times = self.times[np.searchsorted(EDGES, lift, "right")]
        found: Floats = np.minimum(rates * times, MOST)
        return found

    def as_json(self, every: Taken) -> dict[str, Any]:
        sold = np.flatnonzero(self.rates > 0).tolist()
        names = {at: f"{every.items[at].source}/{every.items[at].ref}" for at in sold}
        return {
            "days": self.days, "n": self.n, "begun": self.begun, "times": self.times.tolist(),
            "rates": {names[at]: round(float(self.rates[at]), 6) for at in sold},
        }  # fmt: skip


def begins_from(params: Mapping[str, Any], every: Taken) -> Begins:
    """What was kept, with the rates at the places that items have now."""
    rates = [params["rates"].get(f"{one.source}/{one.ref}", 0.0) for one in every.items]
    return Begins(
        params["days"], np.array(rates, float), np.array(params["times"]), params["n"],
        params["begun"],
    )  # fmt: skip


def begins(every: Taken, day: int, days: int) -> Begins | None:
    """What the `days` before a day taught, by what was known when they began; null where fewer
    than `FEWEST_BEGUN` began anything."""
    then = day - days
    who, has, is_sold = owned(every, then)
    new, width = begun(every, then, day), every.width
    mine = np.isin(new // width, who) & is_sold[new % width]
    if mine.sum() < FEWEST_BEGUN:
        return None
    new = new[mine]
    count = np.bincount(new % width, minlength=width)
    without = np.maximum(len(who) - np.bincount(has % width, minlength=width), 0)
    usual = count[is_sold].sum() / max(1, without[is_sold].sum())
    rates = np.where(
        is_sold, (count + usual * PRIOR_CUSTOMERS) / (without + PRIOR_CUSTOMERS), 0.0
    )  # fmt: skip
    times = _times(every, then, new, rates, without)
    return Begins(days, np.where(owned(every, day)[2], rates, 0.0), times, len(who), len(new))


def _times(every: Taken, then: int, new: Ints, rates: Floats, without: Ints) -> Floats:
    """What came of each class of lifts, by what the rates alone would have had."""
    rules = together(every, then)
    found = offers(every, rules, then)
    place = np.searchsorted(EDGES, rules.lift[found.rule], "right")
    size = len(EDGES) + 1
    came = np.isin(found.whose.astype(np.int64) * every.width + found.other, new)
    seen = np.bincount(place, weights=came, minlength=size)
    expected = np.bincount(place, weights=rates[found.other], minlength=size)
    seen[0] += len(new) - seen.sum()
    expected[0] += max(0.0, float((rates * without).sum()) - expected.sum())
    times: Floats = (seen + PRIOR_BEGUN) / (expected + PRIOR_BEGUN)
    return times


def owned(every: Taken, day: int) -> tuple[Ints, Ints, Flags]:
    """By a day: the customers of the year before, what each of them ever had (a number of customer
    and item), and which items at least `LEAST_BUYERS` of them bought in that year."""
    width, before = every.width, every.only(every.on < day)
    lately = before.only(before.on >= day - YEAR.days)
    who = np.unique(lately.whose)
    once = np.unique(lately.codes)
    is_sold: Flags = np.bincount(once % width, minlength=width) >= LEAST_BUYERS
    theirs = before.only(np.isin(before.whose, who))
    return who, np.unique(theirs.codes), is_sold


def begun(every: Taken, start: int, end: int) -> Ints:
    """What was bought for the first time on the days [start, end), as numbers of customer and
    item."""
    codes, first = firsts(every.only(every.on < end))
    found: Ints = codes[first >= start]
    return found


def firsts(every: Taken) -> tuple[Ints, Ints]:
    """All numbers of customer and item, ascending, and the day on which each was first bought."""
    codes, place = np.unique(every.codes, return_inverse=True)
    first = np.full(len(codes), np.iinfo(np.int64).max)
    np.minimum.at(first, place, every.on)
    return codes, first
