"""How a customer orders: its gaps, when it has left, and the chance that it orders again."""

import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from statistics import median

from storage.curves import ROUNDING, Curve, Observed, kaplan_meier

LONG_QUIET = 180
TIMES_USUAL = 2
HORIZON = 90
FEW_GAPS = 3
FEW_AT_RISK = 10
# gaps after a first order, after one of the next three, and after a later one are not alike
CLASSES = (1, 4)


@dataclass(frozen=True)
class Rhythm:
    """The days between a customer's orders, as of a day; null with fewer than `FEW_GAPS` gaps.

    `quiet` days since the last order; `usual` the median gap, `p90` the one that 9 in 10 do not
    exceed.
    """

    last: date
    quiet: int
    gaps: int
    usual: float | None
    p90: int | None


def rhythm(days: Sequence[date], today: date) -> Rhythm:
    """The rhythm of ascending, distinct order days, of which there is at least one."""
    gaps = sorted(_gaps(days))
    is_known = len(gaps) >= FEW_GAPS
    return Rhythm(
        days[-1],
        (today - days[-1]).days,
        len(gaps),
        median(gaps) if is_known else None,
        _ninety(gaps) if is_known else None,
    )


def leavings(days: Sequence[date], today: date) -> Iterator[tuple[date, date | None]]:
    """Each time a customer left by falling quiet: the day, and the day of its return or null.

    It has left once it is quiet for more than 180 days and more than twice the gap that 9 in 10
    of its own, up to its last order, do not exceed. Nothing later changes that.
    """
    gaps: list[int] = []
    for before, after in pairwise((*days, None)):
        assert before is not None
        longest = max(LONG_QUIET, TIMES_USUAL * _ninety(gaps)) if gaps else LONG_QUIET
        left = before + timedelta(days=longest + 1)
        if left < after if after else left <= today:
            yield left, after
        if after:
            bisect.insort(gaps, (after - before).days)


class Reordering:
    """P(at least one order in the next `HORIZON` days) by how long a customer is quiet.

    Read off Kaplan-Meier curves of all customers' gaps, open ones censored, one curve for those
    after a first order, one for the next three, one for later ones.
    """

    def __init__(self, customers: Iterable[Sequence[date]], today: date) -> None:
        observed: dict[int, list[Observed]] = defaultdict(list)
        for days in customers:
            for number, gap in enumerate(_gaps(days), 1):
                observed[_class(number)].append(Observed(gap, True))
            observed[_class(len(days))].append(Observed((today - days[-1]).days, False))
        self._days = {number: sorted(one.days for one in gaps) for number, gaps in observed.items()}
        self._curves: dict[int, Curve] = {
            number: kaplan_meier(gaps) for number, gaps in observed.items()
        }

    def chance(self, orders: int, quiet: int) -> float | None:
        """For a customer of so many orders, quiet for so many days; null where too few were."""
        number = _class(orders)
        days = self._days.get(number, [])
        if len(days) - bisect.bisect_right(days, quiet) < FEW_AT_RISK:
            return None
        curve = self._curves[number]
        return 1 - curve.at(quiet + HORIZON) / curve.at(quiet)


def _gaps(days: Sequence[date]) -> list[int]:
    return [(after - before).days for before, after in pairwise(days)]


def _ninety(gaps: Sequence[int]) -> int:
    """The smallest of ascending gaps that at least 9 in 10 do not exceed."""
    return gaps[ceil(0.9 * len(gaps) - ROUNDING) - 1]


def _class(orders: int) -> int:
    return bisect.bisect_left(CLASSES, orders)
