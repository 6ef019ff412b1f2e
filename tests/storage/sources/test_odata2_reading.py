from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from storage.sources._entity import Entity, needed, of
from storage.sources._odata2_reading import Join, Reading, Stamp
from storage.sources._window import Window

BERLIN = ZoneInfo("Europe/Berlin")
INSTANT, DAY = "Edm.DateTimeOffset", "Edm.DateTime"
LINE = Entity(
    "Item", "purchase_lines", "purchaseline", ("Order", "Item"),
    {"qty": needed("Qty", "Amount"), "order_ref": needed("Order"), "status": of("header.Status")},
    updated="header.Changed", also=("plan.Day",),
)  # fmt: skip
READING = Reading(
    "SRV", "Orders", ("Order",), (LINE,), (Stamp("Changed"),),
    joins=(
        Join("items", "SRV", "Items", ("Order", "Item"), {"Order": "Order"}),
        Join("plan", "SRV", "Plans", ("Order", "Item", "Line"), {"Order": "Order", "Item": "Item"},
             to="items"),
    ),
    each="items",
)  # fmt: skip


def window(start, end=datetime(2026, 3, 2, 9, tzinfo=UTC)):
    return Window(start, end)


def within(stamp, start, kind=INSTANT, end=datetime(2026, 3, 2, 9, tzinfo=UTC), by_clock=False):
    return stamp.within(window(start, end), {stamp.field: kind}, BERLIN, by_clock=by_clock)


def test_a_window_of_instants_is_half_open():
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert within(Stamp("T"), start) == (
        "T ge datetimeoffset'2026-03-01T08:00:00Z' and T lt datetimeoffset'2026-03-02T09:00:00Z'"
    )
    assert within(Stamp("T"), None) == "T lt datetimeoffset'2026-03-02T09:00:00Z'"


def test_a_window_of_digits_is_in_the_zone_of_the_server():
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert within(Stamp("T", "digits"), start, "Edm.String") == (
        "T ge '20260301090000' and T lt '20260302100000'"
    )


def test_a_window_of_days_takes_them_whole_from_the_local_day_of_its_start():
    start = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)  # past midnight in Berlin
    assert within(Stamp("D", "day"), start, DAY) == (
        "D ge datetime'2026-03-01T00:00:00' and D le datetime'2026-03-03T00:00:00'"
    )


def test_a_window_by_the_clock_begins_within_its_first_day():
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert within(Stamp("D", "day", "C"), start, DAY, by_clock=True) == (
        "(D gt datetime'2026-03-01T00:00:00' or (D eq datetime'2026-03-01T00:00:00'"
        " and C ge time'PT09H00M00S')) and D le datetime'2026-03-03T00:00:00'"
    )


def test_where_clocks_go_back_within_a_window_it_begins_an_hour_earlier():
    start, end = datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    said = within(Stamp("D", "day", "C"), start, DAY, end, by_clock=True)
    # 2:50 in summer time; the clock then shows 2:00 once more
    assert "C ge time'PT01H50M00S'" in said


@pytest.mark.parametrize(
    ("value", "read"),
    [("20260701093000", datetime(2026, 7, 1, 7, 30, tzinfo=UTC)), ("soon", "soon"), (None, None)],
)
def test_digits_are_an_instant(value, read):
    assert Stamp("T", "digits").read(value, BERLIN) == read
    assert Stamp("T").read(value, BERLIN) == value


def test_each_field_is_asked_of_its_own_set():
    assert READING.asked() == {
        "": ["Order", "Changed", "Status"],
        "items": ["Order", "Item", "Qty", "Amount"],
        "plan": ["Order", "Item", "Line", "Day"],
    }


def test_what_is_missing_is_named_with_its_set_and_the_nearest_names():
    assert READING.missing("", {"Order": "", "Changed": ""}) == []
    assert READING.missing("", {"Order": "", "Change": ""}) == [
        "Orders: no field 'Changed'; near: Change, Order"
    ]
    assert READING.missing("items", {"Order": "", "Item": "", "Amount": ""}) == []
    assert READING.missing("items", {"Order": "", "Item": ""}) == [
        "Items: no field 'Qty'; near: Item, Order"
    ]


def test_a_field_of_ones_own_is_looked_for_in_the_set_that_it_is_of():
    own = ["ZZ1", "header.ZZ2"]
    assert READING.unknown(own, "items", {"ZZ1": "", "Order": ""}) == []
    assert READING.unknown(own, "", {"Order": ""}) == ["Orders: no field 'ZZ2'; near: Order"]
