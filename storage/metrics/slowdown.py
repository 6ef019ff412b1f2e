"""Which suppliers got slower: lead times now against those of the year before, tested."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

from storage.known.purchases import Line
from storage.metrics import Metric
from storage.metrics._durations import (
    DAY,
    Duration,
    before,
    cohort,
    least_change,
    now,
    period,
    under_way,
)
from storage.metrics._log_rank import LogRank, believed, log_rank
from storage.metrics.lead_time import spans

METRIC = Metric(
    id="slowdown",
    version=1,
    title="Who slowed down",
    formula=(
        "A supplier slowed down where a log-rank test of its orders under way now (the window of"
        " its lead time) against those of the year before says that they take longer, and the"
        " median is longer by at least a day and 15 %. Open orders count in both. Over all"
        " suppliers tested at once at most 5 % of those named are expected to be false"
        " (Benjamini-Hochberg)."
    ),
    unit="",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier", "category", "country"),
    caveats=(
        "Only where at least 5 arrivals would be expected on each side; else nothing is said.",
        "Lines of one order that arrive on one day are one observation.",
        "In a named window: the orders placed in it against those placed in the time before.",
    ),
    synonyms=("slower", "who slowed down", "got slower", "log rank"),
)

FEWEST_EXPECTED = 5
FALSE = 0.05
BASELINE = timedelta(days=365)
Change = Literal["slower", "faster"]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Pace:
    """Lead times now and before; the test between them is null where there are too few."""

    now: Duration
    before: Duration
    test: LogRank | None


def pace(lines: Iterable[Line], today: date) -> Pace:
    """How long purchases take these days, and took in the year before; see `lead_time.now`."""
    every = spans(lines)
    found = now(every, today)
    since = found.since or today
    start = since - BASELINE
    then = [one for one in before(every, since) if max(one.end or since, one.start) >= start]
    test = log_rank(under_way(every, today, since), under_way(then, since - DAY, start))
    return Pace(found, period(then, start, since - DAY), enough(test))


def pace_of_orders(recent: Sequence[Line], earlier: Sequence[Line], today: date) -> Pace:
    """The same of orders placed in two windows that were named, both as known on `today`."""
    one, other = spans(recent), spans(earlier)
    test = log_rank(under_way(one, today), under_way(other, today))
    return Pace(cohort(one, today), cohort(other, today), enough(test))


def changed(paces: Mapping[K, Pace]) -> dict[K, Change]:
    """Which of the groups got slower or faster, so that the list as a whole can be trusted."""
    tested = {key: one.test for key, one in paces.items() if one.test}
    trusted = believed([test.p for test in tested.values()], FALSE)
    return {
        key: "slower" if test.is_slower else "faster"
        for (key, test), is_trusted in zip(tested.items(), trusted, strict=True)
        if is_trusted and _is_worth_it(paces[key], test)
    }


def enough(test: LogRank | None) -> LogRank | None:
    if test is None or min(test.expected, test.others_expected) < FEWEST_EXPECTED:
        return None
    return test


def _is_worth_it(one: Pace, test: LogRank) -> bool:
    """Whether the medians differ by enough, the way the test says. A median that is not reached
    now, where it was before, is a slowdown."""
    if one.before.median is None:
        return False
    if one.now.median is None:
        return test.is_slower
    change = one.now.median - one.before.median
    return abs(change) >= least_change(one.before.median) and (change > 0) == test.is_slower
