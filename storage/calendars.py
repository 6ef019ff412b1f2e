"""Working days: weekends and public holidays by country, counted as days are counted."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import holidays
import numpy as np
from numpy.typing import NDArray

DAY = timedelta(days=1)
SATURDAY_AND_SUNDAY = frozenset({5, 6})


class Calendar:
    """The working days of a country (ISO code); one that is not known has weekends only."""

    def __init__(self, country: str | None) -> None:
        known = bool(country) and country in holidays.list_supported_countries()
        self._holidays = holidays.country_holidays(country) if country and known else None
        found = getattr(self._holidays, "weekend", None)
        self.weekend = frozenset(found) if found else SATURDAY_AND_SUNDAY
        self.is_known = known

    def is_working(self, day: date) -> bool:
        if day.weekday() in self.weekend:
            return False
        return self._holidays is None or day not in self._holidays

    def days(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; 0 on the same day, never below 0."""
        whole_weeks, rest = divmod(max(0, (end - start).days), 7)
        tail = [start + (whole_weeks * 7 + more) * DAY for more in range(1, rest + 1)]
        count = whole_weeks * (7 - len(self.weekend))
        count += sum(1 for day in tail if day.weekday() not in self.weekend)
        return count - self._off(start, end)

    def _off(self, start: date, end: date) -> int:
        """Holidays in (start, end] that do not fall on a weekend."""
        if self._holidays is None or end <= start:
            return 0
        every = (
            day
            for year in range(start.year, end.year + 1)
            for day in _holidays_of(self, year)
        )  # fmt: skip
        return sum(1 for day in every if start < day <= end)

    def in_year(self, year: int) -> tuple[date, ...]:
        """The holidays of a year that do not fall on a weekend."""
        if self._holidays is None:
            return ()
        self._holidays.get(date(year, 1, 1))  # the package fills in a year when it is asked
        found = [day for day in self._holidays if day.year == year]
        return tuple(day for day in found if day.weekday() not in self.weekend)


@cache
def calendar_of(country: str | None) -> Calendar:
    """The calendar of a country; made once."""
    return Calendar(country)


@cache
def _holidays_of(calendar: Calendar, year: int) -> tuple[date, ...]:
    return calendar.in_year(year)


@cache
def working_days_to(
    country: str | None, first: int, last: int
) -> tuple[int, NDArray[np.signedinteger[Any]]]:
    """How many working days there are from the first day of a year up to and with each day of the
    years [first, last], and the ordinal of that first day: between two days lie as many as their
    counts differ."""
    start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
    calendar = calendar_of(country)
    off = {day.toordinal() for year in range(first, last + 1) for day in calendar.in_year(year)}
    weekend = {(day + 1) % 7 for day in calendar.weekend}  # ordinal 1 is a Monday
    is_on = [day % 7 not in weekend and day not in off for day in range(start, end + 1)]
    return start, np.cumsum(is_on)
