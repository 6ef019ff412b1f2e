"""Percentages, signals and money in words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from commands._churn_words import interval, local_days, percent, stands_out, yearly
from storage.known.customers import Customer
from storage.metrics._signals import Signal
from storage.metrics.churn import Rate, Standing

BERLIN = ZoneInfo("Europe/Berlin")


def standing(*signals, revenue=None):
    return Standing(Customer("A", frozenset({("erp", "1")})), None, None, signals, None, revenue)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "n/a"),
        (0.0, "0 %"),
        (0.006, "0.6 %"),
        (0.25, "25 %"),
        (1.0, "100 %"),
        (0.0004, "under 0.1 %"),
        (0.994, "99 %"),
        (0.997, "99.7 %"),
        (0.9996, "over 99.9 %"),
    ],
)
def test_a_share_is_a_percentage(share, said):
    assert percent(share) == said


def test_no_rate_has_no_interval():
    assert interval(Rate(0, 0, 0, None, None, None)) == ""
    assert interval(Rate(4, 1, 0, 0.25, 0.046, 0.7)) == "(4.6 % to 70 %)"


def test_what_we_owe_comes_first_and_what_is_suspended_says_so():
    gap = Signal("order gap", "quiet 9 d", is_suspended=True)
    owed = Signal("owed", "we owe them: 1 line late", is_suspended=True)
    assert stands_out(standing(gap, owed)) == "we owe them: 1 line late; quiet 9 d (not counted)"
    assert stands_out(standing()) is None


def test_one_currency_is_numbers_and_more_are_words():
    euros, none = standing(revenue={"EUR": Decimal(10)}), standing(revenue={})
    assert yearly([euros, none, standing()]) == ([10, 0, None], "EUR")
    both = standing(revenue={"USD": Decimal(2000), "EUR": Decimal(1)})
    assert yearly([euros, both, none]) == (["10 EUR", "1 EUR + 2,000 USD", "0"], "")


def test_the_day_of_now_is_within_a_window_and_midnight_ends_one():
    start = datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert local_days(start, datetime(2026, 3, 20, 12, tzinfo=UTC), BERLIN) == (
        date(2026, 3, 2), date(2026, 3, 21),
    )  # fmt: skip
    assert local_days(start, datetime(2026, 3, 19, 23, tzinfo=UTC), BERLIN)[1] == date(2026, 3, 20)
