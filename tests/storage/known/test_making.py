from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.known.making import bills, make_orders
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def made(world, now=NOW, **how):
    with world.reader() as session:
        return list(make_orders(session, now, **how))


def test_an_order_says_what_is_made_and_what_it_used(world):
    desk, board = world.item("Desk"), world.item("Board")
    order = world.make(
        desk, qty=5, released="2026-01-01", started="2026-01-05", done_qty=Decimal(2)
    )
    world.consume(order, board, "2026-01-06", qty=3)
    world.consume(order, board, "2026-01-07", qty=1)
    world.consume(order, board, "2026-04-01", qty=9)
    (one,) = made(world)
    assert (one.item.name, one.qty, one.done_qty, one.rest) == ("Desk", 5, 2, 3)
    assert one.started_on == date(2026, 1, 5)
    assert one.used == {(world.erp, board): 4}


def test_what_ends_after_now_is_open(world):
    world.make(world.item("Desk"), released="2026-01-01", finished="2026-03-20")
    (one,) = made(world)
    assert one.is_open
    assert made(world, datetime(2026, 3, 25, tzinfo=UTC), open_only=True) == []
    assert made(world, datetime(2026, 3, 25, tzinfo=UTC))[0].rest == 0


def test_an_order_released_after_now_is_not_known(world):
    world.make(world.item("Desk"), released="2026-03-20")
    assert made(world) == []


def test_what_ended_before_a_day_can_be_left_out(world):
    desk = world.item("Desk")
    world.make(desk, released="2025-01-01", finished="2025-01-20")
    kept = [world.make(desk, released="2025-01-01"),
            world.make(desk, released="2025-01-01", finished="2025-02-20")]  # fmt: skip
    since = datetime(2025, 2, 1, tzinfo=UTC)
    with world.reader() as session:
        found = list(make_orders(session, NOW, since))
    assert {one.key[1] for one in found} == set(kept)


def test_a_bill_says_what_goes_into_one(world):
    desk, board, screw = world.item("Desk"), world.item("Board"), world.item("Screw")
    world.bom(desk, board, 2)
    world.bom(desk, screw, Decimal("8.5"))
    with world.reader() as session:
        needs = bills(session)[world.erp, desk]
    assert [(one.component.name, one.qty) for one in needs] == [
        ("Board", 2), ("Screw", Decimal("8.5")),
    ]  # fmt: skip
