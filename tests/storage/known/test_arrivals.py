from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from storage.known.arrivals import arrivals
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = date(2025, 3, 1)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def line(world, ordered="2026-01-01", *, status="processing", item=None, qty=10, **more):
    order = world.fact("purchaseorder", number="P", supplier_ref="s", status=status,
                       **world.when("ordered", ordered))  # fmt: skip
    return world.purchase_line(order, item, qty=qty, **more)


def seen(world):
    with world.reader() as session:
        return [(one.received_on, one.planned_on) for one in arrivals(session, NOW, SINCE)]


def test_each_receipt_is_an_arrival_and_so_is_the_rest(world):
    one = line(world, planned_on=date(2026, 4, 1))
    world.receive(one, "2026-01-05", qty=4)
    world.receive(one, "2026-01-07", qty=2)
    assert seen(world) == [
        (date(2026, 1, 5), None), (date(2026, 1, 7), None), (None, date(2026, 4, 1)),
    ]  # fmt: skip


def test_a_line_that_is_all_there_has_no_rest(world):
    one = line(world, planned_on=date(2026, 4, 1))
    world.receive(one, "2026-01-05", qty=10)
    assert seen(world) == [(date(2026, 1, 5), None)]


def test_what_was_given_up_is_an_arrival_that_does_not_come(world):
    one = line(world, cancelled_qty=Decimal(6))
    world.receive(one, "2026-01-05", qty=4)
    with world.reader() as session:
        found = list(arrivals(session, NOW, SINCE))
    assert [(two.received_on, two.is_given_up) for two in found] == [
        (date(2026, 1, 5), False), (None, True),
    ]  # fmt: skip


def test_a_receipt_after_now_is_not_known(world):
    one = line(world)
    world.receive(one, "2026-03-02", qty=10)
    assert seen(world) == [(None, None)]


def test_orders_of_now_and_later_and_of_before_the_first_day_are_left_out(world):
    line(world, "2026-03-01")
    line(world, "2025-02-28")
    assert seen(world) == []
    line(world, "2025-03-01")
    assert len(seen(world)) == 1


@pytest.mark.parametrize("status", ["draft", "quotation", "confirmed", "cancelled"])
def test_orders_that_are_not_on_their_way_are_left_out(world, status):
    line(world, status=status)
    assert seen(world) == []


def test_dates_set_by_hand_and_services_are_left_out(world):
    line(world, is_manual_date=True)
    line(world, item=world.item("Advice", is_service=True))
    assert seen(world) == []


def test_supplier_and_item_have_names_or_else_their_references(world):
    world.fact("party", source_id="s", name="Borealis", kind="supplier")
    line(world, item="gone")
    with world.reader() as session:
        (one,) = arrivals(session, NOW, SINCE)
    assert (one.supplier.name, one.item.name) == ("Borealis", "gone")


def test_a_plan_that_was_changed_since_is_what_it_was_then(world):
    one = line(world, planned_on=date(2026, 5, 1))
    world.change("purchaseline", one, "planned_on", date(2026, 5, 1), NOW + HOUR, old="2026-04-01")
    assert seen(world) == [(None, date(2026, 4, 1))]


def test_an_order_that_is_done_by_now_was_on_its_way_then(world):
    order = world.fact("purchaseorder", number="P", status="cancelled",
                       **world.when("ordered", "2026-01-01"))  # fmt: skip
    world.purchase_line(order, None)
    world.change("purchaseorder", order, "status", "cancelled", NOW + HOUR, old="processing")
    assert seen(world) == [(None, None)]


def test_what_was_given_up_since_was_to_come_then(world):
    one = line(world, cancelled_qty=Decimal(6))
    world.change("purchaseline", one, "cancelled_qty", 6_000_000, NOW + HOUR)
    with world.reader() as session:
        assert [one.is_given_up for one in arrivals(session, NOW, SINCE)] == [False]


def test_an_order_of_whose_state_nothing_was_known_then_is_left_out(world):
    order = world.fact("purchaseorder", seen=NOW + HOUR, number="P", status="processing",
                       **world.when("ordered", "2026-01-01"))  # fmt: skip
    world.purchase_line(order, None)
    assert seen(world) == []
