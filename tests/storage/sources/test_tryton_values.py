from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from storage.sources import BadRow
from storage.sources._tryton_values import (
    changed,
    day,
    moment,
    number,
    origin,
    part,
    ref,
    words,
    written,
    written_day,
)

STAMP = {"__class__": "datetime", "year": 2026, "month": 11, "day": 24, "hour": 17,
         "minute": 24, "second": 25, "microsecond": 945442}  # fmt: skip


def test_an_instant_is_utc_and_keeps_its_microseconds():
    assert moment(STAMP) == datetime(2026, 11, 24, 17, 24, 25, 945442, UTC)
    assert moment(None) is None


def test_an_instant_is_written_as_it_was_read():
    assert written(moment(STAMP)) == STAMP


def test_an_instant_of_another_zone_is_written_in_utc():
    at = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert (written(at)["year"], written(at)["hour"]) == (2025, 23)


def test_a_day_stays_what_it_is():
    assert day({"__class__": "date", "year": 2026, "month": 2, "day": 28}) == date(2026, 2, 28)
    assert day(None) is None


@pytest.mark.parametrize("wrong", ["2026-02-28", {"year": 2026}, 7,
                                   {"year": 2026, "month": 2, "day": 30}])  # fmt: skip
def test_what_is_no_day_and_no_time_is_refused(wrong):
    with pytest.raises(BadRow):
        day(wrong)
    with pytest.raises(BadRow):
        moment(wrong)


def test_numbers_are_floats_as_written_or_exact_decimals():
    assert number(0.1) == Decimal("0.1")
    assert number({"__class__": "Decimal", "decimal": "42.0000"}) == Decimal(42)
    assert number(None) is None


@pytest.mark.parametrize("wrong", [True, "many", {"decimal": "NaN"}, float("inf"), {}])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(BadRow):
        number(wrong)


def test_a_reference_counts_for_its_model_only():
    assert origin("purchase.line,7", "purchase.line") == "7"
    assert origin("sale.line,7", "purchase.line") is None
    assert origin("purchase.line,-1", "purchase.line") is None
    assert origin(None, "purchase.line") is None


def test_blanks_and_missing_links_are_null():
    assert (words(" a "), words(" "), words(None), ref(None), ref(0)) == (
        "a",
        None,
        None,
        None,
        "0",
    )
    assert part({"party.": None}, "party") == {} == part({}, "party")


def test_the_latest_change_counts():
    later = {**STAMP, "year": 2027}
    assert changed({"last_modified_at": STAMP}, {}, {"last_modified_at": later}) == moment(later)
    assert changed({}) is None


def test_a_day_is_written_as_tryton_reads_it():
    assert written_day(date(2026, 3, 1)) == {
        "__class__": "date", "year": 2026, "month": 3, "day": 1,
    }  # fmt: skip
