from datetime import UTC, date, datetime

import pytest

from storage.known import purchase_lines
from storage.metrics.lead_time import measure, measure_by
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def lead_time(world, now=NOW):
    with world.reader() as session:
        return measure(purchase_lines(session, now, START, NOW), now.date())


def test_days_run_from_order_to_receipt(world):
    steel = world.supplier("Borealis")
    world.purchase(steel, None, "2026-01-01", received="2026-02-01")
    found = lead_time(world)
    assert (found.n, found.open, found.median, found.p90) == (1, 0, 31, 31)


def test_open_orders_count_as_not_arrived(world):
    for _ in range(2):
        world.purchase(None, None, "2026-01-01", received="2026-01-11")
    for _ in range(3):
        world.purchase(None, None, "2026-01-01")
    found = lead_time(world)
    assert (found.n, found.open, found.median) == (5, 3, None)


def test_a_cancelled_line_leaves_at_its_cancellation(world):
    world.purchase(None, None, "2026-01-01", cancelled="2026-01-05")
    world.purchase(None, None, "2026-01-01", received="2026-01-11")
    found = lead_time(world)
    assert (found.n, found.cancelled, found.open, found.median) == (2, 1, 0, 10)


def test_a_line_is_done_when_all_of_it_is_there(world):
    line = world.purchase(None, None, "2026-01-01", qty=10)
    world.receive(line, "2026-01-05", qty=4)
    world.receive(line, "2026-01-21", qty=6)
    assert lead_time(world).median == 20


def test_lines_of_one_order_received_on_one_day_are_one_observation(world):
    order = world.fact("purchaseorder", number="P", **world.when("ordered", "2026-01-01"))
    for day in ("2026-01-11", "2026-01-11", "2026-01-21"):
        world.receive(world.purchase_line(order, None), day)
    assert lead_time(world).n == 2


def test_received_on_the_day_of_the_order_is_zero_days(world):
    world.purchase(None, None, "2026-01-01", received="2026-01-01")
    assert lead_time(world).median == 0


def test_received_before_ordered_is_left_out_and_counted(world):
    world.purchase(None, None, "2026-01-10", received="2026-01-01")
    found = lead_time(world)
    assert (found.n, found.absurd) == (0, 1)


def test_what_is_after_now_is_not_known(world):
    world.purchase(None, None, "2026-01-01", received="2026-02-20")
    world.purchase(None, None, "2026-02-25", received="2026-02-26")
    found = lead_time(world, datetime(2026, 2, 1, tzinfo=UTC))
    assert (found.n, found.open) == (1, 1)


def test_each_group_is_measured_by_itself(world):
    for name, day in (("Borealis", "2026-02-01"), ("Cobalt", "2026-01-08")):
        world.purchase(world.supplier(name), None, "2026-01-01", received=day)
    with world.reader() as session:
        lines = list(purchase_lines(session, NOW, START, NOW))
    found = measure_by(lines, date(2026, 3, 1), "supplier")
    assert {named.name: one.median for named, one in found.items()} == {"Borealis": 31, "Cobalt": 7}
