"""EasyPost against an account whose list can't be asked for what changed."""

import json
from datetime import timedelta

import pytest

from storage.sources.easypost import SOURCE, WATCHED
from tests.storage.sources.conformance import Conformance
from tests.storage.sources.conformance_steps import Memory, drain, drain_next, several_pages
from tests.storage.sources.fake_easypost import FakeEasyPost
from tests.storage.sources.rest_harness import RestHarness, opened

AT = "2026-05-01T09:00:00Z"


class Harness(RestHarness):
    stream, table, page_rows = "trackers", "trackingevent", 100

    def __init__(self):
        super().__init__(SOURCE, FakeEasyPost())
        self.broken = {"tracking_details": [{"datetime": "soon", "status": "in_transit"}]}

    def new(self, id_):
        detail = {"object": "TrackingDetail", "datetime": AT, "status": "in_transit",
                  "tracking_location": {"city": "Hamburg", "zip": None}}  # fmt: skip
        return {"id": f"trk_{id_}", "tracking_code": f"EZ{id_}", "status": "in_transit",
                "created_at": self.stamp(), "updated_at": self.stamp(), "finalized": False,
                "tracking_details": [detail]}  # fmt: skip

    def stamp(self):
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def changed(self, old):
        (detail,) = old["tracking_details"]
        place = {"city": detail["tracking_location"]["city"] + "x"}
        moved = {**detail, "tracking_location": place}
        return {**old, "updated_at": self.stamp(), "tracking_details": [moved]}

    def fact(self, record):
        (detail,) = record["tracking_details"]
        shown = {"tracking": record["tracking_code"], "status": "shipped",
                 "place": detail["tracking_location"]["city"]}  # fmt: skip
        return f"{record['id']}/{AT}/in_transit", shown


class TestTrackers(Conformance):
    @pytest.fixture
    def harness(self):
        return Harness()


def pages(harness, memory):
    """How many pages the next run reads."""
    before = len(harness.fake.asked)
    drain_next(harness, memory)
    return len(harness.fake.asked) - before - 1  # one tells the clock


def finish(harness):
    for one in harness.fake.records.values():
        one["finalized"] = True


def test_what_is_finished_is_not_read_again():
    harness = Harness()
    several_pages(harness)
    memory = drain(harness, Memory())
    assert pages(harness, memory) == 3
    finish(harness)
    assert pages(harness, memory) == 3  # it learns so by this one
    assert pages(harness, memory) == 1


def test_an_open_tracker_is_read_again_however_many_came_behind_it():
    harness = Harness()
    (old,) = harness.create(1)
    harness.advance(3600)
    harness.create(250)
    memory = drain(harness, Memory())
    for one in list(harness.fake.records.values())[1:]:
        one["finalized"] = True
    drain_next(harness, memory)
    harness.change([old])
    drain_next(harness, memory)
    assert memory.living("trackingevent")[old]["place"] == "Hamburgx"


def test_one_that_nobody_finishes_is_watched_for_a_while():
    harness = Harness()
    harness.create(1)
    harness.advance(3600)
    harness.create(250)
    memory = drain(harness, Memory())
    harness.advance(WATCHED.total_seconds())
    drain_next(harness, memory)
    assert pages(harness, memory) == 1


def test_a_tracker_that_goes_while_the_list_is_read_begins_it_anew():
    harness = Harness()
    ids = several_pages(harness)
    source, memory = harness.open(), Memory()
    reading = source.pull(source.streams[0], None)
    memory.apply(next(reading))
    last = json.loads(json.dumps(memory.state))["after"]
    gone = next(one for one in ids if one.startswith(f"{last}/"))
    harness.delete([gone])
    for page in reading:
        memory.apply(page)
    assert set(ids) - {gone} <= set(memory.living("trackingevent"))


def test_an_empty_page_is_the_last_whatever_it_says():
    harness = Harness()
    harness.fake.is_endless = True
    assert drain(harness, Memory()).living("trackingevent") == {}
    ids = harness.create(100)
    assert set(drain(harness, Memory()).living("trackingevent")) == set(ids)


def test_without_the_word_finalized_the_status_tells():
    harness = Harness()
    several_pages(harness)
    for one in harness.fake.records.values():
        del one["finalized"]
        one["status"] = "delivered"
    memory = drain(harness, Memory())
    assert pages(harness, memory) == 1


def test_the_words_of_easypost_are_those_of_all_carriers():
    harness = Harness()
    harness.create(1)
    (tracker,) = harness.fake.records.values()
    said = ("pre_transit", "in_transit", "in_transit", "out_for_delivery", "available_for_pickup",
            "return_to_sender", "failure", "delivered", "unknown")  # fmt: skip
    tracker["tracking_details"] = [
        {"datetime": f"2026-05-01T{10 + n}:00:00Z", "status": one} for n, one in enumerate(said)
    ]
    memory = drain(harness, Memory())
    rows = sorted(memory.living("trackingevent").values(), key=lambda row: row["seen_at"])
    assert [row["status"] for row in rows] == [
        "announced", "shipped", "in_transit", "out_for_delivery", "waiting", "returned", "failed",
        "delivered", "unknown",
    ]  # fmt: skip
    assert rows[0]["place"] is None


def test_a_field_of_ones_own_that_is_not_there_is_answered_with_the_nearest():
    harness = Harness()
    harness.create(1)
    own = {"trackingevent": {"place": "trackinglocation.city"}}
    (missing,) = opened(SOURCE, harness.fake, fields=own).check().missing
    assert "near: tracking_location" in missing
    assert opened(SOURCE, FakeEasyPost()).check().skew < timedelta(0)


def test_the_events_of_a_parcel_that_is_refused_now_are_still_there():
    harness = Harness()
    (id_,) = harness.create(1)
    (record,) = harness.fake.records.values()
    record["tracking_details"].append({"datetime": "soon", "status": "in_transit"})
    source = harness.open()
    assert id_ in {one for _, ids in source.ids(source.streams[0]) for one in ids}
