from datetime import UTC, datetime

import numpy as np

from storage.forecasts._orders import orders_in, orders_of, seen_before
from storage.known.columns import purchases
from storage.known.purchases import purchase_lines
from tests.storage.forecasts.generated import TODAY, placed
from tests.storage.world import World

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def read(world):
    with world.reader() as session:
        return orders_of(purchase_lines(session, NOW))


def test_lines_become_columns_with_their_names(tmp_path):
    world = World(tmp_path)
    steel, bolt = world.supplier("Steel", country="SE"), world.item("Bolt", category="Parts")
    world.purchase(steel, bolt, "2025-01-02", received="2025-01-12")
    world.purchase(steel, bolt, "2025-02-01", cancelled="2025-02-05")
    world.purchase(steel, bolt, "2025-03-01")
    found = read(world)
    assert (found.end - found.start)[0] == 10
    assert (found.left - found.start)[1] == 4
    assert found.end[2] == found.left[2] == 0
    names = {one: found.names[one][code[0]] for one, code in found.codes.items()}
    assert names == {
        "supplier": f"{world.erp}/{steel}", "item": f"{world.erp}/{bolt}", "category": "Parts",
        "lane": "SE",
    }  # fmt: skip


def test_a_receipt_before_its_order_is_left_out(tmp_path):
    world = World(tmp_path)
    world.purchase(world.supplier("Steel"), world.item("Bolt"), "2025-01-12", received="2025-01-02")
    assert len(read(world)) == 0


def test_before_a_day_only_what_had_happened_is_known():
    orders = placed([TODAY - 50, TODAY - 20, TODAY - 5], [10, 40, 3], today=TODAY + 100)
    seen = seen_before(orders, TODAY - 10)
    assert seen.rows.tolist() == [0, 1]
    assert seen.days.tolist() == [10, 9]
    assert seen.ended.tolist() == [True, False]


def test_lines_of_one_order_that_end_alike_share_one_observation():
    orders = placed([TODAY - 50] * 3, [10, 10, 20], group=[7, 7, 7])
    assert seen_before(orders, TODAY).share.tolist() == [0.5, 0.5, 1.0]
    third = seen_before(orders, TODAY - 45)
    assert np.allclose(third.share, 1 / 3)  # all of it was still open


def test_an_order_of_half_a_year_ago_weighs_half():
    orders = placed([TODAY - 180, TODAY - 360], [10, 10])
    assert seen_before(orders, TODAY).weight.tolist() == [0.5, 0.25]


def told(orders):
    """What rows say, by names instead of numbers."""
    names = [np.array(orders.names[one], object)[code] for one, code in orders.codes.items()]
    alike = [sum(orders.group == group) for group in orders.group]
    return sorted(zip(orders.start, orders.end, orders.left, alike, *names, strict=True))


def test_columns_say_the_same_as_lines(tmp_path):
    world = World(tmp_path)
    steel, glass = world.supplier("Steel", country="SE"), world.supplier("Glass")
    bolt, pane = world.item("Bolt", category="Parts"), world.item("Pane")
    world.purchase(steel, bolt, "2025-01-02", received="2025-01-12")
    world.purchase(glass, pane, "2025-02-01", cancelled="2025-02-05")
    world.purchase(steel, None, "2025-03-01")
    world.purchase(steel, bolt, "2025-01-12", received="2025-01-02")
    order = world.fact("purchaseorder", number="P", **world.when("ordered", "2025-04-01"))
    for shipment in ("A", "B", "B"):
        line = world.purchase_line(order, pane, shipment_ref=shipment)
        world.receive(line, "2025-04-20")
    with world.reader() as session:
        columns, lines = orders_in(purchases(session, NOW)), orders_of(purchase_lines(session, NOW))
    assert len(columns) == 5  # two of a shipment are one observation, and alike
    assert told(columns) == told(lines)


def test_a_store_without_purchases_has_no_rows(tmp_path):
    with World(tmp_path).reader() as session:
        assert len(orders_in(purchases(session, NOW))) == 0
