from datetime import UTC, datetime, timedelta

import pytest

from storage.known.purchases import purchase_lines
from storage.metrics._durations import working_days
from storage.metrics.lead_time import course, now, placed, split
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def known(world, now=NOW):
    with world.reader() as session:
        return list(purchase_lines(session, now, START, NOW))


def lead_time(world, now=NOW):
    return placed(known(world, now), now.date())


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
    groups = split(known(world), "supplier")
    assert {named.name: placed(lines, NOW.date()).median for named, lines in groups.items()} == {
        "Borealis": 31, "Cobalt": 7,
    }  # fmt: skip


def test_working_days_are_those_of_the_suppliers_country(world):
    swede = world.supplier("Borealis", country="SE")
    # Epiphany, a Tuesday, is a holiday in Sweden and not in the Netherlands
    world.purchase(swede, None, "2026-01-02", received="2026-01-09")
    (line,) = known(world)
    assert placed([line], NOW.date()).median == 7
    assert placed([line], NOW.date(), working_days).median == 4
    world.purchase(world.supplier("Tulip", country="NL"), None, "2026-01-02", received="2026-01-09")
    assert placed(known(world)[1:], NOW.date(), working_days).median == 5


def test_now_is_what_was_under_way_lately_and_the_course_what_it_was_before(world):
    for ago in range(40, 300, 2):
        takes = 20 if ago > 100 else 38
        day = NOW.date() - timedelta(days=ago)
        world.purchase(None, None, day, received=day + timedelta(days=takes))
    lines = known(world)
    found = now(lines, NOW.date())
    assert (found.method, found.median) == ("period", 38)
    (before,) = course(lines, [NOW.date() - timedelta(days=100)])
    assert before.median == 20
