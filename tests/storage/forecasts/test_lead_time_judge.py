"""What was told of purchases is held against what came of them, in time and for certain only."""

from datetime import date, datetime, timedelta

import pytest

from storage.forecasts._lead_time_judge import COMPANY, judged
from storage.forecasts._statement import Issued
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World

BY = date(2026, 3, 10)
ON = date(2026, 3, 1)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def told(subject, number=1, *, by=BY, on=ON):
    at = datetime(on.year, on.month, on.day, 9, tzinfo=BERLIN)
    return Issued("lead-time", subject, "arrives", 0.8, by, id=number, version=1, issued_at=at,
                  issued_on=on)  # fmt: skip


def line(world, ref):
    return told(f"purchaseline:{world.erp}/{ref}")


def verdict(world, one, now=NOW):
    with world.reader() as session:
        found = judged(session, [one], now, BERLIN)
    return found.get(one.id, "open")


@pytest.mark.parametrize(
    ("received", "held"),
    [("2026-03-09", True), ("2026-03-10", True), ("2026-03-11", False), (None, False)],
)
def test_a_line_held_if_it_came_by_its_day(world, received, held):
    ref = world.purchase(None, None, "2026-02-01", received=received)
    assert verdict(world, line(world, ref)) is held


def test_it_is_decided_once_it_came_or_the_day_is_over_and_not_before(world):
    came = world.purchase(None, None, "2026-02-01", received="2026-03-04")
    waits = world.purchase(None, None, "2026-02-01")

    def found(day):
        now = datetime(2026, 3, day, 8, tzinfo=BERLIN)
        return [verdict(world, line(world, ref), now) for ref in (came, waits)]

    assert found(4) == ["open", "open"]  # of a day alone it is known when the day is over
    assert found(5) == [True, "open"]
    assert found(10) == [True, "open"]
    assert found(11) == [True, False]


def test_of_what_was_called_off_in_time_nothing_will_be_known(world):
    order = world.fact("purchaseorder", number="P", **world.when("ordered", "2026-02-01"),
                       **world.when("cancelled", "2026-03-08"))  # fmt: skip
    late = world.fact("purchaseorder", number="Q", **world.when("ordered", "2026-02-01"),
                      **world.when("cancelled", "2026-03-15"))  # fmt: skip
    assert verdict(world, line(world, world.purchase_line(order, None))) is None
    assert verdict(world, line(world, world.purchase_line(late, None))) is False


def test_of_what_is_gone_nothing_will_be_known(world):
    assert verdict(world, line(world, "never")) is None
    assert verdict(world, line(world, "never"), NOW - timedelta(days=15)) == "open"


def test_an_order_of_that_day_is_the_first_that_was_placed_then(world):
    steel, wood, bolt = world.supplier("Steel"), world.supplier("Wood"), world.item("Bolt")
    world.purchase(wood, None, "2026-02-28", received="2026-03-01")
    early, late = (datetime(2026, 3, 1, hour, tzinfo=BERLIN) for hour in (8, 16))
    world.purchase(steel, None, late, received="2026-03-20")
    world.purchase(steel, bolt, early, received="2026-03-05")
    world.purchase(wood, None, late)
    subjects = {
        f"supplier:{world.erp}/{steel}": True, f"item:{world.erp}/{bolt}": True, COMPANY: True,
        f"supplier:{world.erp}/{wood}": False,
    }  # fmt: skip
    assert {one: verdict(world, told(one)) for one in subjects} == subjects


def test_where_nothing_was_ordered_that_day_nothing_will_be_known(world):
    steel = world.supplier("Steel")
    world.purchase(steel, None, "2026-03-02", received="2026-03-04")
    assert verdict(world, told(f"supplier:{world.erp}/{steel}")) is None


def test_many_are_judged_at_once(world):
    refs = [world.purchase(None, None, "2026-02-01", received=f"2026-03-{day}") for day in (10, 15)]
    every = [told(f"purchaseline:{world.erp}/{ref}", at) for at, ref in enumerate(refs)]
    with world.reader() as session:
        assert judged(session, [*every, told(COMPANY, 7)], NOW, BERLIN) == {
            0: True, 1: False, 7: None,
        }  # fmt: skip
        assert judged(session, [], NOW, BERLIN) == {}
