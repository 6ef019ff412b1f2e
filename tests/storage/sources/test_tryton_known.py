from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._tryton_known import Known, base, effective, scale, sign

KNOWN = Known(
    ZoneInfo("Europe/Berlin"),
    units={1: Decimal(1), 2: Decimal(12)},
    type={3: "storage", 8: "supplier", 9: "customer"},
)


def told(day):
    return {"year": 2026, "month": 2, "day": day, "hour": 9, "minute": 0, "second": 0,
            "microsecond": 0}  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "way"), [((8, 3), 1), ((3, 8), -1), ((3, 3), 0), ((3, 9), 0), ((8, 8), 0)]
)
def test_a_move_goes_in_or_out_or_neither(ends, way):
    record = dict(zip(("from_location", "to_location"), ends, strict=True))
    assert sign(record, KNOWN, "supplier") == way


def test_a_place_that_cannot_be_seen_is_refused():
    with pytest.raises(BadRow, match="can't be seen"):
        sign({"from_location": 3, "to_location": 99}, KNOWN, "supplier")


@pytest.mark.parametrize(("unit", "times"), [(1, 1), (2, 12), (None, 1)])
def test_quantities_are_told_in_the_items_own_unit(unit, times):
    assert scale({"unit": unit, "product.": {"default_uom": 1}}, KNOWN) == times


def test_a_unit_that_cannot_be_seen_is_refused():
    with pytest.raises(BadRow, match="unit 7 can't be seen"):
        scale({"unit": 7, "product.": {"default_uom": 1}}, KNOWN)


def test_a_done_move_has_its_day():
    assert effective({"effective_date": told(3)}) == date(2026, 2, 3)
    with pytest.raises(BadRow, match="without a day"):
        effective({"effective_date": None})


def test_a_fact_is_as_new_as_the_newest_record_that_it_is_made_of():
    row = base({"id": 7, "last_modified_at": told(1)}, {"last_modified_at": told(4)}, {})
    assert row == {"source_id": "7", "source_updated_at": datetime(2026, 2, 4, 9, tzinfo=UTC)}
