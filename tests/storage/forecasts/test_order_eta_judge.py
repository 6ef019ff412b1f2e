"""What was told of customers' orders is held against what came of them."""

from datetime import date, datetime

import pytest

from storage.forecasts._order_eta_judge import judged
from storage.forecasts._statement import Issued
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World

BY = date(2026, 3, 10)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def verdict(world, ref, event="leaves", now=NOW):
    at = datetime(2026, 3, 1, 9, tzinfo=BERLIN)
    one = Issued("order-eta", f"salesline:{world.erp}/{ref}", event, 0.8, BY, id=1, version=1,
                 issued_at=at, issued_on=at.date())  # fmt: skip
    with world.reader() as session:
        return judged(session, [one], now, BERLIN).get(1, "open")


def sold(world, **more):
    return world.sale(world.customer("Acme"), "2026-02-01", **more)


@pytest.mark.parametrize(
    ("shipped", "held"), [("2026-03-10", True), ("2026-03-11", False), (None, False)]
)
def test_a_line_held_if_all_of_it_had_left_by_its_day(world, shipped, held):
    assert verdict(world, sold(world, shipped=shipped)) is held


def test_a_part_of_it_is_not_all_of_it(world):
    line = sold(world, qty=3)
    world.ship(line, "2026-03-05", qty=2)
    assert verdict(world, line) is False
    world.ship(line, "2026-03-09")
    assert verdict(world, line) is True


def test_where_deliveries_are_told_it_arrives_when_it_was_delivered(world):
    soon, late, on_its_way = (sold(world) for _ in range(3))
    world.ship(soon, "2026-03-05", delivered="2026-03-09")
    world.ship(late, "2026-03-05", delivered="2026-03-12")
    world.ship(on_its_way, "2026-03-05")
    assert [verdict(world, one, "arrives") for one in (soon, late, on_its_way)] == [
        True, False, False,
    ]  # fmt: skip
    assert [verdict(world, one) for one in (soon, late, on_its_way)] == [True] * 3


def test_where_nobody_tells_of_deliveries_it_arrives_when_it_left(world):
    assert verdict(world, sold(world, shipped="2026-03-05"), "arrives") is True


def test_it_is_decided_once_it_left_or_the_day_is_over_and_not_before(world):
    left, waits = sold(world, shipped="2026-03-04"), sold(world)

    def found(day):
        now = datetime(2026, 3, day, 8, tzinfo=BERLIN)
        return [verdict(world, ref, now=now) for ref in (left, waits)]

    assert found(4) == ["open", "open"]
    assert found(5) == [True, "open"]
    assert found(11) == [True, False]


def test_of_what_was_called_off_in_time_nothing_will_be_known(world):
    assert verdict(world, sold(world, cancelled="2026-03-05")) is None
    assert verdict(world, sold(world, cancelled="2026-03-12")) is False
    assert verdict(world, "gone") is None


@pytest.mark.parametrize(("off", "held"), [("2026-03-09", True), ("2026-03-12", False)])
def test_a_rest_that_was_called_off_after_the_day_was_still_to_come_on_it(world, off, held):
    line = sold(world, qty=3, cancelled=off)
    world.ship(line, "2026-03-05", qty=2)
    assert verdict(world, line) is held
