"""Which of very many groups slowed down, at once: the same figures as those of `slowdown`."""

import numpy as np

from storage.curves_by import Ints
from storage.metrics._durations_by import Spans, before, cohort, now, period, under_way
from storage.metrics._log_rank_by import log_rank_by
from storage.metrics.slowdown import BASELINE, Pace, enough


def paces(spans: Spans, today: int) -> list[Pace]:
    """Of each group how long purchases take these days, and took in the year before."""
    found = now(spans, today)
    since: Ints = np.array(
        [one.since.toordinal() if one.since else today for one in found], np.int64
    )
    start = since - BASELINE.days
    then = before(spans, since)
    tests = log_rank_by(
        under_way(spans, today, since), under_way(then, since - 1, start), spans.count
    )
    earlier = period(then, start, since - 1)
    return [
        Pace(one, before_it, enough(test))
        for one, before_it, test in zip(found, earlier, tests, strict=True)
    ]


def paces_of_orders(recent: Spans, earlier: Spans, today: int) -> list[Pace]:
    """The same of orders placed in two windows that were named, both as known on `today`."""
    tests = log_rank_by(under_way(recent, today), under_way(earlier, today), recent.count)
    both = zip(cohort(recent, today), cohort(earlier, today), tests, strict=True)
    return [Pace(one, other, enough(test)) for one, other, test in both]
