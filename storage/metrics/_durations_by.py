"""The durations of `_durations`, of very many spans in very many groups at once: the same figures.

Spans are columns here. Spans of one key begin on one day and in one country.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil, prod
from typing import Any

import numpy as np

from storage.calendars import working_days_to
from storage.curves_by import UNREACHED, Flags, Ints, curves_by
from storage.metrics._durations import (
    FEWEST_AT_RISK,
    LONGEST,
    PERIODS,
    TIMES_P90,
    Duration,
)

NO_DAY = 0
MOST = 2**62
ENDED, CANCELLED, OPEN, ABSURD = range(4)


@dataclass(frozen=True)
class Spans:
    """Columns of spans: a key, days as ordinals (0: none), the number of a country, -1 for none,
    in `countries`, and the group that each is of, one of `count`."""

    key: Ints
    start: Ints
    end: Ints
    left: Ints
    country: Ints
    countries: Sequence[str]
    group: Ints
    count: int = 1

    def __len__(self) -> int:
        return len(self.key)

    def only(self, which: Flags | Ints) -> "Spans":
        """Some of them, by a flag each or by their places."""
        at = np.flatnonzero(which) if which.dtype == bool else which
        return replace(
            self, key=self.key[at], start=self.start[at], end=self.end[at], left=self.left[at],
            country=self.country[at], group=self.group[at],
        )  # fmt: skip

    def at(self, day: "Day") -> "Day":
        """A day of each group as one of each span."""
        return day if isinstance(day, int) else day[self.group]

    def since(self, of: "Day") -> "Spans":
        """Those that were not over before a day, and those that end before they begin: all that
        count from that day on."""
        day = self.at(of)
        is_over = (self.end < day) & ((self.end != NO_DAY) | ((self.left != NO_DAY)
                                                              & (self.left < day)))  # fmt: skip
        return self.only(~is_over | (self.start >= day))

    def within(self, groups: Ints) -> "Spans":
        """Those of some groups, which are numbered anew in the given order."""
        place = np.full(self.count, -1, np.int64)
        place[groups] = np.arange(len(groups))
        mine = self.only(place[self.group] >= 0)
        return replace(mine, group=place[mine.group], count=len(groups))


# one day, or one for each group
Day = int | Ints
# days from a start to an end, of spans
Length = Callable[[Spans, Ints], Ints]


def calendar_days(spans: Spans, until: Ints) -> Ints:
    return until - spans.start


def working_days(spans: Spans, until: Ints) -> Ints:
    """By the calendar of each span's country; weekends alone where that is not known."""
    found = np.zeros(len(spans), np.int64)
    if not len(spans):
        return found
    years = [date.fromordinal(int(day)).year for day in (spans.start.min(), until.max())]
    for number in np.unique(spans.country).tolist():
        mine = spans.country == number
        country = spans.countries[number] if number >= 0 else None
        first, counts = working_days_to(country, years[0], max(years))
        start, end = spans.start[mine], until[mine]
        found[mine] = np.where(end > start, counts[end - first] - counts[start - first], 0)
    return found


@dataclass(frozen=True)
class Seen:
    """Observations by a day: how long each took, whether it ended, from which age on it was at
    risk; and of each group how many are open, were cancelled, or are absurd and not counted."""

    group: Ints
    days: Ints
    has_ended: Flags
    entry: Ints
    open: Ints
    cancelled: Ints
    absurd: Ints


class Durations:
    """Figures of each group; see `Duration`."""

    def __init__(self, seen: Seen, count: int) -> None:
        self.seen = seen
        self.curves = curves_by(seen.group, count, seen.days, seen.has_ended, seen.entry)
        self.medians, self.p90s = self.curves.quantile(0.5), self.curves.quantile(0.9)

    @property
    def is_thin(self) -> Flags:
        return self.curves.fewest(0.5) < FEWEST_AT_RISK

    def of(self, group: int, **more: Any) -> Duration:
        seen, curves = self.seen, self.curves
        return Duration(
            int(curves.n[group]), int(seen.open[group]), int(seen.cancelled[group]),
            int(seen.absurd[group]), _reached(self.medians[group]), _reached(self.p90s[group]),
            curves.curve(group), **more,
        )  # fmt: skip


def cohort(
    spans: Spans, today: int, since: date | None = None, length: Length = calendar_days
) -> list[Duration]:
    """Of each group all of its spans, each from its own start, as known on `today`."""
    found = Durations(under_way(spans, today, None, length), spans.count)
    return [found.of(group, since=since) for group in range(spans.count)]


def period(spans: Spans, since: Day, today: Day, length: Length = calendar_days) -> list[Duration]:
    """Of each group what was under way in the days [since, today]; where that is thin, the cohort
    that began in them."""
    found = Durations(under_way(spans, today, since, length), spans.count)
    is_thin = found.is_thin
    begun = spans.only(spans.start >= spans.at(since))
    cohorts = (
        Durations(under_way(begun, today, None, length), spans.count) if is_thin.any() else found
    )
    days = np.broadcast_to(since, spans.count).tolist()
    return [
        cohorts.of(group, since=date.fromordinal(day), is_thin=True) if thin
        else found.of(group, method="period", since=date.fromordinal(day))
        for group, (day, thin) in enumerate(zip(days, is_thin.tolist(), strict=True))
    ]  # fmt: skip


