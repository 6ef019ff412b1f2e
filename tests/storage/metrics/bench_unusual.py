"""Twenty simulated years of each kind of supplier: minutes, which `make bench` spends."""

from statistics import fmean

import pytest

from tests.storage.metrics.alarms import STEADY, alarms, delays, interval


@pytest.mark.parametrize("name", STEADY)
def test_in_twenty_years_of_weeks_a_steady_supplier_fires_falsely_once_at_most(name):
    assert at_most_once(alarms(name, 2, 7), 2)


@pytest.mark.parametrize("name", ["one a day", "one a week of 7 lines", "restless", "closing"])
def test_in_twenty_years_of_days_a_steady_supplier_fires_falsely_once_at_most(name):
    assert at_most_once(alarms(name, 1, 1), 1)


def at_most_once(count, lives):
    """Whether so few lives agree with a mean of one; the full size is what `alarms` draws."""
    return interval(count, lives)[1] <= 1


FOUND_BY_90 = {"one a day": 0.8, "five a day": 1.0, "one a day of 7 lines": 0.9}


@pytest.mark.parametrize("name", FOUND_BY_90)
def test_a_slowdown_is_found_in_a_useful_time(name):
    assert fmean(one <= 90 for one in delays(name, 20)) >= FOUND_BY_90[name]
