"""What is known of a line by what came of it, in words; `test_columns` compares whole worlds."""

from datetime import timedelta
from decimal import Decimal

import pytest

from storage.known import columns
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import ago, day_of
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def ended(world, read=columns.purchases, now=NOW):
    with world.reader() as session:
        lines = read(session, now)
        return [day_of(day) for day in lines["ended_on"].tolist()]


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        ([], None), ([(9, 10)], 9), ([(9, 4)], None), ([(9, 4), (7, 6)], 7),
        ([(9, 10), (7, -1)], None), ([(9, 10), (7, -1), (5, 1)], 5), ([(9, 12), (7, -2)], 9),
    ],
)  # fmt: skip
def test_a_purchase_is_complete_from_the_day_on_which_it_is_all_there_for_good(world, parts, day):
    line = world.purchase("s", "i", ago(30), qty=10)
    for back, qty in parts:
        world.receive(line, ago(back), qty=qty)
    assert ended(world) == [day and ago(day)]


def test_a_sale_is_complete_when_all_of_it_has_gone_and_a_return_reopens_nothing(world):
    line = world.sale("c", ago(30), qty=10)
    world.ship(line, ago(9), qty=10)
    world.ship(line, ago(7), qty=-3)
    assert ended(world, columns.sales) == [ago(9)]
    assert ended(world, columns.sales, NOW - timedelta(days=10)) == [None]


def test_what_was_called_off_of_a_purchase_is_not_waited_for(world):
    order = world.fact("purchaseorder", number="P1", **world.when("ordered", ago(30)))
    line = world.purchase_line(order, "i", qty=10, cancelled_qty=Decimal(4),
                               **world.when("cancelled", ago(5)))  # fmt: skip
    world.receive(line, ago(9), qty=6)
    with world.reader() as session:
        lines = columns.purchases(session, NOW, zone=BERLIN)
        told = [lines[name][0] for name in ("ended_on", "called_off_on", "left_on")]
    assert list(map(day_of, told)) == [ago(9), ago(5), None]
