from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sources._naive import highest, lowest, meant, reading

ZONES = ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
# Days on and round which clocks change, in one of the zones or another.
AT = st.builds(
    lambda day, seconds: day + timedelta(seconds=seconds),
    st.sampled_from([datetime(2026, *day, tzinfo=UTC) for day in
                     ((3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1), (6, 15))]),
    st.integers(-86_400, 2 * 86_400),
)  # fmt: skip


@given(st.sampled_from(ZONES), AT, AT)
def test_no_local_time_of_a_window_is_outside_of_its_bounds(zone, one, other):
    zone = ZoneInfo(zone)
    at, later = sorted((one, other))
    assert lowest(at, zone) <= reading(later, zone)
    assert at == later or reading(at, zone) < highest(later, zone)


@given(st.sampled_from(ZONES), AT)
def test_a_local_time_means_its_instant_unless_it_is_shown_twice(zone, at):
    zone = ZoneInfo(zone)
    shown = reading(at, zone)
    twice = reading(at + timedelta(hours=1), zone) == shown or (
        reading(at - timedelta(hours=1), zone) == shown
    )
    half = any(reading(at + timedelta(minutes=m), zone) == shown for m in (30, -30))
    assert meant(shown, zone) == (None if twice or half else at)


def test_the_bounds_are_wider_only_where_clocks_go_back():
    berlin = ZoneInfo("Europe/Berlin")
    june = datetime(2026, 6, 1, tzinfo=UTC)
    assert lowest(june, berlin) == highest(june, berlin) == datetime(2026, 6, 1, 2)  # noqa: DTZ001 - naive
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30, for the first time
    assert lowest(before, berlin) == datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001 - naive
    assert highest(before + timedelta(hours=1), berlin) == datetime(2026, 10, 25, 3, 30)  # noqa: DTZ001 - naive


@pytest.mark.parametrize("hour", [1, 2])
def test_a_time_that_clocks_leave_out_does_no_harm(hour):
    assert meant(datetime(2026, 3, 29, hour, 30), ZoneInfo("Europe/Berlin"))  # noqa: DTZ001 - naive
