from datetime import UTC, datetime, timedelta

import pytest

from storage.known.purchases import purchase_lines
from storage.metrics._stock_risk import ItemLeads, dues, risks
from storage.metrics.days_of_cover import covers
from tests.storage.metrics.stock_facts import NORTH, stock, use
from tests.storage.world import World

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
TODAY = NOW.date()


def day(ahead):
    return TODAY + timedelta(ahead)


@pytest.fixture
def world(tmp_path):
    """Bolts take 20 days from Borealis, two in five of them 30; nuts have been bought once."""
    world = World(tmp_path, erp="erp")
    world.steel = world.supplier("Borealis")
    world.item("Bolt", source_id="bolt")
    world.item("Nut", source_id="nut")
    for back in range(40, 100, 2):
        buy(world, "bolt", -back, takes=30 if back % 5 < 2 else 20)
    buy(world, "nut", -90, takes=20)
    return world


def buy(world, item, ordered, *, takes=None, promised=None, qty=100, **more):
    line = world.purchase(
        world.steel, item, day(ordered), qty=qty, promised=promised and day(promised), **more
    )
    if takes:
        world.receive(line, day(ordered + takes), qty=qty)
    return line


def lines(world):
    with world.reader() as session:
        return list(purchase_lines(session, NOW, NOW - timedelta(days=900), NOW))


def risk(world, on_hand, name="Bolt", per_day=1):
    used = [use(day(-1), 90 * per_day, name=name)]
    covered = covers([stock(name, on_hand)], used, {}, TODAY)
    every = lines(world)
    (found,) = risks(covered, dues(every, TODAY), ItemLeads(every, TODAY))
    return found


def test_a_promise_ahead_is_when_it_comes(world):
    buy(world, "bolt", -10, promised=7)
    (found,) = dues(lines(world), TODAY)
    assert (found.on, found.is_promise, found.qty) == (day(7), True, 100)


@pytest.mark.parametrize("promised", [-3, None])
def test_without_a_promise_ahead_it_comes_when_half_of_such_orders_have(world, promised):
    buy(world, "bolt", -10, promised=promised)
    (found,) = dues(lines(world), TODAY)
    assert (found.on, found.is_promise) == (day(10), False)


def test_an_order_that_is_older_than_any_ever_was_has_no_day(world):
    buy(world, "bolt", -200)
    (found,) = dues(lines(world), TODAY)
    assert found.on is None


def test_what_is_to_come_is_what_has_not_come(world):
    line = buy(world, "bolt", -10, promised=7, qty=100)
    world.receive(line, day(-2), qty=30)
    buy(world, "bolt", -9, promised=7, cancelled=day(-1))
    assert [one.qty for one in dues(lines(world), TODAY)] == [70]


def test_the_lead_time_is_the_items_own_or_its_suppliers_or_none(world):
    world.item("New", source_id="new")
    leads = ItemLeads(lines(world), TODAY)
    found = {name: leads.of(("erp", name)) for name in ("bolt", "nut", "new")}
    assert [(one.of, one.p90) for one in found.values()] == [
        ("item", 30), ("supplier", 30), (None, None),
    ]  # fmt: skip


def test_what_is_out_is_out_whatever_is_on_order(world):
    buy(world, "bolt", -10, promised=1)
    found = risk(world, 0)
    assert (found.state, found.is_at_risk, found.gap) == ("out", True, 1)


def test_it_is_short_when_it_runs_out_before_the_next_receipt(world):
    buy(world, "bolt", -10, promised=7)
    assert (risk(world, 5).state, risk(world, 5).gap) == ("short", 2)
    assert (risk(world, 7).state, risk(world, 8).state) == ("fine", "fine")


def test_with_nothing_on_order_the_lead_time_of_a_new_order_decides(world):
    assert risk(world, 29).state == "unordered"
    assert risk(world, 30).state == "fine"


def test_what_nobody_uses_or_knows_a_lead_time_of_is_not_said_to_be_at_risk(world):
    assert risk(world, 0, per_day=0).state == "fine"
    world.item("New", source_id="new")
    assert risk(world, 1, name="New").state == "fine"


def test_an_order_without_a_day_is_no_help(world):
    buy(world, "bolt", -200)
    assert (risk(world, 10).state, risk(world, 10).gap) == ("short", None)


def test_what_comes_to_another_site_does_not_count(world):
    world.site("South", source_id="south")
    buy(world, "bolt", -10, promised=7, site="south")
    world.site("North", source_id="north")
    assert NORTH.name == "North"
    assert risk(world, 20).next is None
    buy(world, "bolt", -10, promised=8, site="north")
    assert risk(world, 20).next.on == day(8)


def test_the_worst_stands_first(world):
    every = lines(world)
    on_hand = {"Bolt": 12, "Out": 0, "Nut": 3, "Calm": 900, "Dull": 4}
    used = [use(day(-1), 90, name=name) for name in on_hand if name != "Dull"]
    covered = covers([stock(name, qty) for name, qty in on_hand.items()], used, {}, TODAY)
    found = risks(covered, dues(every, TODAY), ItemLeads(every, TODAY))
    assert [one.cover.item.name for one in found] == ["Out", "Nut", "Bolt", "Calm", "Dull"]
