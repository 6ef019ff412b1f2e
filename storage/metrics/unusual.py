"""Which suppliers take longer than they ever vary: a test that is made to be repeated for years.

One test says it once in so many times by chance; a rule that asks every day asks 7,305 times in
twenty years, of data that are nearly those of the day before. So three things are done here that
a single test need not do.

*The supplier's own unrest counts.* The log-rank test (`_log_rank`, Mantel 1966) takes deliveries
for independent. They are not: purchases of a week share a storm, lines of a purchase share a
truck, and every summer differs from every spring. The time before is cut into windows as long as
the one that is tested, and each of them is tested against the others: the mean of their χ² is the
dispersion φ, at least 1. The score is z / √φ, judged by Student's t with as many degrees of
freedom as there are windows. Farrington et al., "A statistical algorithm for the early detection
of outbreaks of infectious disease", J. R. Statist. Soc. A 159 (1996) 547-563, do the same with
counts of cases, and, as here, leave the newest past out, so that a change which is under way
doesn't become the norm that it is measured by.

*What comes every year is not unusual*: it must be slower than the same weeks a year before too.

*The level is that of the schedule.* The expected number of looks that fire falsely is the level
times the number of looks, however much they depend on each other, and an episode has at least
one look; so a level of one in as many looks as there are in twenty years keeps the promise. Looks
that are nearer to each other than a week share most of their window, so that more of them make
hardly more episodes: there the level stays that of a week. The simulation in the tests counts.

Days count when they are over, so that a morning does not look like a day without deliveries.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from math import sqrt
from statistics import fmean
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.curves import Observed, kaplan_meier
from storage.known import Named
from storage.known.purchases import purchase_lines
from storage.metrics import Metric
from storage.metrics._durations import (
    DAY,
    LONGEST,
    Span,
    before,
    counted,
    least_change,
    under_way,
)
from storage.metrics._log_rank import LogRank, Tally, against_others, believed, compared
from storage.metrics._student import beyond
from storage.metrics.lead_time import spans, split

METRIC = Metric(
    id="unusual",
    version=1,
    title="Unusually slow suppliers",
    formula=(
        "A log-rank test of the purchases under way in the last 28 days (84 where fewer than 12"
        " are placed in 28) against those of the two years that ended 12 weeks before, open"
        " ones counted, divided by how much the supplier's own windows of that time differ among"
        " each other. It fires where chance would do so at most once in twenty years of looking,"
        " the median is longer by at least a day and 15 %, and the same weeks of the year before"
        " were quicker too. Over all suppliers at most 5 % of those named are expected to be false"
        " (Benjamini-Hochberg)."
    ),
    unit="",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier",),
    caveats=(
        "Lines of one order that arrive on one day are one observation.",
        "Fewer than 40 orders, or 6 windows, in the time before are not enough history.",
        "Today counts when it is over.",
        "A supplier that always was irregular must slow down more to be named.",
    ),
    synonyms=("unusual", "unusually slow", "anomaly", "anomalies"),
)

# whole weeks: a window with one weekend more would look slow
LENGTHS = (28, 84)
FEWEST_PLACED = 12
GUARD = 84
PAST = 728
FEWEST_WINDOWS = 6
FEWEST_ORDERS = 40
FEWEST_EXPECTED = 5
# the same weekdays a year before, and a week to both sides: feasts and closures move
YEAR_AGO = (357, 364, 371)
CLEARLY = 1.0
TWENTY_YEARS = timedelta(days=7_305)
LEVEL = 0.001
FALSE = 0.05
NOT_ENOUGH = "not enough history"
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Unusual:
    """A supplier as it is now. `key` is "source:reference"; `p` the chance of a score as high if
    nothing had changed, null where nothing can be told; `why` says so then, else "".

    `median` and `before` are days, null where the curve does not reach; `n` purchases x receipts
    were under way in the window, `open` of them still are.
    """

    key: str
    name: str
    p: float | None
    fires: bool
    median: float | None
    before: float | None
    n: int
    open: int
    why: str = ""


def unusual(session: Session, now: datetime, zone: ZoneInfo, every: timedelta) -> list[Unusual]:
    """All suppliers of the last years, those that fire first, as known at `now`.

    `every` is how often the rule looks. Windows end with the last day in `zone` that is over.
    """
    today = now.astimezone(zone).date()
    return judged(histories(session, now, zone), today - DAY, every)


def histories(session: Session, now: datetime, zone: ZoneInfo) -> dict[Named, "History"]:
    """The purchases of each supplier as known at `now`, to be looked at on any day before it that
    is not far from it: what was ordered more than `LONGEST` days before `now` is left out."""
    first = now.astimezone(zone).date() - timedelta(days=LONGEST)
    start = datetime.combine(first, time.min, zone)
    lines = split(purchase_lines(session, now, start, zone=zone), "supplier")
    return {one: History(spans(its)) for one, its in lines.items() if isinstance(one, Named)}


def judged(every_one: Mapping[Named, "History"], day: date, every: timedelta) -> list[Unusual]:
    """The suppliers as a look at the end of `day` sees them, those that fire first."""
    seen = {one: history.on(day) for one, history in every_one.items()}
    firing = fires(seen, every)
    told = [
        Unusual(
            f"{one.source}:{one.ref}", one.name, found.p, one in firing, found.median,
            found.before, found.n, found.open, "" if found.p is not None else NOT_ENOUGH,
        )
        for one, found in seen.items()
    ]  # fmt: skip
    return sorted(told, key=lambda one: (not one.fires, 2.0 if one.p is None else one.p, one.key))


def level(every: timedelta) -> float:
    """The chance per look at which a look fires."""
    return max(LEVEL, every / TWENTY_YEARS)


def fires(seen: Mapping[K, "Seen"], every: timedelta) -> set[K]:
    """Which of the suppliers that were looked at together fire."""
    tested = {key: one.p for key, one in seen.items() if one.p is not None}
    trusted = believed(list(tested.values()), FALSE)
    limit = level(every)
    return {
        key
        for (key, p), is_trusted in zip(tested.items(), trusted, strict=True)
        if is_trusted and p <= limit and seen[key].is_worth_it
    }


class Window(NamedTuple):
    """What was under way in the days [first, last]."""

    first: date
    last: date
    seen: Sequence[Observed]
    tally: Tally


@dataclass(frozen=True)
class Seen:
    """What a look at one supplier saw: the window `now`, those of the time before, and those of
    the same weeks a year ago. `orders` were placed in the time before."""

    spans: Sequence[Span]
    now: Window
    past: Sequence[Window]
    year_ago: Sequence[Window]
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
        tests = [_enough(compared(self.now.tally, one.tally)) for one in self.year_ago]
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
        found = counted(self.spans, self.now.last, self.now.first)
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
        return Seen(
            before(self._under_way(now.first, day), day + DAY),
            now,
            [self._window(one, length) for one in ends],
            [self._window(day - timedelta(days=back), length) for back in YEAR_AGO],
            self._orders(end - timedelta(days=PAST), end),
        )

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
            seen = under_way(before(self._under_way(first, last), last + DAY), last, first)
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
