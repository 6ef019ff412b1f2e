"""How long things take: those begun in a window, or all that were under way in it.

A *cohort* is what began in a window; its newest members are still young, so a slowdown shows
late. A *period* is all that was under way in a window, each entering at its age at the start
(left truncation: Kaplan & Meier 1958; Tsai, Jewell & Wang 1987): it shows how long things take
now. Both count what is still open as not ended yet at its age.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Literal, NamedTuple

from storage.calendars import calendar_of
from storage.curves import Curve, Observed, kaplan_meier

FEWEST_AT_RISK = 5
TIMES_P90 = 3
PERIODS = (30, 60, 90)
LONGEST = 1_100
CHANGED = 0.15
DAY = timedelta(days=1)


class Span(NamedTuple):
    """Something that takes days: it ends, is called off (`left`), or is still open.

    Spans of one `key` that end alike on one day are one observation. An end before the start is
    absurd and is not counted. `country`: whose working days count for it.
    """

    key: Hashable
    start: date
    end: date | None = None
    left: date | None = None
    country: str | None = None


@dataclass(frozen=True)
class Duration:
    """Figures of some spans, in days; null where the curve does not reach.

    `n` counts all observations, `open` and `cancelled` those among them; `absurd` spans are not
    in n. `since`: the first day of the window. `is_thin`: a period was asked for, and too few
    were at risk in it, so this is the cohort.
    """

    n: int
    open: int
    cancelled: int
    absurd: int
    median: float | None
    p90: float | None
    curve: Curve
    method: Literal["cohort", "period"] = "cohort"
    since: date | None = None
    is_thin: bool = False


Length = Callable[[Span, date], int]


def calendar_days(one: Span, until: date) -> int:
    return (until - one.start).days


def working_days(one: Span, until: date) -> int:
    """By the calendar of the span's country; weekends alone where that is not known.

    That of `_durations_by` is tested against it.
    """
    return calendar_of(one.country).days(one.start, until)


def cohort(
    spans: Iterable[Span], today: date, since: date | None = None, length: Length = calendar_days
) -> Duration:
    """All the given spans, each from its own start, as known on `today`."""
    return _measured(spans, today, None, since, length)


def period(
    spans: Iterable[Span], since: date, today: date, length: Length = calendar_days
) -> Duration:
    """What was under way in the days [since, today]; falls back to the cohort that began in them
    where fewer than `FEWEST_AT_RISK` were at risk at some step before the median."""
    every = list(spans)
    found = _measured(every, today, since, since, length)
    if found.curve.fewest(0.5) >= FEWEST_AT_RISK:
        return found
    begun = [one for one in every if one.start >= since]
    return replace(cohort(begun, today, since, length), is_thin=True)


def now(spans: Iterable[Span], today: date, length: Length = calendar_days) -> Duration:
    """How long things take these days: the shortest period of 30, 60 or 90 days that is not thin.

    Where all are, the cohort of a window that grows until it holds three times its own P90. The
    period itself stays short: 60 days after a slowdown from 30 to 45 days one of 30 days reads
    45, one of thrice the P90 still reads 32.
    """
    every = list(spans)
    for days in PERIODS:
        since = today - timedelta(days=days)
        found = _measured(every, today, since, since, length)
        if found.curve.fewest(0.5) >= FEWEST_AT_RISK:
            return found
    days = PERIODS[-1]
    while True:
        since = today - timedelta(days=days)
        found = cohort((one for one in every if one.start >= since), today, since, length)
        wanted = 2 * days if found.p90 is None else ceil(TIMES_P90 * found.p90)
        if wanted <= days or days >= LONGEST:
            return replace(found, is_thin=True)
        days = min(wanted, LONGEST)


def least_change(median: float) -> float:
    """The least change of a median that is worth a word: a whole day, and a share of it."""
    return max(1.0, CHANGED * median)


def trend(spans: Iterable[Span], days: Sequence[date], window: int = PERIODS[0]) -> list[Duration]:
    """For each day the period of `window` days up to it, by what had happened before that day.

    One that is thin is as it is: whoever draws it leaves it out.
    """
    every = list(spans)
    return [
        period(
            before(every, day),
            day - timedelta(days=window), day - DAY,
        )
        for day in days
    ]  # fmt: skip


def _until(one: Span, day: date) -> Span:
    """The span as it was before a day."""
    end, left = one.end, one.left
    if (end is None or end < day) and (left is None or left < day):
        return one
    end = end if end and end < day else None
    left = left if left and left < day else None
    return Span(one.key, one.start, end, left, one.country)


def under_way(
    spans: Iterable[Span], today: date, entering: date | None = None, length: Length = calendar_days
) -> list[Observed]:
    """Durations as observed by `today`; `entering`: only what was under way from that day on,
    each entering at its age then. What a period and a test between two of them rest on."""
    return _observed(spans, today, entering, length)[0]


def before(spans: Iterable[Span], day: date) -> list[Span]:
    """The spans as they were before a day; those begun on it or later are not among them."""
    return [_until(one, day) for one in spans if one.start < day]


class Counted(NamedTuple):
    """A span as it counts on a day: one observation with all others of its `key`.

    `state`: ended, cancelled, open, or absurd, which is not counted. `place`: which of the given
    spans it is. `days` reach from the start to `until`; `age` is that at which it entered.
    """

    key: tuple[Hashable, str, date]
    place: int
    state: str
    until: date
    days: int
    age: float


def counted(
    spans: Iterable[Span],
    today: date,
    entering: date | None = None,
    length: Length = calendar_days,
) -> Iterator[Counted]:
    """What of the spans counts: all of them, or those under way from the day `entering` on."""
    for place, one in enumerate(spans):
        key, start, end, left, _ = one
        day = end or left or today
        if entering and start <= day < entering:
            continue
        state = "ended" if end else "cancelled" if left else "open"
        if day < start:
            if end:
                if not entering or start >= entering:
                    yield Counted((key, "absurd", day), place, "absurd", day, 0, 0.0)
                continue
            day = start
        if entering and (day < entering or start > today):
            continue
        # half a day early: what ends on the first day of the window is at risk on it
        age = length(one, entering) - 0.5 if entering and start < entering else 0.0
        yield Counted((key, state, day), place, state, day, length(one, day), age)


def _measured(
    spans: Iterable[Span],
    today: date,
    entering: date | None,
    since: date | None,
    length: Length,
) -> Duration:
    seen, counts = _observed(spans, today, entering, length)
    curve = kaplan_meier(seen)
    return Duration(
        curve.n, counts["open"], counts["cancelled"], counts["absurd"],
        curve.quantile(0.5), curve.quantile(0.9), curve,
        "period" if entering else "cohort", since,
    )  # fmt: skip


def _observed(
    spans: Iterable[Span], today: date, entering: date | None, length: Length
) -> tuple[list[Observed], Counter[str]]:
    seen: dict[tuple[Hashable, str, date], Observed] = {}
    counts: Counter[str] = Counter()
    for one in counted(spans, today, entering, length):
        if one.state == "absurd":
            counts["absurd"] += 1
        elif one.key not in seen:
            counts[one.state] += 1
            seen[one.key] = Observed(one.days, one.state == "ended", one.age)
    return list(seen.values()), counts
