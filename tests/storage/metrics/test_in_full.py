from decimal import Decimal

import pytest

from storage.metrics._due import Tolerance
from storage.metrics.in_full import is_in_full
from tests.storage.metrics.deliveries import ago, due


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (due(10, (30, 10)), True),
        (due(10, (30, 9)), False),
        (due(10, (40, 4), (30, 6)), True),
        (due(10, (40, 4), (29, 6)), False),
        (due(10, (40, 10), (31, -1)), False),
        (due(10, (40, 10), (31, -1), (30, 1)), True),
        (due(10, (40, 10), (29, -10)), True),
        (due(10, (40, 20)), True),
        (due(10, (40, 4), cancelled=20), False),
        (due(10), False),
    ],
    ids=[
        "all of it", "one is missing", "two parts", "a part too late", "one went back in time",
        "and was replaced", "all went back later", "twice as much", "the rest called off",
        "nothing",
    ],
)  # fmt: skip
def test_a_line_is_in_full_when_all_of_it_was_there_on_its_day(one, expected):
    assert is_in_full(one, ago(30)) is expected


def test_a_share_may_be_missing_where_one_says_so():
    one = due(100, (40, 95))
    assert is_in_full(one, ago(30), Tolerance(short=Decimal("0.05")))
    assert not is_in_full(one, ago(30), Tolerance(short=Decimal("0.04")))


def test_too_much_fails_only_where_one_says_so():
    one = due(100, (40, 106))
    assert is_in_full(one, ago(30))
    assert not is_in_full(one, ago(30), Tolerance(over=Decimal("0.05")))
