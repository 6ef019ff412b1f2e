from datetime import UTC, date, datetime

import pytest

from storage.known.goods import came
from storage.known.scans import scans
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = date(2025, 1, 1)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    for name, kind in (("Dock 1", "input"), ("Rack A", "internal"), ("Gate", "transit")):
        made.fact("location", name=name, kind=kind, code=name.upper())
    return made


def scan(world, day, place, doc="IN/1", measure="scan", **more):
    at = datetime.fromisoformat(f"2026-02-{day:02}T10:00:00+00:00")
    world.fact("sensorreading", "mqtt:gates", device="g1", measure=measure, place=place,
               shipment_ref=doc, seen_at=at, seen_on=at.date(), **more)  # fmt: skip


def receive(world, *, usable=None, doc="IN/1", day="2026-02-03", **more):
    line = world.purchase(None, world.item("Coil", **more), "2026-01-01", qty=9)
    world.fact("receipt", line_ref=line, qty=9, doc=doc, **world.when("received", day),
               **world.when("available", usable))  # fmt: skip


def received(world, now=NOW):
    with world.reader() as session:
        return [(one.available_on, one.is_scanned) for one in came(session, now, FIRST)]


def test_goods_are_available_once_they_were_seen_in_stock(world):
    receive(world)
    scan(world, 3, "Dock 1")
    scan(world, 5, "Rack A")
    scan(world, 9, "Rack A")
    assert received(world) == [(date(2026, 2, 5), True)]


def test_until_then_they_lie_at_the_dock(world):
    receive(world)
    scan(world, 3, "DOCK 1")
    scan(world, 4, "Gate")
    scan(world, 5, "Nowhere that is known")
    scan(world, 20, "Rack A")
    assert received(world, datetime(2026, 2, 19, tzinfo=UTC)) == [(None, True)]


def test_all_that_was_scanned_must_be_there(world):
    receive(world)
    for lot, day in (("pallet 1", 5), ("pallet 2", 8), ("pallet 3", None)):
        scan(world, 3, "Dock 1", lot_ref=lot)
        if day:
            scan(world, day, "Rack A", lot_ref=lot)
    assert received(world) == [(None, True)]
    scan(world, 9, "Rack A", lot_ref="pallet 3")
    assert received(world) == [(date(2026, 2, 9), True)]


def test_a_scan_that_names_an_item_speaks_of_that_one(world):
    receive(world, sku="C-1")
    scan(world, 5, "Rack A", item_ref="C-1")
    scan(world, 3, "Dock 1", item_ref="other")
    assert received(world) == [(date(2026, 2, 5), True)]


def test_the_receipt_itself_is_the_better_source(world):
    receive(world, usable="2026-02-04")
    scan(world, 8, "Rack A")
    assert received(world) == [(date(2026, 2, 4), False)]


def test_goods_booked_in_after_they_were_put_away_lay_no_day_at_the_dock(world):
    receive(world, day="2026-02-07")
    scan(world, 5, "Rack A")
    assert received(world) == [(date(2026, 2, 7), True)]


def test_of_another_delivery_note_nothing_is_told(world):
    receive(world, doc="IN/2")
    receive(world, doc=None)
    scan(world, 5, "Rack A")
    assert received(world) == [(None, False)] * 2


def test_other_measures_are_no_scans(world):
    scan(world, 5, "Rack A", measure="temperature", value=5)
    with world.reader() as session:
        assert scans(session, NOW).things == {}
