from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models._types import decimal_to_int, instant_to_int, int_to_instant


@given(st.datetimes(timezones=st.just(UTC)), st.timezones())
def test_an_instant_comes_back_as_it_went_in(at, zone):
    try:
        local = at.astimezone(zone)
    except OverflowError:
        return
    assert int_to_instant(instant_to_int(local)) == at


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-(10**9), 10**9))
def test_stored_instants_are_in_the_order_of_time(at, microseconds):
    try:
        other = at + timedelta(microseconds=microseconds)
    except OverflowError:
        return
    assert (instant_to_int(at) < instant_to_int(other)) == (at < other)


def test_the_zone_of_an_instant_does_not_matter():
    east = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert instant_to_int(east) == instant_to_int(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_naive_time_is_no_instant():
    with pytest.raises(ValueError, match="zone"):
        instant_to_int(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the fault


@pytest.mark.parametrize(
    ("value", "scale", "stored"),
    [("1.5", 10, 15), ("0.25", 10, 2), ("0.35", 10, 4), ("-7", 10_000, -70_000)],
)
def test_decimals_are_stored_exactly_with_halves_to_even(value, scale, stored):
    assert decimal_to_int(Decimal(value), scale) == stored


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_not_stored(value):
    with pytest.raises(ValueError, match="not a number"):
        decimal_to_int(Decimal(value), 10)
