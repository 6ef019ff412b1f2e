import pytest

from storage.metrics._replenishment import ItemLeads
from storage.metrics._stock_risk import risks
from storage.metrics.days_of_cover import covers
from tests.storage.metrics.replenished import TODAY, bought, buy, columns, coming, day
from tests.storage.metrics.stock_facts import NORTH, stock, use


@pytest.fixture
def world(tmp_path):
    return bought(tmp_path)


def risked(world, covered):
    leads = ItemLeads(columns(world), [], TODAY)
    return risks(covered, coming(world, leads), leads)


def risk(world, on_hand, name="Bolt", per_day=1):
    used = [use(day(-1), 90 * per_day, name=name)]
    covered = covers([stock(name, on_hand)], used, {}, TODAY)
    return risked(world, covered)[0]


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
    on_hand = {"Bolt": 12, "Out": 0, "Nut": 3, "Calm": 900, "Dull": 4}
    used = [use(day(-1), 90, name=name) for name in on_hand if name != "Dull"]
    covered = covers([stock(name, qty) for name, qty in on_hand.items()], used, {}, TODAY)
    found = risked(world, covered)
    assert [one.cover.item.name for one in found] == ["Out", "Nut", "Bolt", "Calm", "Dull"]
