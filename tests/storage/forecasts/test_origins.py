from datetime import date

import pytest

from storage.forecasts._origins import Plan, later, often, origins

FIRST, LAST = date(2024, 2, 10), date(2025, 6, 30)


@pytest.mark.parametrize(
    ("a_year", "every"), [(3000, "month"), (700, "quarter"), (320, "half-year"), (5, "half-year")]
)
def test_origins_are_as_often_as_enough_begins(a_year, every):
    last = date(2025, 6, 30).toordinal()
    assert often([last - at * 365 // a_year for at in range(a_year)]) == every
    assert often([]) == "half-year"


def test_origins_follow_one_another_and_end_with_the_data():
    found = origins(Plan("quarter"), [], FIRST, LAST)
    assert [one.at for one in found] == [
        date(2024, 4, 1), date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 1), date(2025, 4, 1),
    ]  # fmt: skip
    assert all(one.end == later(one.at, 3) for one in found)
    assert found[-1].end == date(2025, 7, 1)


def test_a_window_that_is_not_over_is_left_out():
    assert origins(Plan("quarter"), [], FIRST, date(2025, 6, 29))[-1].at == date(2025, 1, 1)


def test_a_plan_says_from_when_until_when_and_how_many():
    plan = Plan("month", date(2025, 1, 1), date(2025, 4, 1))
    assert [one.at.month for one in origins(plan, [], FIRST, LAST)] == [1, 2, 3]
    assert [one.at.month for one in origins(Plan("month", most=2), [], FIRST, LAST)] == [5, 6]
