from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._entity import Entity, needed, of
from storage.sources._tracking import events, still

UTC = ZoneInfo("UTC")
SCAN = Entity(
    "scan", "scans", "trackingevent", ("tracker.id", "at", "said"),
    {"tracking": needed("tracker.code"), "status": needed("said"), "seen": needed("at"),
     "place": of("place")},
)  # fmt: skip
TRACKER = {"id": "T", "code": "1Z"}


def made(*scans):
    tracker = {**TRACKER, "scans": list(scans)}
    return [row for _, row in events(SCAN, tracker, "scans", {"moving": "in_transit"}, UTC)]


def scan(day, said="Moving", **more):
    return {"at": f"2026-05-{day:02}", "said": said, **more}


def test_the_first_scan_on_the_way_is_when_it_was_shipped_in_whatever_order_they_come():
    assert [row["status"] for row in made(scan(3), scan(2), scan(1, "Odd"))] == [
        "in_transit", "shipped", "odd",
    ]  # fmt: skip


def test_scans_of_one_time_and_word_are_counted():
    found = [row["source_id"] for row in made(scan(1), scan(1), scan(1, "Odd"), scan(1))]
    assert found == [
        "T/2026-05-01/Moving", "T/2026-05-01/Moving/2", "T/2026-05-01/Odd",
        "T/2026-05-01/Moving/3",
    ]  # fmt: skip


def test_a_tracker_without_scans_makes_no_event_and_one_with_a_bad_scan_is_refused():
    assert made() == []
    with pytest.raises(BadRow, match="at"):
        made(scan(1), {"said": "Moving", "at": None})
    with pytest.raises(BadRow, match="its scans are no list"):
        made("soon")


def test_of_a_tracker_that_is_refused_the_events_are_there_that_it_can_name():
    scans = [scan(1), {"said": "Moving", "at": None}, scan(1), scan(2, at="soon")]
    assert list(still(SCAN, {**TRACKER, "scans": scans}, "scans")) == [
        ("trackingevent", f"T/{one}")
        for one in ("2026-05-01/Moving", "2026-05-01/Moving/2", "soon/Moving")
    ]
    assert list(still(SCAN, {**TRACKER, "scans": "soon"}, "scans")) == []
