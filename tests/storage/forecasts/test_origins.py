from datetime import date

import pytest

from storage.forecasts._origins import Plan, before, later, often, origins, spaced

FIRST, LAST = date(2024, 2, 10), date(2025, 6, 30)
TODAY = date(2026, 3, 1)


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


def test_windows_do_not_overlap_and_are_over():
    found = spaced(Plan(most=3), 90, date(2024, 1, 1), TODAY)
    assert [one.at for one in found] == [date(2025, 6, 1), date(2025, 9, 1), date(2025, 12, 1)]
    for one, two in zip(found, [*found[1:], None], strict=True):
        assert one.end <= (two.at if two else TODAY)


def test_a_plan_may_say_how_often_and_between_which_days():
    plan = Plan("month", date(2025, 3, 15), date(2025, 6, 1))
    assert [one.at for one in spaced(plan, 90, date(2024, 1, 1), TODAY)] == [
        date(2025, 4, 1), date(2025, 5, 1),
    ]  # fmt: skip
    assert before(date(2025, 5, 1), 90) == date(2025, 1, 1)
