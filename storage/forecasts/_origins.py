"""From which days in the past a model is tried: origins a month, a quarter or half a year apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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
