from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._hubspot_record import Record, moment

BERLIN = ZoneInfo("Europe/Berlin")
STAMP = "2026-03-02T09:00:00.123Z"
NAMES = {"closes": "closedate", "owner": "hubspot_owner_id", "notice_days": "notice",
         "merged_ids": "hs_merged_object_ids", "starts_on": "newer older",
         "is_on": "on"}  # fmt: skip


def record(zone=BERLIN, modified="hs_lastmodifieddate", owners=None, **properties):
    raw = {"id": "501", "updatedAt": STAMP, "properties": {modified: STAMP, **properties}}
    return Record(raw, NAMES, modified, zone, owners=owners or {})


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland", "UTC"])
@pytest.mark.parametrize("value", ["2026-03-31", "2026-03-31T00:00:00Z", "1774915200000"])
def test_a_day_is_never_shifted_by_a_zone(zone, value):
    assert record(ZoneInfo(zone), closedate=value).day("closes") == date(2026, 3, 31)


def test_a_number_of_days_is_whole():
    with pytest.raises(BadRow, match=r"notice 30\.5 is not a whole number"):
        record(notice="30.5").whole("notice_days")


def test_the_stamp_is_the_property_that_is_searched_by():
    one = record(modified="lastmodifieddate", hs_lastmodifieddate="2020-01-01T00:00:00Z")
    assert one.updated == datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ids", "merged"), [("12;13", ["12", "13"]), ("501;12", ["12"]), ("", []), (None, [])]
)
def test_the_records_merged_into_one_are_named(ids, merged):
    assert record(hs_merged_object_ids=ids).merged() == merged


@pytest.mark.parametrize(
    ("properties", "value"),
    [({"newer": "a", "older": "b"}, "a"), ({"newer": " ", "older": "b"}, "b"),
     ({"newer": None}, None), ({}, None)],
)  # fmt: skip
def test_the_first_property_that_is_filled_counts(properties, value):
    assert record(**properties).text("starts_on") == value


def test_a_bad_value_is_told_with_the_property_that_it_was_read_from():
    with pytest.raises(BadRow, match=r"^older 'soon' is not a date"):
        record(newer="", older="soon").when("starts_on")


@pytest.mark.parametrize(
    ("value", "read"), [("true", True), ("No", False), ("YES", True), ("", None), (None, None)]
)
def test_a_flag_is_read_in_either_spelling(value, read):
    assert record(on=value).flag("is_on") is read


@pytest.mark.parametrize(
    ("owner", "called"), [("7", "ann@example.com"), ("8", "8"), ("", None), (None, None)]
)
def test_an_owner_is_called_by_what_is_known_of_them(owner, called):
    assert record(owners={"7": "ann@example.com"}, hubspot_owner_id=owner).owner() == called


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "9" * 20, "2026-02-03T10:00:00"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(BadRow, match="closedate"):
        moment("closedate", text)


def test_a_moment_is_told_in_milliseconds_too():
    assert moment("x", "1772442000000") == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert moment("x", "2026-03-02") == date(2026, 3, 2)
