from datetime import UTC, date, datetime

from storage.known.readiness import reserved
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def days(world, now=NOW):
    with world.reader() as session:
        return sorted([one.on for one in reserved(session, now)], key=str)


def sold(world):
    return world.sale(world.customer("Acme"), "2026-01-02", item=world.item("Desk"))


def test_production_is_there_when_it_is_finished(tmp_path):
    world = World(tmp_path)
    line = sold(world)
    for finished in ("2026-02-01", None, "2026-03-05"):
        make = world.make(None, released="2026-01-03", finished=finished)
        world.peg("salesline", line, "makeorder", make, 1)
    assert days(world) == [date(2026, 2, 1), None, None]


def test_purchases_are_there_when_the_last_of_them_can_be_used(tmp_path):
    world = World(tmp_path)
    line, coil = sold(world), world.item("Coil")
    bought = world.purchase(None, coil, "2026-01-03", qty=3)
    world.receive(bought, "2026-02-01")
    world.fact("receipt", line_ref=bought, qty=1, **world.when("received", "2026-02-02"),
               **world.when("available", "2026-02-04"))  # fmt: skip
    waits = world.purchase(None, coil, "2026-01-03")
    for supply in (bought, waits):
        world.peg("salesline", line, "purchaseline", supply, 1)
    assert days(world) == [date(2026, 2, 4), None]


def test_stock_and_what_production_needs_are_not_among_it(tmp_path):
    world = World(tmp_path)
    line = sold(world)
    world.peg("salesline", line, "stock", "HQ/stock", 1)
    world.peg("makeorder", "make-1", "purchaseline", "line-1", 1)
    assert days(world) == []


def test_before_it_was_seen_nothing_is_reserved(tmp_path):
    world = World(tmp_path)
    make = world.make(None, released="2026-01-03", finished="2026-02-01")
    world.fact("peg", demand_kind="salesline", demand_ref=sold(world), supply_kind="makeorder",
               supply_ref=make, qty=1, seen=datetime(2026, 2, 20, tzinfo=UTC))  # fmt: skip
    assert days(world, datetime(2026, 2, 20, tzinfo=UTC)) == []
    assert days(world) == [date(2026, 2, 1)]
