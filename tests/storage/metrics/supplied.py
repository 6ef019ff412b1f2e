"""Suppliers drawn at random: years of purchases of which one knows whether anything changed."""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

from storage.metrics._durations import Span

FIRST = date(2001, 1, 1)  # a Monday
WEEK = 7


@dataclass(frozen=True)
class Supplier:
    """Purchases are placed on working days, `a_day` in the mean of a week, of so many `lines` that
    share half of what makes them late. They take `median` days with a log-spread of `sigma`, more
    or less by the `season` (a share) and by an `unrest` that whole weeks share and that half
    outlasts a fortnight; what would come at a weekend comes on Monday. `closes`: a fortnight
    every August and the last week of the year."""

    a_day: float = 1
    lines: int = 1
    sigma: float = 0.4
    season: float = 0.0
    unrest: float = 0.0
    closes: bool = False
    median: float = 30


def purchases(one, seed, days, slower_from=None, factor=1.5):
    """Spans of so many days from FIRST on; those placed from that day on take `factor` as long."""
    rng = random.Random(seed)
    found, order, shared = [], 0, rng.gauss(0, one.unrest)
    for day in range(days):
        if day % WEEK == 0:
            shared = 0.7 * shared + rng.gauss(0, one.unrest * math.sqrt(1 - 0.7**2))
        if day % WEEK >= 5:
            continue
        middle = math.log(one.median) + shared + one.season * math.sin(2 * math.pi * day / 365.25)
        if slower_from is not None and day >= slower_from:
            middle += math.log(factor)
        for _ in range(_poisson(rng, one.a_day * 7 / 5)):
            order += 1
            found.extend(_lines(one, rng, order, day, middle))
    return found


def _lines(one, rng, order, day, middle):
    both, own = (one.sigma, 0.0) if one.lines == 1 else (one.sigma * math.sqrt(0.5),) * 2
    late = rng.gauss(0, both)
    for _ in range(one.lines):
        end = day + round(math.exp(middle + late + rng.gauss(0, own)))
        end = _open(one, end)
        yield Span(order, FIRST + timedelta(day), FIRST + timedelta(end))


def _open(one, end):
    """The first day on which goods are taken in, and sent where there is a closure."""
    if one.closes:
        day = FIRST + timedelta(end)
        if day.month == 8 and day.day <= 14:
            end += 15 - day.day
        elif day.month == 12 and day.day >= 25:
            end += 33 - day.day
    return end + max(0, WEEK - end % WEEK) if end % WEEK >= 5 else end


def _poisson(rng, mean):
    count, left = 0, rng.random()
    chance = total = math.exp(-mean)
    while left > total and count < 200:
        count += 1
        chance *= mean / count
        total += chance
    return count


def day(number):
    return FIRST + timedelta(number)
