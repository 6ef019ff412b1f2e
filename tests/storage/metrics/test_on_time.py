from decimal import Decimal

import pytest

from storage.metrics._due import Tolerance
from storage.metrics.on_time import days_late, done_on, is_on_time
from tests.storage.metrics.deliveries import TODAY, ago, due


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (due(10, (30, 10)), True),
        (due(10, (29, 10)), False),
        (due(10), False),
        (due(10, (40, 4)), False),
        (due(10, (40, 4), (30, 6)), True),
        (due(10, (40, 4), (29, 6)), False),
        (due(10, (40, 4), cancelled=20), True),
        (due(10, cancelled=20), False),
        (due(10, (40, 10), (35, -2)), True),
        (due(10, (35, 10, 29)), False),
        (due(10, (50, 12)), True),
    ],
    ids=[
        "on its day", "a day late", "nothing came", "a part came, the rest is owed",
        "two receipts in time", "the second too late", "the rest called off later",
        "all called off later", "some went back", "left in time, arrived too late", "more, early",
    ],
)  # fmt: skip
def test_a_line_is_on_time_when_it_was_complete_by_its_day(one, expected):
    assert is_on_time(one, ago(30)) is expected


def test_one_line_in_two_receipts_both_in_time_is_not_late():
    """ERPNext asks one receipt to bear the whole quantity, and calls such a line late."""
    one = due(10, (33, 5), (31, 5))
    wrong = any(part.qty == one.qty and part.on <= ago(30) for part in one.parts)
    assert (wrong, is_on_time(one, ago(30))) == (False, True)


def test_a_late_delivery_within_the_tolerance_passes():
    assert is_on_time(due(10, (28, 10)), ago(30), Tolerance(late=2))
    assert not is_on_time(due(10, (27, 10)), ago(30), Tolerance(late=2))


def test_too_early_fails_only_where_one_says_so():
    one = due(10, (40, 10))
    assert is_on_time(one, ago(30), Tolerance(early=10))
    assert not is_on_time(one, ago(30), Tolerance(early=9))


def test_what_may_be_missing_is_not_waited_for():
    one = due(100, (40, 98), (10, 2))
    assert done_on(one, ago(30), Tolerance(short=Decimal("0.02"))) == ago(40)
    assert done_on(one, ago(30)) == ago(10)


def test_days_late_run_until_all_was_there_or_called_off_or_today():
    assert days_late(due(1, (25, 1)), ago(30), TODAY) == 5
    assert days_late(due(1, (35, 1)), ago(30), TODAY) == 0
    assert days_late(due(1), ago(30), TODAY) == 30
    assert days_late(due(1, cancelled=20), ago(30), TODAY) == 10
    # it was all there on its day; what went back later makes it no later
    assert days_late(due(2, (35, 2), (10, -1)), ago(30), TODAY) == 0
