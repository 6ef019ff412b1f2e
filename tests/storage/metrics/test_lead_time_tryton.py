from datetime import date, timedelta

import pytest

from storage.known import Named
from storage.known.arrivals import Arrival
from storage.metrics.lead_time_tryton import average, average_by, since

TODAY = date(2026, 3, 1)
STEEL = Named("supplier", "tryton:erp", "1", "Borealis")
GEARS = Named("supplier", "tryton:erp", "2", "Cirrus")


def arrival(ordered, received=None, planned=None, supplier=STEEL):
    return Arrival(supplier, None, date.fromisoformat(ordered), _day(received), _day(planned))


def _day(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("one", "days"),
    [
        (arrival("2026-01-01", received="2026-01-11"), 10),
        (arrival("2026-02-01"), 28),
        (arrival("2026-02-01", planned="2026-03-11"), 38),
        (arrival("2026-02-01", planned="2026-02-11"), 28),
        (arrival("2026-02-01", received="2026-02-03", planned="2026-03-11"), 2),
    ],
    ids=["received", "open", "planned ahead", "planned and past", "received before its plan"],
)
def test_what_has_not_come_counts_up_to_its_plan_or_today(one, days):
    assert average([one], TODAY) == timedelta(days=days)


def test_the_mean_is_cut_to_whole_minutes():
    found = [arrival("2026-01-01", received=f"2026-01-{day:02}") for day in (2, 2, 3, 3, 3, 3, 3)]
    assert average(found, TODAY) == timedelta(days=1, hours=17, minutes=8)  # 34.28 s are cut off


def test_without_arrivals_there_is_no_mean():
    assert average([], TODAY) is None


def test_a_year_back_is_the_same_day_and_the_28th_of_february_for_the_29th():
    assert since(TODAY) == date(2025, 3, 1)
    assert since(date(2028, 2, 29)) == date(2027, 2, 28)


def test_each_supplier_has_a_mean_of_its_own():
    found = average_by(
        [
            arrival("2026-01-01", received="2026-01-11"),
            arrival("2026-01-01", received="2026-01-13"),
            arrival("2026-01-01", received="2026-01-02", supplier=GEARS),
        ],
        TODAY,
        "supplier",
    )
    assert found == {STEEL: timedelta(days=11), GEARS: timedelta(days=1)}
