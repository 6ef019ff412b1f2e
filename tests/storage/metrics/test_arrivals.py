from dataclasses import replace

import numpy as np
import pytest

from storage.forecasts._calibration import EVEN
from storage.forecasts._drawn import DRAWS
from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import knots_from
from storage.forecasts._order_eta_fit import Stages
from storage.forecasts._picking import AFTER, AHEAD, Picking
from storage.known.chain import chain
from storage.known.purchases import purchase_lines
from storage.metrics._arrivals import Arrivals, lane_of
from storage.metrics._trace import Node, trace
from storage.metrics.expected_arrival import LeadTimes
from tests.storage.metrics.test_expected_arrival import NOW, TODAY, arrivals, day, history
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.slow
def test_production_waits_for_its_last_component_and_then_takes_its_days(world):
    slow, fast = world.supplier("Slow"), world.supplier("Fast")
    coil, bolt, desk = world.item("Coil"), world.item("Bolt"), world.item("Desk")
    history(world, slow, coil, median=40, sigma=0.01)
    history(world, fast, bolt, median=5, sigma=0.01)
    for ago in range(20, 80):
        world.make(desk, started=day(ago), released=day(ago), finished=day(ago - 3))
    world.bom(desk, coil)
    world.bom(desk, bolt)
    world.purchase(slow, coil, day(10), qty=5)
    world.purchase(fast, bolt, day(1), qty=5)
    world.make(desk, qty=5, released=day(1))
    sale = world.sale(world.customer("Acme"), day(1), item=desk, qty=5)
    forecast = arrivals(world).forecast(Node("salesline", (world.erp, sale)))
    assert 32 <= (forecast.by(0.5) - TODAY).days <= 34
    assert len(forecast.draws) == DRAWS


def test_from_stock_is_now_and_what_cannot_be_traced_is_not_told(world):
    desk, rare, acme = world.item("Desk"), world.item("Rare"), world.customer("Acme")
    world.level(desk, 5)
    stocked = world.sale(acme, day(1), item=desk, qty=5)
    lost = world.sale(acme, day(1), item=rare, qty=5)
    found = arrivals(world)
    assert found.forecast(Node("salesline", (world.erp, stocked))).by(0.9) == TODAY
    assert found.forecast(Node("salesline", (world.erp, lost))) is None


def test_what_nobody_says_the_needs_of_is_not_taken_for_ready(world):
    acme, desk = world.customer("Acme"), world.item("Desk")
    without_item = world.sale(acme, day(1))
    world.make(desk, qty=1, released=day(1))
    unbilled = world.sale(acme, day(1), item=desk)
    found = arrivals(world)
    for sale in (without_item, unbilled):
        assert found.forecast(Node("salesline", (world.erp, sale))) is None


def always(days, dimension="site"):
    """A stage that takes so many days everywhere."""
    return Fitted((dimension,), ((),), np.array([100.0]), knots_from([((days,), (0.0,))]), None)


def leaving(day_of_promise, days):
    """All leave on a day before the promise, or so many days after they came."""
    early, late = np.zeros(AHEAD + AFTER), np.zeros(AFTER)
    early[AHEAD - day_of_promise :] = 1.0
    late[days:] = 1.0
    return Picking(early, late, 100)


STAGES = Stages(
    always(2), always(4, "item"), always(3, "lane"), leaving(1, 1), together=False
)  # fmt: skip


def told(world, stages, *sales):
    """The days, from today, by which half of each sales line are there."""
    with world.reader() as session:
        known = chain(session, NOW)
        times = LeadTimes(purchase_lines(session, NOW), TODAY)
        found = Arrivals(known, trace(known), times, {}, stages)
    forecasts = [found.forecast(Node("salesline", (world.erp, one))) for one in sales]
    return [one and (one.by(0.5) - TODAY).days for one in forecasts]


def test_a_purchase_is_put_away_made_picked_and_carried(world):
    steel, coil, desk = world.supplier("Steel"), world.item("Coil"), world.item("Desk")
    history(world, steel, coil, median=10, sigma=0.01)
    world.bom(desk, coil)
    world.purchase(steel, coil, day(4), qty=5)
    world.make(desk, qty=5, released=day(1))
    sale = world.sale(world.customer("Acme"), day(1), item=desk, qty=5)
    # 6 days to come, 2 put away, 4 made, 1 picked, 3 carried
    assert told(world, STAGES, sale) == [16]
    assert told(world, replace(STAGES, docked=None, carried=None), sale) == [11]


