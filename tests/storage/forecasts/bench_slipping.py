"""Whether slipping suppliers are found, and how many are falsely: made-up years, the real schedule.

Three years of history, a look at every day, a fit every four weeks (nightly ones differ little).
Suppliers place an order a day in the mean, on working days; what would come at a weekend comes on
Monday. Lines of a purchase share half of what makes them late. Who is not calm is judged by the
log-rank test of `storage/metrics/unusual.py`, as the rule does. `the test alone` is that test for
all, as it was before.
"""

from datetime import date, timedelta
from functools import cache

import numpy as np
from scipy.stats import beta

from storage.forecasts._placed import Placed
from storage.metrics._durations import Span
from storage.metrics._unrest import History
from storage.metrics.unusual import fires
from tests.storage.forecasts.figures import Figure
from tests.storage.forecasts.slowed import BEFORE, DAY0, YEAR, alarms, drawn
from tests.storage.metrics.supplied import Supplier

COUNT = 200
WITHIN = 60
FALSE, FOUND = 0.05, 0.80
DAILY = timedelta(days=1)
KINDS = {
    "1 line, sigma .4": Supplier(), "7 lines, sigma .4": Supplier(lines=7),
    "1 line, sigma .6": Supplier(sigma=0.6),
}  # fmt: skip
ASKED = ("1 line, sigma .4", "7 lines, sigma .4")
# what such a rule is known to stumble over; told beside the others
HARD = {
    "one a week": Supplier(1 / 7), "five a day": Supplier(5), "seasons": Supplier(season=0.1),
    "restless": Supplier(sigma=0.35, unrest=0.2), "closing": Supplier(closes=True),
    "one a week of 7 lines, restless": Supplier(1 / 7, lines=7, season=0.1, unrest=0.15),
}  # fmt: skip


def measured() -> list[Figure]:
    """The rows of the slowdown from 30 to 45 days."""
    rows = []
    for name in KINDS:
        is_asked = name in ASKED
        rows.append(_false(name, quiet(name), is_asked=is_asked))
        rows.append(_found(name, slowed(name), WITHIN, is_asked=is_asked))
    rows.append(_alone("1 line, sigma .4"))
    rows += [_false(name, quiet(name), is_asked=False) for name in HARD]
    return rows


@cache
def life(name: str, *, is_slower: bool) -> Placed:
    days = BEFORE + (2 * WITHIN if is_slower else YEAR)
    kind = {**KINDS, **HARD}[name]
    return drawn(kind, COUNT, days=days, slower_from=BEFORE if is_slower else None,
                 seed=f"{name} {is_slower}")  # fmt: skip


def quiet(name: str) -> dict[str, int]:
    """On which day of a year each of the steady suppliers that are alarmed is so first."""
    return _heard(life(name, is_slower=False), YEAR, weekly=7)


def slowed(name: str) -> dict[str, int]:
    """The same of suppliers that slow down on the first day."""
    return _heard(life(name, is_slower=True), WITHIN + 1, weekly=3)


def _heard(known: Placed, days: int, weekly: int) -> dict[str, int]:
    """What the rule says: the fit of the calm, of the others the test, every so many days."""
    found, calm = alarms(known, days)
    first = {name: at for name, (at, _) in found.items()}
    for who in np.flatnonzero(calm.mean(axis=0) < 0.5).tolist():
        at = _by_test(known, who, range(0, days, weekly))
        if at is not None:
            first.setdefault(f"x/{who}", at)
    return first


def _by_test(known: Placed, who: int, days: range) -> int | None:
    mine = known.of(known.who == who)
    history = History(
        Span(int(key), date.fromordinal(int(start)), date.fromordinal(int(end)))
        for key, start, end in zip(mine.purchase, mine.start, mine.end, strict=True)
    )
    looks = ((at, history.on(date.fromordinal(DAY0 + BEFORE + at))) for at in days)
    return next((at for at, seen in looks if fires({"x": seen}, DAILY)), None)


def _false(name: str, first: dict[str, int], *, is_asked: bool) -> Figure:
    share, low, high = interval(len(first), COUNT)
    return Figure(
        f"generated, {name}", "falsely alarmed in a year: at most 5%", share,
        share <= FALSE if is_asked else None, low, high, ".1%", f"of {COUNT} suppliers",
    )  # fmt: skip


def _found(name: str, first: dict[str, int], within: int, *, is_asked: bool) -> Figure:
    share, low, high = interval(sum(at <= within for at in first.values()), COUNT)
    return Figure(
        f"generated, 30 to 45 d, {name}", f"found within {within} d: at least 80%", share,
        share >= FOUND if is_asked else None, low, high, ".1%", f"of {COUNT} suppliers",
    )  # fmt: skip


def _alone(name: str) -> Figure:
    known, count = life(name, is_slower=True), COUNT // 4
    days = [_by_test(known, who, range(0, WITHIN + 1, 3)) for who in range(count)]
    share, low, high = interval(sum(at is not None for at in days), count)
    return Figure(f"generated, 30 to 45 d, {name}", f"found within {WITHIN} d by the test alone",
                  share, None, low, high, ".1%", f"of {count} suppliers")  # fmt: skip


def interval(count: int, n: int) -> tuple[float, float, float]:
    """A share and its 95 % interval (Clopper and Pearson 1934)."""
    low = beta.ppf(0.025, count, n - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, n - count) if count < n else 1.0
    return count / n, float(low), float(high)
