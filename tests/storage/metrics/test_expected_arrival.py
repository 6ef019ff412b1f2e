import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from storage.known.chain import chain
from storage.known.making import make_orders
from storage.known.purchases import purchase_lines
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import Node, trace
from storage.metrics.expected_arrival import Forecast, LeadTimes, lateness, production_days
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


def day(ago):
    return TODAY - timedelta(days=ago)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def arrivals(world):
    with world.reader() as session:
        known = chain(session, NOW)
        times = LeadTimes(purchase_lines(session, NOW), TODAY)
        takes = production_days(make_orders(session, NOW), TODAY)
    return Arrivals(known, trace(known), times, takes)


def history(world, supplier, item, *, median=20, sigma=0.3, every=1):
    """An order every day for a year; what has not come yet is left out."""
    rng = random.Random(5)
    for ago in range(1, 365, every):
        takes = round(median * math.exp(rng.gauss(0, sigma)))
        if takes < ago:
            world.purchase(supplier, item, day(ago), received=day(ago - takes))


def test_half_are_there_by_the_median_and_age_counts(world):
    steel, coil = world.supplier("Steel"), world.item("Coil")
    history(world, steel, coil)
    fresh = world.purchase(steel, coil, day(1))
    old = world.purchase(steel, coil, day(25))
    found = arrivals(world)
    new, aged = (found.forecast(Node("purchaseline", (world.erp, ref))) for ref in (fresh, old))
    assert 17 <= (new.by(0.5) - TODAY).days <= 23
    assert 1 <= (aged.by(0.5) - TODAY).days <= 9
    assert aged.by(0.8) < new.by(0.8)


def test_the_chance_to_come_later_is_a_share_of_the_draws(world):
    forecast = Forecast(tuple(range(1, 101)), TODAY)
    assert forecast.by(0.5) == TODAY + timedelta(days=50)
    assert forecast.after(TODAY + timedelta(days=80)) == 0.20
    assert Forecast((100_000,) * 10, TODAY).by(0.5) is None


def test_the_last_of_several_is_the_one_of_which_8_in_10_are_there_last():
    soon = Forecast((*[5] * 198, 100_000, 100_000), TODAY)
    later = Forecast((*[90] * 199, 100_000), TODAY)
    assert lateness(soon) < lateness(later) < lateness(None)
    assert lateness(Forecast((100_000,) * 200, TODAY)) < lateness(None)


def test_an_order_older_than_any_that_ever_came_is_later_than_can_be_told(world):
    steel, coil = world.supplier("Steel"), world.item("Coil")
    history(world, steel, coil)
    lost = world.purchase(steel, coil, day(300))
    forecast = arrivals(world).forecast(Node("purchaseline", (world.erp, lost)))
    assert forecast.by(0.5) is None
    assert forecast.after(TODAY + timedelta(days=500)) == 1


@pytest.mark.slow
def test_the_same_question_has_the_same_answer(world):
    steel, coil = world.supplier("Steel"), world.item("Coil")
    history(world, steel, coil)
    ref = world.purchase(steel, coil, day(3))
    node = Node("purchaseline", (world.erp, ref))
    assert arrivals(world).forecast(node) == arrivals(world).forecast(node)


def test_days_of_production_are_of_the_last_year_and_of_an_item_with_enough(world):
    desk, chair = world.item("Desk"), world.item("Chair")
    for ago in range(10, 30):
        world.make(desk, started=day(ago), released=day(ago), finished=day(ago - 4))
    world.make(chair, started=day(20), released=day(20), finished=day(11))
    world.make(chair, started=day(600), released=day(600), finished=day(500))
    with world.reader() as session:
        found = production_days(make_orders(session, NOW), TODAY)
    assert set(found) == {None, (world.erp, desk)}
    assert found[world.erp, desk] == [4] * 20
    assert sorted(found[None]) == [4] * 20 + [9]
