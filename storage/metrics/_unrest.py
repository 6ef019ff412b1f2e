"""How far a supplier is beyond its own ups and downs: its last weeks against its last years.

The log-rank test (`_log_rank`, Mantel 1966) takes deliveries for independent. They are not:
purchases of a week share a storm, lines of a purchase share a truck, and every summer differs from
every spring. The time before is cut into windows as long as the one that is tested, and each of
them is tested against the others: the mean of their χ² is the dispersion φ, at least 1. The score
is z / √φ, judged by Student's t with as many degrees of freedom as there are windows. Farrington
et al., "A statistical algorithm for the early detection of outbreaks of infectious disease", J. R.
Statist. Soc. A 159 (1996) 547-563, do the same with counts of cases, and, as here, leave the
newest past out, so that a change which is under way doesn't become the norm that it is measured by.

It must be slower than the same weeks a year before too: what comes every year is not unusual.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from storage.curves import Observed, kaplan_meier
from storage.metrics._durations import DAY, Span, before, counted, least_change, under_way
from storage.metrics._log_rank import LogRank, Tally, against_others, compared
from storage.metrics._student import beyond

# whole weeks: a window with one weekend more would look slow
LENGTHS = (28, 84)
FEWEST_PLACED = 12
GUARD = 84
PAST = 728
FEWEST_WINDOWS = 6
FEWEST_ORDERS = 40
FEWEST_EXPECTED = 5
# days back to the same weekday a year before, and a week to both sides, since feasts move. Every
# day of it: on the last day of a closure only that day is as bad
YEAR_AGO = range(357, 372)
CLEARLY = 2.33  # one in a hundred, by chance


class Window(NamedTuple):
    """What was under way in the days [first, last]."""

    first: date
    last: date
    seen: Sequence[Observed]
    tally: Tally


@dataclass(frozen=True)
class Seen:
    """What a look at one supplier saw: the window `now` and those of the time before, in which
    so many `orders` were placed. The rest is found when it is asked for."""

    history: "History"
    now: Window
    past: Sequence[Window]
    orders: int

    @cached_property
    def p(self) -> float | None:
        """The chance of a score as high if nothing had changed; null where nothing can be told."""
        past = Tally(one for window in self.past for one in window.seen)
        test = _enough(compared(self.now.tally, past))
        if not test or self.orders < FEWEST_ORDERS:
            return None
        unrest = [
            one.chi2
            for one in map(_enough, against_others([window.tally for window in self.past]))
            if one
        ]
        if len(unrest) < FEWEST_WINDOWS:
            return None
        return beyond(test.z / sqrt(max(1.0, fmean(unrest))), len(unrest))

    @property
    def is_worth_it(self) -> bool:
        """Whether the median is longer by enough, and it was not so a year ago. A median that is
        not reached now, where it was before, is longer."""
        if self.before is None:
            return False
        if self.median is not None and self.median - self.before < least_change(self.before):
            return False
        tests = [
            _enough(compared(self.now.tally, one.tally)) for one in self.history.year_ago(self.now)
        ]
        return all(test.z >= CLEARLY for test in tests if test)

    @cached_property
    def median(self) -> float | None:
        return kaplan_meier(self.now.seen).quantile(0.5)

    @cached_property
    def before(self) -> float | None:
        return kaplan_meier(one for window in self.past for one in window.seen).quantile(0.5)

    @property
    def n(self) -> int:
        return len(self.now.seen)

    @property
    def open(self) -> int:
        found = counted(self.history.spans(self.now), self.now.last, self.now.first)
        return len({one.key for one in found if one.state == "open"})


class History:
    """The purchases of one supplier, to be looked at on any of its days.

    It keeps the windows that it has counted, so that years can be replayed in seconds. Calls are
    not to be shared among threads.
    """

    def __init__(self, every: Iterable[Span]) -> None:
        self._every = list(every)
        self._begun: dict[int, list[Span]] = defaultdict(list)
        self._going: dict[int, list[Span]] = defaultdict(list)
        placed = {one.key: one.start for one in self._every}
        self._placed = sorted(placed.values())
        self._windows: dict[tuple[date, int], Window] = {}
        until = max((_last(one) for one in self._every), default=date.min)
        for one in self._every:
            first = _cell(one.start)
            self._begun[first].append(one)
            for cell in range(first + 1, _cell(one.end or one.left or until) + 1):
                self._going[cell].append(one)
        self._until = _cell(until)

    def on(self, day: date) -> Seen:
        """A look at the end of a day, by what had happened by then."""
        length = self._length(day - timedelta(days=GUARD))
        end = day - timedelta(days=GUARD + length)
        ends = [end - timedelta(days=back) for back in range(0, PAST - length + 1, length)]
        now = self._window(day, length)
        past = [self._window(one, length) for one in ends]
        return Seen(self, now, past, self._orders(end - timedelta(days=PAST), end))

    def year_ago(self, window: Window) -> list[Window]:
        """The windows as long that lay about where this one does, a year before."""
        length = (window.last - window.first).days + 1
        return [self._window(window.last - timedelta(days=back), length) for back in YEAR_AGO]

    def spans(self, window: Window) -> list[Span]:
        """What may have been under way in a window, as it was known at its end."""
        return before(self._under_way(window.first, window.last), window.last + DAY)

    def _length(self, end: date) -> int:
        """The shortest window in which, by the time before, enough is placed."""
        since = end - timedelta(days=PAST)
        if self._placed:
            since = max(since, self._placed[0])
        days = max(1, (end - since).days)
        rate = self._orders(since, end) / days
        return next((one for one in LENGTHS if one * rate >= FEWEST_PLACED), LENGTHS[-1])

    def _orders(self, first: date, last: date) -> int:
        return bisect_right(self._placed, last) - bisect_left(self._placed, first)

    def _window(self, last: date, length: int) -> Window:
        key = last, length
        if key not in self._windows:
            first = last - timedelta(days=length - 1)
            known = before(self._under_way(first, last), last + DAY)
            seen = under_way(known, last, first)
            self._windows[key] = Window(first, last, seen, Tally(seen))
        return self._windows[key]

    def _under_way(self, first: date, last: date) -> list[Span]:
        """The spans that may have been under way in the days [first, last]."""
        cell = min(_cell(first), self._until)
        found = list(self._going.get(cell, ()))
        for at in range(cell, _cell(last) + 1):
            found.extend(self._begun.get(at, ()))
        return found


def _enough(test: LogRank | None) -> LogRank | None:
    if test is None or min(test.expected, test.others_expected) < FEWEST_EXPECTED:
        return None
    return test


def _last(one: Span) -> date:
    return one.end or one.left or one.start


def _cell(day: date) -> int:
    return day.toordinal() // LENGTHS[0]