def now(spans: Spans, today: int, length: Length = calendar_days) -> list[Duration]:
    """Of each group how long things take these days: its shortest period that is not thin, else
    the cohort of a window that grows; see `_durations.now`."""
    made: dict[int, Duration] = {}
    groups, recent = np.arange(spans.count), spans.since(today - PERIODS[-1])
    for days in PERIODS:
        since = today - days
        found = Durations(under_way(recent, today, since, length), recent.count)
        is_thin = found.is_thin
        for at in np.flatnonzero(~is_thin).tolist():
            made[int(groups[at])] = found.of(at, method="period", since=date.fromordinal(since))
        left = np.flatnonzero(is_thin)
        groups, recent = groups[left], recent.within(left)
        if not len(groups):
            break
    made |= _growing(spans.within(groups), groups, today, length)
    return [made[group] for group in range(len(made))]


def _growing(spans: Spans, groups: Ints, today: int, length: Length) -> dict[int, Duration]:
    """The cohorts of windows that grow until they hold three times their own P90."""
    made: dict[int, Duration] = {}
    days = np.full(len(groups), PERIODS[-1])
    while len(groups):
        begun = spans.only(spans.start >= today - days[spans.group])
        found = Durations(under_way(begun, today, None, length), begun.count)
        wanted = np.array([
            2 * mine if p90 == UNREACHED else ceil(TIMES_P90 * p90)
            for mine, p90 in zip(days.tolist(), found.p90s.tolist(), strict=True)
        ])  # fmt: skip
        is_done = (wanted <= days) | (days >= LONGEST)
        for at in np.flatnonzero(is_done).tolist():
            since = date.fromordinal(today - int(days[at]))
            made[int(groups[at])] = found.of(at, since=since, is_thin=True)
        left = np.flatnonzero(~is_done)
        groups, spans = groups[left], spans.within(left)
        days = np.minimum(wanted[left], LONGEST)
    return made


def before(spans: Spans, day: Day) -> Spans:
    """The spans as they were before a day; those begun on it or later are not among them."""
    mine = spans.only(spans.start < spans.at(day))
    then = mine.at(day)
    return replace(
        mine, end=np.where(mine.end < then, mine.end, NO_DAY),
        left=np.where(mine.left < then, mine.left, NO_DAY),
    )  # fmt: skip


def trend(spans: Spans, days: Sequence[int], window: int = PERIODS[0]) -> list[list[Duration]]:
    """For each day, of each group, the period of `window` days up to it, by what had happened
    before that day."""
    recent = spans.since(min(days) - window)
    return [period(before(recent.since(day - window), day), day - window, day - 1) for day in days]


def under_way(
    spans: Spans, today: Day, entering: Day | None = None, length: Length = calendar_days
) -> Seen:
    """Durations as observed by `today`; `entering`: only what was under way from that day on."""
    if entering is not None:
        spans = spans.since(entering)
    is_end, is_left = spans.end != NO_DAY, (spans.end == NO_DAY) & (spans.left != NO_DAY)
    last = spans.at(today)
    day = np.where(is_end, spans.end, np.where(is_left, spans.left, last))
    is_early = day < spans.start
    day = np.where(is_early, spans.start, day)
    is_absurd = is_early & is_end
    counts = ~is_absurd
    if entering is not None:
        first = spans.at(entering)
        is_absurd &= spans.start >= first
        counts &= (day >= first) & (spans.start <= last)
    absurd = np.bincount(spans.group[is_absurd], minlength=spans.count)
    at = np.flatnonzero(counts)
    state = np.where(is_end, ENDED, np.where(is_left, CANCELLED, OPEN))[at]
    at, state = _once(spans, at, state, day)
    return _seen(spans.only(at), state, day[at], entering, length, absurd)


def _seen(
    spans: Spans, state: Ints, day: Ints, entering: Day | None, length: Length, absurd: Ints
) -> Seen:
    entry, count = np.zeros(len(spans), np.int64), spans.count
    if entering is not None:
        first = np.broadcast_to(spans.at(entering), len(spans))
        older = spans.start < first
        entry[older] = length(spans.only(older), first[older])
    return Seen(
        spans.group, length(spans, day), state == ENDED, entry,
        np.bincount(spans.group[state == OPEN], minlength=count),
        np.bincount(spans.group[state == CANCELLED], minlength=count), absurd,
    )  # fmt: skip


def _once(spans: Spans, at: Ints, state: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Of spans of one key and group that end alike on one day one: they are the same."""
    key = spans.key[at]
    if (key[1:] > key[:-1]).all():
        return at, state
    ends = day[at].astype(np.int64) * len((ENDED, CANCELLED, OPEN)) + state
    columns = (key, spans.group[at], ends)
    order = _sorted(columns)
    is_new = np.zeros(len(at), bool)
    is_new[0] = True
    for column in columns:
        ranked = column[order]
        is_new[1:] |= ranked[1:] != ranked[:-1]
    kept = order[is_new]
    return at[kept], state[kept]


def _sorted(columns: Sequence[Ints]) -> Ints:
    """An order in which rows of equal columns stand together."""
    lows = [int(column.min()) for column in columns]
    sizes = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
    if prod(sizes) > MOST:
        return np.lexsort(columns)
    packed = np.zeros(len(columns[0]), np.int64)
    for column, low, size in zip(columns, lows, sizes, strict=True):
        packed = packed * size + (column - low)
    return np.argsort(packed)


def _reached(value: Any) -> int | None:
    return None if value == UNREACHED else int(value)
