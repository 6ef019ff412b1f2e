from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.known._rows import (
    Span,
    as_day,
    as_money,
    as_qty,
    at_now,
    counted_at,
    day_before,
    named,
)
from storage.models._types import instant_to_int
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_columns_become_what_they_mean():
    assert as_day("2026-03-01") == date(2026, 3, 1)
    assert as_day(None) is None
    assert as_money(12_345) == Decimal("1.2345")
    assert as_money(None) is None
    assert as_qty(2_500_000) == Decimal("2.5")


def test_a_thing_without_a_name_bears_its_reference():
    row = {"source": "odoo:erp", "supplier_ref": "7", "supplier": None}
    assert named("supplier", row, "supplier").name == "7"
    assert named("supplier", {**row, "supplier_ref": None}, "supplier") is None


def test_an_event_is_known_after_its_instant():
    stamp = instant_to_int(NOW)
    assert day_before(stamp - 1, "2026-03-01", stamp) == date(2026, 3, 1)
    assert day_before(stamp, "2026-03-01", stamp) is None
    assert day_before(None, None, stamp) is None


def test_what_was_overwritten_since_says_what_stood_before(tmp_path):
    world = World(tmp_path)
    for seen, promise in ((NOW - HOUR, "2026-04-01"), (NOW, "2026-04-10")):
        world.change("purchaseline", "kept", "promised_on", promise, seen)
    world.change("purchaseline", "still", "promised_on", "2026-05-01", NOW - HOUR)
    world.change("purchaseline", "later", "promised_on", "2026-06-01", NOW + HOUR)
    with world.reader() as session:
        # the world writes `new` alone; a sync writes what stood before as `old`
        found = at_now(session, "purchaseline", NOW)
    assert set(found) == {(world.erp, "kept"), (world.erp, "later")}
    assert found[world.erp, "later"] == {"promised_on": None}


def test_an_event_known_by_its_day_ends_with_that_day_wherever_one_asks():
    tokyo, york = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
    ends = datetime(2026, 3, 1, 23, 59, 59, 999_999, tokyo)
    assert counted_at(instant_to_int(ends), "2026-03-01", york) == ends.replace(tzinfo=york)
    assert counted_at(instant_to_int(ends), "2026-03-01", None) == ends


def test_an_event_known_to_the_second_is_where_it_is():
    at = datetime(2026, 3, 1, 23, 59, 59, 999_000, UTC)
    assert counted_at(instant_to_int(at), "2026-03-01", ZoneInfo("Asia/Tokyo")) == at


def test_a_span_is_looked_up_as_much_wider_as_zones_differ():
    stamp, hours = instant_to_int(NOW), 3_600_000_000
    exact, zoned = Span(NOW - HOUR, NOW), Span(NOW - HOUR, NOW - HOUR, ZoneInfo("UTC"))
    assert exact.bounds(stamp) == {
        "now": stamp, "start": stamp - hours, "end": stamp, "no": False,
    }  # fmt: skip
    assert zoned.bounds(stamp)["start"] == stamp - 27 * hours
    assert zoned.bounds(stamp)["end"] == stamp
    assert exact.holds(NOW - HOUR)
    assert not exact.holds(NOW)
    assert Span(None, None).holds(NOW)
