"""AfterShip against an organisation whose cursors count from the first tracking."""

from datetime import UTC, date, datetime

import pytest

from storage.sources import SourceError
from storage.sources._http import TryLater
from storage.sources.aftership import SOURCE
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory, drain, drain_next
from tests.storage.sources.fake_aftership import FakeAfterShip
from tests.storage.sources.rest_harness import RestHarness, opened

AT = "2026-05-01T09:00:00+02:00"


class Harness(RestHarness):
    stream, table, page_rows = "trackings", "trackingevent", 200

    def __init__(self):
        super().__init__(SOURCE, FakeAfterShip())
        self.broken = {"checkpoints": [{"checkpoint_time": "soon", "tag": "InTransit"}]}

    def new(self, id_):
        scan = {"checkpoint_time": AT, "tag": "InTransit", "city": "Hamburg", "location": None}
        return {"id": id_, "tracking_number": f"1Z{id_}", "created_at": self.stamp(),
                "updated_at": self.stamp(), "tag": "InTransit", "checkpoints": [scan]}  # fmt: skip

    def stamp(self):
        return self.now().isoformat()

    def changed(self, old):
        (scan,) = old["checkpoints"]
        moved = {**scan, "city": scan["city"] + "x"}
        return {**old, "updated_at": self.stamp(), "checkpoints": [moved]}

    def fact(self, record):
        (scan,) = record["checkpoints"]
        shown = {"tracking": record["tracking_number"], "place": scan["city"], "status": "shipped"}
        return f"{record['id']}/{AT}/InTransit", shown


class TestTrackings(Conformance):
    @pytest.fixture
    def harness(self):
        return Harness()


@pytest.fixture
def fake():
    return FakeAfterShip()


def events(fake, **settings):
    source = opened(SOURCE, fake, **settings)
    memory = Memory()
    for page in source.pull(source.streams[0], None):
        memory.apply(page)
    return memory.living("trackingevent")


def put(fake, *scans):
    stamp = fake.now.isoformat()
    fake.put("T1", {"id": "T1", "tracking_number": "1Z", "created_at": stamp, "updated_at": stamp,
                    "order_id": "SO7", "checkpoints": list(scans)})  # fmt: skip


def scan(at, tag="InTransit", **more):
    return {"checkpoint_time": at, "tag": tag, **more}


def test_a_parcel_is_shipped_at_its_first_scan_on_the_way_and_then_delivered(fake):
    put(fake, scan("2026-05-03T16:00:00", "Delivered", city="Bonn"),
        scan("2026-05-02T08:00:00"), scan("2026-05-01T18:00:00", location="Hub, Kiel"),
        scan("2026-05-01T10:00:00", "InfoReceived"),
        scan("2026-05-03T07:00:00", "OutForDelivery"))  # fmt: skip
    found = sorted(events(fake).values(), key=lambda row: row["seen_at"])
    assert [(row["status"], row["place"]) for row in found] == [
        ("announced", None), ("shipped", "Hub, Kiel"), ("in_transit", None),
        ("out_for_delivery", None), ("delivered", "Bonn"),
    ]  # fmt: skip


def test_a_time_without_a_zone_is_local_and_one_in_the_doubled_hour_its_first_pass(fake):
    put(fake, scan("2026-10-25T02:30:00"), scan("2026-10-25T02:30:00+01:00"), scan("2026-10-24"))
    found = events(fake, zone="Europe/Berlin")
    assert [row["seen_at"] for row in found.values()] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 24, 21, 59, 59, 999_999, tzinfo=UTC),
    ]  # fmt: skip
    assert found["T1/2026-10-24/InTransit"]["seen_on"] == date(2026, 10, 24)


def test_two_scans_of_the_same_time_are_two_events(fake):
    put(fake, scan(AT), scan(AT, city="Kiel"))
    assert set(events(fake)) == {f"T1/{AT}/InTransit", f"T1/{AT}/InTransit/2"}


def test_a_field_of_ones_own_may_be_of_the_scan_or_of_the_tracking(fake):
    put(fake, scan(AT, postal_code="24103"))
    own = {"trackingevent": {"place": "postal_code", "tracking": "tracker.order_id"}}
    (row,) = events(fake, fields=own).values()
    assert (row["place"], row["tracking"]) == ("24103", "SO7")
    source = opened(SOURCE, fake, fields={"trackingevent": {"place": "postcode"}})
    assert "near: postal_code" in source.check().missing[0]


def test_a_cursor_that_is_not_known_any_more_begins_the_slice_anew():
    harness = Harness()
    harness.create(500)
    harness.fake.is_forgetful = True
    memory = drain(harness, Memory())
    assert len(memory.living("trackingevent")) == 500


def test_a_quiet_organisation_is_asked_once_a_run():
    harness = Harness()
    harness.create(3)
    memory = drain(harness, Memory())
    asked = len(harness.fake.asked)
    drain_next(harness, memory)
    assert len(harness.fake.asked) - asked == 2  # its clock, and one page


def test_a_key_that_is_not_taken_is_said_so_without_it(fake):
    fake.key = "another"
    source = opened(SOURCE, fake)
    fake.key = "asat_1"
    with pytest.raises(SourceError, match="renew it") as failed:
        source.check()
    assert "another" not in str(failed.value)


def test_to_be_asked_to_wait_a_year_ends_the_run(fake):
    fake.fault = "429_absurd"
    with pytest.raises(TryLater):
        events(fake)


def test_the_events_of_a_parcel_that_is_refused_now_are_still_there():
    harness = Harness()
    (id_,) = harness.create(1)
    (record,) = harness.fake.records.values()
    record["checkpoints"].append({"checkpoint_time": "soon", "tag": "InTransit"})
    source = harness.open()
    assert id_ in {one for _, ids in source.ids(source.streams[0]) for one in ids}
