"""Cold chains against an account of every minute."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.known.temperatures import Degree
from storage.metrics.cold_chain import LONGEST_GAP, METRIC, Range, cold_chain

START = datetime(2026, 3, 1, tzinfo=UTC)
FRIDGE = Range(Decimal(2), Decimal(8))
MINUTE = timedelta(minutes=1)


def degrees(*readings, device="a"):
    """Readings as (minute, value)."""
    return [Degree(START + at * MINUTE, device, Decimal(value), None) for at, value in readings]


def of(*readings, within=FRIDGE):
    [found] = cold_chain({"N1": sorted(readings, key=lambda one: one.at)}, within)
    return found


def test_what_was_read_outside_lasts_until_the_next_reading():
    found = of(*degrees((0, 5), (10, 9), (25, 12), (40, 6), (50, 5)))
    assert (found.minutes, found.readings, found.worst) == (30, 5, 12)
    [one] = found.excursions
    assert (one.start, one.end) == (START + 10 * MINUTE, START + 40 * MINUTE)
    assert not found.is_outside


def test_both_bounds_are_inside():
    assert of(*degrees((0, 2), (10, 8), (20, 5))).excursions == ()


def test_what_the_last_reading_saw_has_no_length_and_is_told():
    found = of(*degrees((0, 5), (10, 1)))
    assert (found.minutes, len(found.excursions), found.is_outside) == (0, 1, True)


def test_an_hour_without_a_reading_is_a_gap_and_not_counted():
    found = of(*degrees((0, 9), (60, 9), (70, 5), (129, 5)))
    assert [(gap.device, gap.minutes) for gap in found.gaps] == [("a", 60)]
    assert [one.minutes for one in found.excursions] == [0, 10]


def test_times_of_two_devices_that_overlap_count_once():
    found = of(*degrees((0, 9), (30, 5)), *degrees((20, 1), (50, 5), device="b"))
    assert (found.minutes, len(found.excursions), found.worst) == (50, 1, 9)


def test_a_range_may_be_open_at_one_end():
    readings = degrees((0, -30), (10, -10), (20, -20))
    assert of(*readings, within=Range(None, Decimal(-15))).minutes == 10
    assert of(*readings, within=Range(Decimal(-25), None)).minutes == 10


def test_the_longest_outside_stands_first_and_all_are_there():
    found = cold_chain(
        {"N1": degrees((0, 5)), "N2": degrees((0, 9), (5, 5)), "N3": degrees((0, 9), (9, 5))},
        FRIDGE,
    )
    assert [one.shipment for one in found] == ["N3", "N2", "N1"]


readings = st.lists(
    st.tuples(st.integers(0, 300), st.integers(-2, 12), st.sampled_from("ab")),
    min_size=1, max_size=25, unique_by=lambda one: (one[0], one[2]),
)  # fmt: skip


@settings(deadline=None)
@given(readings)
def test_minutes_are_those_in_which_a_device_stood_outside(found):
    every = [
        Degree(START + at * MINUTE, device, Decimal(value), None) for at, value, device in found
    ]
    outside = set()
    for device in "ab":
        times = sorted((at, value) for at, value, one in found if one == device)
        for (at, value), (after, _) in pairwise(times):
            if not 2 <= value <= 8 and (after - at) * MINUTE < LONGEST_GAP:
                outside |= set(range(at, after))
    journey = of(*every)
    assert journey.minutes == len(outside)
    assert all(one.end < two.start for one, two in pairwise(journey.excursions))


def test_the_definition_names_the_gap():
    assert f"{LONGEST_GAP // MINUTE} minutes and more" in METRIC.caveats[0]
