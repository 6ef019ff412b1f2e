from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.calendars import Calendar, calendar_of

DAYS = st.dates(date(2015, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("country", "start", "end", "expected"),
    [
        ("DE", "2026-03-20", "2026-03-20", 0),
        ("DE", "2026-03-20", "2026-03-23", 1),  # a Friday to a Monday
        ("DE", "2026-04-02", "2026-04-07", 1),  # over Easter: Friday and Monday are off
        (None, "2026-04-02", "2026-04-07", 3),
        ("XX", "2026-04-02", "2026-04-07", 3),
        ("DE", "2026-03-20", "2026-03-10", 0),
    ],
)
def test_working_days_are_counted_after_the_first(country, start, end, expected):
    found = calendar_of(country).days(date.fromisoformat(start), date.fromisoformat(end))
    assert found == expected


def test_a_country_that_is_not_known_says_so():
    assert not Calendar("XX").is_known
    assert Calendar("SE").is_known


@given(st.sampled_from(["DE", "SE", "JP", "SA", None]), DAYS, st.integers(0, 800))
def test_the_count_is_that_of_going_day_by_day(country, start, length):
    calendar = calendar_of(country)
    days = [start + timedelta(days=more) for more in range(1, length + 1)]
    expected = sum(1 for day in days if calendar.is_working(day))
    assert calendar.days(start, start + timedelta(days=length)) == expected
