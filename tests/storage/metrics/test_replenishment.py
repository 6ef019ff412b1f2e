import pytest

from storage.metrics._replenishment import ItemLeads
from tests.storage.metrics import replenished
from tests.storage.metrics.replenished import TODAY, bought, buy, columns, day, makes


@pytest.fixture
def world(tmp_path):
    return bought(tmp_path)


def coming(world):
    return replenished.coming(world, ItemLeads(columns(world), makes(world), TODAY))


def test_a_promise_ahead_is_when_it_comes(world):
    buy(world, "bolt", -10, promised=7)
    (found,) = coming(world)
    assert (found.on, found.is_promise, found.qty) == (day(7), True, 100)


@pytest.mark.parametrize("promised", [-3, None])
def test_without_a_promise_ahead_it_comes_when_half_of_such_orders_have(world, promised):
    buy(world, "bolt", -10, promised=promised)
    (found,) = coming(world)
    assert (found.on, found.is_promise) == (day(10), False)


def test_an_order_that_is_older_than_any_ever_was_has_no_day(world):
    buy(world, "bolt", -200)
    (found,) = coming(world)
    assert found.on is None


def test_what_is_to_come_is_what_has_not_come(world):
    line = buy(world, "bolt", -10, promised=7, qty=100)
    world.receive(line, day(-2), qty=30)
    buy(world, "bolt", -9, promised=7, cancelled=day(-1))
    assert [one.qty for one in coming(world)] == [70]


def test_the_lead_time_is_the_items_own_or_its_suppliers_or_none(world):
    world.item("New", source_id="new")
    leads = ItemLeads(columns(world), [], TODAY)
    found = {name: leads.of(("erp", name)) for name in ("bolt", "nut", "new")}
    assert [(one.of, one.p90) for one in found.values()] == [
        ("item", 30), ("supplier", 30), (None, None),
    ]  # fmt: skip


def make(world, released, finished=None, **more):
    world.make(
        "table", qty=5, released=released and day(released), finished=finished and day(finished),
        **more,
    )  # fmt: skip


def test_what_is_made_takes_as_long_as_its_production(world):
    world.item("Table", source_id="table")
    for back in range(20, 90, 4):
        make(world, -back, 6 - back)
    leads = ItemLeads(columns(world), makes(world), TODAY)
    found = leads.of(("erp", "table"))
    assert (found.of, found.p90) == ("production", 6)


def test_production_comes_at_its_planned_end_or_when_half_have_ended(world):
    for back in range(20, 90, 4):
        make(world, -back, 6 - back)
    make(world, -2, planned_finish_on=day(9))
    make(world, -4, planned_finish_on=day(-1))
    make(world, -3)
    make(world, None, planned_finish_on=day(3))
    make(world, -200)
    found = [(one.on, one.is_promise, one.qty) for one in coming(world)]
    assert found == [
        (day(2), False, 5), (day(3), False, 5), (day(9), True, 5), (None, False, 5),
    ]  # fmt: skip
