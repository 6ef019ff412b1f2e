from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from storage.forecasts._item_days import Shelf, levels, stocked_on
from storage.known import columns
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def shelf(days, there, since=0):
    return Shelf(np.array(days), np.array(there), since)


def test_a_line_is_served_once_enough_lies_there():
    assert shelf([1, 5, 9], [0, 3, 10]).take(ordered=1, over=0, qty=3) == 5
    assert shelf([1, 5, 9], [0, 3, 10]).take(ordered=6, over=0, qty=3) == 9
    assert shelf([1, 5, 9], [0, 3, 10]).take(ordered=1, over=0, qty=11) == 0


def test_who_came_before_has_its_goods_kept_until_they_are_sent():
    one = shelf([1, 2, 6, 9], [4, 4, 4, 4])
    assert one.take(ordered=1, over=6, qty=4) == 1
    assert one.take(ordered=2, over=0, qty=4) == 9


def test_stock_of_before_it_was_known_tells_nothing():
    assert shelf([1, 5], [9, 9], since=3).take(ordered=1, over=0, qty=1) == 0


def test_levels_are_found_back_from_now_with_what_came_on_a_day():
    days, there = levels({3}, {1: 10, 5: 2}, {5: -4}, last=8)
    assert days.tolist() == [1, 3, 5]
    assert there.tolist() == [10, 10, 12]  # what left on day 5 was there on it


def test_lines_of_a_store_find_when_there_was_enough_for_them(tmp_path):
    world = World(tmp_path)
    world.places("HQ")
    desk, rare = world.item("Desk"), world.item("Rare")
    world.level(desk, 0, site="HQ/stock")
    world.move(desk, "production", "HQ/stock", "2026-01-02")  # from here on moves are known
    world.move(desk, "HQ/stock", "customer", "2026-01-03")
    world.move(desk, "production", "HQ/stock", "2026-02-01", qty=5)
    world.move(desk, "HQ/stock", "customer", "2026-02-03", qty=5)
    world.move(desk, "production", "HQ/stock", "2026-02-10", qty=2)
    acme = world.customer("Acme")
    for item, ordered, qty, shipped in (
        (desk, "2026-01-20", 5, "2026-02-03"), (desk, "2026-01-25", 2, None),
        (rare, "2026-01-25", 2, None),
    ):  # fmt: skip
        world.sale(acme, ordered, item=item, qty=qty, shipped=shipped)
    with world.reader() as session:
        lines = columns.sales(session, NOW)
        order = np.argsort(lines["id"])
        sent = lines["ended_on"].astype(np.int64)
        found = stocked_on(session, NOW, ZONE, lines, sent)[order]
    days = [datetime.fromordinal(day).strftime("%m-%d") if day else "" for day in found.tolist()]
    assert days == ["02-01", "02-10", ""]


def test_what_was_kept_for_a_line_that_was_called_off_is_free_again(tmp_path):
    world = World(tmp_path)
    world.places("HQ")
    desk, acme = world.item("Desk"), world.customer("Acme")
    world.level(desk, 5, site="HQ/stock")
    world.move(desk, "production", "HQ/stock", "2026-01-02", qty=5)
    world.sale(acme, "2026-01-10", item=desk, qty=5, cancelled="2026-01-20")
    world.sale(acme, "2026-02-10", item=desk, qty=5)
    with world.reader() as session:
        lines = columns.sales(session, NOW)
        found = stocked_on(session, NOW, ZONE, lines, np.zeros(2, np.int64))
    assert sorted(found.tolist()) == [date(2026, 1, 10).toordinal(), date(2026, 2, 10).toordinal()]


def test_a_store_without_lines_has_none_stocked(tmp_path):
    with World(tmp_path).reader() as session:
        lines = columns.sales(session, NOW)
        assert len(stocked_on(session, NOW, ZONE, lines, np.zeros(0, np.int64))) == 0
