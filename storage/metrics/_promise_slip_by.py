"""How far the promises of very many lines moved: the same mean as that of `promise_slip`."""

from datetime import datetime

import numpy as np

from storage.known.columns import Lines
from storage.metrics.promise_slip import SEEN_IN_TIME
from storage.models._types import MICROSECOND

NO_DAY = 0


def mean_slip(lines: Lines, since: datetime) -> float | None:
    """The mean slip in days of what is known of it, by promises that were seen since then; null
    where nothing is."""
    first = lines.first_promise(since)
    promised, given = lines["promised_on"], lines["promised_first"]
    is_seen = first.line >= 0
    is_kept_by_source = first.on != given
    is_in_time = first.at - lines["ordered_at"] <= SEEN_IN_TIME // MICROSECOND
    is_told = (promised != NO_DAY) & (given != NO_DAY) & (lines["left_on"] == NO_DAY)
    known = np.flatnonzero(is_told & is_seen & (is_kept_by_source | is_in_time))
    if not len(known):
        return None
    days = promised[known].astype(np.int64) - given[known]
    return int(days.sum()) / len(known)
