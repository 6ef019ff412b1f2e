"""From which days in the past a model is tried: months, quarters, half-years or horizons apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Every = Literal["month", "quarter", "half-year"]
MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half-year": 6}
ENOUGH = 150
MOST = 12


@dataclass(frozen=True)
class Plan:
    """What origins are wanted: `every` so often (null: as the data allow), in [since, until).

    `most` of them at most, the last ones. Where a model tells of a horizon it is `horizon` days
    long (null: the model's own). With `folds` no days are looked from: each of so many parts is
    told from the others.
    """

    every: Every | None = None
    since: date | None = None
    until: date | None = None
    most: int = MOST
    horizon: int | None = None
    folds: int | None = None


@dataclass(frozen=True)
class Origin:
    """A day in the past: what was known before it tells what begins in [at, end)."""

    at: date
    end: date


def origins(plan: Plan, begun: Sequence[int], first: date, last: date) -> list[Origin]:
    """The origins of a plan in [first, last]; each window is over by the day after `last`.

    `begun` are the days (ordinals) on which observations began: unless the plan says how often,
    it is the most often that gives `ENOUGH` of them in a window of the last year.
    """
    months = MONTHS[plan.every or often(begun)]
    since, until = max(first, plan.since or first), plan.until or date.max
    at = date(since.year, 1, 1)
    found = []
    while at < until and (end := later(at, months)).toordinal() <= last.toordinal() + 1:
        if at >= since:
            found.append(Origin(at, end))
        at = end
    return found[-plan.most :]


def often(begun: Sequence[int]) -> Every:
    """How often origins can be: as often as `ENOUGH` observations begin."""
    if not len(begun):
        return "half-year"
    last = max(begun)
    year = sum(1 for day in begun if day > last - 365)
    for every, months in MONTHS.items():
        if year * months / 12 >= ENOUGH:
            return every
    return "half-year"


def later(day: date, months: int) -> date:
    """The first of a month so many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def spaced(plan: Plan, horizon: int, first: date, until: date) -> list[Origin]:
    """Days in [first, …], the firsts of months, whose horizons are over by `until`; by themselves
    so far apart that these do not overlap."""
    since, end = max(first, plan.since or first), plan.until or date.max
    at = before(until, horizon)
    found: list[Origin] = []
    while at >= since and len(found) < plan.most:
        if at < end:
            found.append(Origin(at, at + timedelta(days=horizon)))
        at = later(at, -MONTHS[plan.every]) if plan.every else before(at, horizon)
    return found[::-1]


def before(day: date, horizon: int) -> date:
    """The last first of a month from which the horizon is over by a day: so windows of many
    origins begin on the same days, and each is read once."""
    return (day - timedelta(days=horizon)).replace(day=1)


def windows(day: date, horizon: int, first: date, most: int) -> Iterator[date]:
    """The days behind the first one on which the `most` windows before a day begin, the last one
    first."""
    at = day
    for _ in range(most):
        at = before(at, horizon)
        if at <= first:
            return
        yield at