def test_what_lies_in_stock_only_is_picked_and_carried(world):
    acme, desk = world.customer("Acme"), world.item("Desk")
    world.level(desk, 9)
    soon = world.sale(acme, day(1), item=desk, qty=1)
    promised = world.sale(acme, day(1), item=desk, qty=1, promised=day(-8))
    # that it leaves a day after it came is all that is known: half of such leave today
    assert told(world, STAGES, soon, promised) == [3, 7 + 3]


def test_a_line_of_which_part_comes_from_stock_waits_for_the_rest(world):
    steel, desk = world.supplier("Steel"), world.item("Desk")
    history(world, steel, desk, median=10, sigma=0.01)
    world.level(desk, 2)
    world.purchase(steel, desk, day(4), qty=5)
    sale = world.sale(world.customer("Acme"), day(1), item=desk, qty=5)
    assert told(world, STAGES, sale) == [6 + 2 + 1 + 3]


def test_lines_that_wait_for_one_purchase_have_the_same_draws(world):
    steel, desk, acme = world.supplier("Steel"), world.item("Desk"), world.customer("Acme")
    history(world, steel, desk)
    world.purchase(steel, desk, day(2), qty=5)
    world.purchase(steel, desk, day(1), qty=5)
    sales = [world.sale(acme, day(1), item=desk, qty=qty, promised=day(-due))
             for due, qty in ((1, 2), (2, 3), (3, 5))]  # fmt: skip
    first, second, other = arrivals(world).draws(
        [Node("salesline", (world.erp, one)) for one in sales]
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.5


def test_many_asked_at_once_are_told_what_each_is_told_alone(world):
    steel, desk, acme = world.supplier("Steel"), world.item("Desk"), world.customer("Acme")
    history(world, steel, desk)
    for ago in (1, 5, 9):
        world.purchase(steel, desk, day(ago), qty=2)
    nodes = [Node("salesline", (world.erp, world.sale(acme, day(1), item=desk, qty=1)))
             for _ in range(7)]  # fmt: skip
    at_once, alone = arrivals(world), arrivals(world)
    at_once.tell(nodes)
    assert [at_once.forecast(one) for one in nodes] == [alone.forecast(one) for one in nodes]


def test_lines_of_an_order_wait_for_each_other_where_orders_leave_whole(world):
    steel, desk, lamp = world.supplier("Steel"), world.item("Desk"), world.item("Lamp")
    history(world, steel, desk, median=10, sigma=0.01)
    world.level(lamp, 5)
    world.purchase(steel, desk, day(4), qty=5)
    order = world.fact("salesorder", number="S", customer_ref=world.customer("Acme"),
                       **world.when("ordered", day(1)))  # fmt: skip
    lines = [world.sales_line(order, item=item, qty=1) for item in (desk, lamp, world.item("X"))]
    assert told(world, STAGES, *lines)[:2] == [12, 3]
    # what can't be traced is not waited for: nobody knows when it comes
    assert told(world, replace(STAGES, together=True), *lines) == [12, 12, None]


def test_what_needs_itself_can_not_be_told(world):
    pulp, mash = world.item("Pulp"), world.item("Mash")
    for made, of in ((pulp, mash), (mash, pulp)):
        world.bom(made, of)
        world.make(made, qty=1, released=day(1))
    sale = world.sale(world.customer("Acme"), day(1), item=pulp, qty=1)
    assert told(world, STAGES, sale) == [None]


def test_orders_are_read_by_what_chances_came_to(world):
    steel, desk = world.supplier("Steel"), world.item("Desk")
    history(world, steel, desk)
    world.purchase(steel, desk, day(2), qty=5)
    sale = world.sale(world.customer("Acme"), day(1), item=desk, qty=5)
    later = replace(STAGES, came=np.interp(EVEN, (0, 0.8, 1), (0, 0.5, 1)))
    assert told(world, later, sale)[0] > told(world, STAGES, sale)[0]


def test_a_lane_is_named_as_columns_name_it(world):
    north = world.site("North")
    line = world.sale(world.customer("Acme", country="DE"), day(1), item=world.item("Desk"))
    world.overwrite("salesline", line, "location_ref", north, NOW)
    with world.reader() as session:
        (sale,) = chain(session, NOW).sales.values()
    assert lane_of(sale) == "DE → North"
