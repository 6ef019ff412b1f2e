"""How long suppliers go without delivering anything though deliveries are due.

A wait is measured by what should have come in it: the cumulated hazard of all that is open, so
that one nat is one delivery expected. By chance waits beyond a long one go on evenly, as an
exponential law does; how much longer they get is told by what half of the longest tenth of a
supplier's own waits exceed the rest by. One that is far beyond even that was a closure.
"""

import numpy as np

from storage.forecasts._pace import Evidence
from storage.forecasts._placed import Flags, Floats, Ints, Placed

LONG = 0.9
WEEKS_A_YEAR = 52
FEWEST = 10
# by chance a wait of two years is as long in one supplier of thirty
CLOSED = 4.0


def waits(rows: Placed, says: Evidence, weeks: Ints, day: int) -> tuple[Floats, Flags]:
    """Location and scale (Gumbel) of the longest wait of a year, a row a supplier, NaN where fewer
    than `FEWEST` are known; and whether a supplier closed now and then. `weeks` are how many each
    has, `day` that at whose end the rows were known."""
    found, does_close = np.full((rows.count, 2), np.nan), np.zeros(rows.count, bool)
    order = np.argsort(rows.who, kind="stable")
    bounds = np.searchsorted(rows.who[order], np.arange(rows.count + 1))
    for who in np.flatnonzero(weeks > 0).tolist():
        mine = rows.of(order[bounds[who] : bounds[who + 1]])
        between = _between(mine, says, day)
        if len(between) >= FEWEST:
            location, scale = _longest(between, int(weeks[who]))
            longest = float(between.max())
            does_close[who] = longest > location + CLOSED * scale
            found[who] = max(location, longest - scale), scale
    return found, does_close


def _between(mine: Placed, says: Evidence, day: int) -> Floats:
    """What was expected between each two days on which one supplier delivered."""
    if not (mine.end > 0).any():
        return np.empty(0)
    first = int(mine.start.min())
    took = mine.until(day)
    which = np.repeat(np.arange(len(mine)), took + 1)
    age = np.arange(len(which)) - np.repeat(np.cumsum(took + 1) - took - 1, took + 1)
    hazard = says.hazard[mine.who[0]]
    steps = np.diff(hazard, prepend=0.0)
    due = steps[np.minimum(age, len(steps) - 1)] * mine.share[which]
    daily = np.bincount(mine.start[which] - first + age, due)
    days = np.unique(mine.end[mine.end > 0]) - first
    total = np.append(0.0, np.cumsum(daily))
    # what is expected on the day of a delivery is not waited for
    ends, begins = total[days[1:]], total[days[:-1] + 1]
    found: Floats = np.maximum(ends - begins, 0.0)
    return found


def _longest(between: Floats, weeks: int) -> tuple[float, float]:
    long = float(np.quantile(between, LONG))
    beyond = between[between > long] - long
    scale = max(1.0, float(np.median(beyond)) / np.log(2) if len(beyond) else 0.0)
    a_year = len(between) * (1 - LONG) * WEEKS_A_YEAR / weeks
    return long + scale * float(np.log(max(1.0, a_year))), scale
