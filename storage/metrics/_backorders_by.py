"""Backorders of very many lines at once, by group: the same figures as those of `backorders`."""

from datetime import date

import numpy as np

from storage.curves_by import Flags, Ints
from storage.known.rates import Rates
from storage.metrics._due import share
from storage.metrics._due_by import NO_DAY, Dues
from storage.metrics._durations import Duration
from storage.metrics._durations_by import Spans, cohort
from storage.metrics._durations_by import now as these_days
from storage.metrics._worth_by import worth_by
from storage.metrics.backorders import YEAR, Backlog


def backlogs(
    dues: Dues, groups: Ints, count: int, today: date, rates: Rates, into: str = ""
) -> list[Backlog]:
    """Of each group of open lines what is owed past its day on `today`."""
    age = np.where(dues.day != NO_DAY, today.toordinal() - dues.day, 0)
    is_dated, is_late = dues.day != NO_DAY, age > 0
    owed = dues.owed
    late, dated = (
        worth_by(dues.only(which), owed[which], groups[which], count, rates, into)
        for which in (is_late, is_dated)
    )
    ages: list[list[int]] = [[] for _ in range(count)]
    order = np.argsort(-age[is_late], kind="stable")
    for group, days in zip(
        groups[is_late][order].tolist(), age[is_late][order].tolist(), strict=True
    ):
        ages[group].append(days)
    n, undated = (_counts(groups, which, count) for which in (is_dated, ~is_dated))
    return [
        Backlog(tuple(ages[at]), share(len(ages[at]), n[at]), undated[at], late[at], dated[at])
        for at in range(count)
    ]


def lasts(dues: Dues, today: date) -> Duration:
    """How many days backorders last these days; see `backorders.lasts`."""
    every = _spans(dues, today)
    (found,) = these_days(every.only(every.start >= (today - YEAR).toordinal()), today.toordinal())
    return found


def lasted(dues: Dues, since: date, until: date, today: date) -> Duration:
    """The same of those that were due in the days [since, until)."""
    every = _spans(dues, today)
    mine = (every.start >= since.toordinal()) & (every.start < until.toordinal())
    return cohort(every.only(mine), today.toordinal())[0]


def _spans(dues: Dues, today: date) -> Spans:
    """Every line that was not complete at the end of its day, from that day on."""
    over = dues.only((dues.day != NO_DAY) & (dues.day < today.toordinal()))
    done, left = over.settled
    ended = np.where(done != NO_DAY, done, left)
    # what was there in time can't be one, and is most
    late = over.only((ended == NO_DAY) | (ended > over.day))
    late = late.only(late.came_by_day < late.wanted)
    lines, (done, left) = late.lines, late.settled
    return Spans(
        lines["id"],
        late.day,
        done,
        left,
        lines["country"],
        lines.texts,
        np.zeros(len(late), np.int64),
    )


def _counts(groups: Ints, which: Flags, count: int) -> list[int]:
    found: list[int] = np.bincount(groups[which], minlength=count).tolist()
    return found
