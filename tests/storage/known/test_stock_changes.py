from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from storage.known.stock_changes import changes
from tests.storage.world import BERLIN, World

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
SINCE = date(2026, 3, 1)
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.places("North", "South")
    return world


def known(world, now=NOW, since=SINCE):
    with world.reader() as session:
        found = list(changes(session, now, since, BERLIN))
    found.sort(key=lambda one: (one.on, one.site and one.site[1], one.qty))
    return [(one.site and one.site[1], one.on.isoformat(), one.qty, one.use) for one in found]


def test_each_end_of_a_move_that_is_at_a_site_changes_that_site(world):
    bolt = world.item("Bolt")
    world.move(bolt, "supplier", "North/stock", "2026-03-02", qty=10)
    world.move(bolt, "North/stock", "South/stock", "2026-03-03", qty=4)
    world.move(bolt, "North/stock", "transit", "2026-03-04", qty=2)
    world.move(bolt, "South/stock", "customer", "2026-03-05", qty=3)
    world.move(bolt, "South/stock", "inventory", "2026-03-06", qty=1)
    world.move(bolt, "North/stock", "North", "2026-03-07", qty=1)
    world.move(bolt, "North/stock", None, "2026-03-08", qty=1)
    assert known(world) == [
        ("North", "2026-03-02", 10, "supplier"),
        ("North", "2026-03-03", -4, "site"),
        ("South", "2026-03-03", 4, "site"),
        ("North", "2026-03-04", -2, "site"),
        ("South", "2026-03-05", -3, "customer"),
        ("South", "2026-03-06", -1, "inventory"),
        ("North", "2026-03-08", -1, None),
    ]


def test_moves_of_a_day_are_one_change_with_the_sign_of_the_quantity(world):
    bolt = world.item("Bolt")
    for qty, value in ((2, 10), (3, 15)):
        world.move(bolt, "North/stock", "customer", "2026-03-02", qty=qty, value=value)
    world.move(bolt, "supplier", "North/stock", "2026-03-02", qty=1, value=5)
    world.move(bolt, "supplier", "South/stock", "2026-03-02", qty=1, value=5)
    world.move(bolt, "supplier", "South/stock", "2026-03-02", qty=1)
    with world.reader() as session:
        found = list(changes(session, NOW, SINCE, BERLIN))
    assert sorted((one.qty, one.value) for one in found if one.site[1] == "North") == [
        (-5, -25), (1, 5),
    ]  # fmt: skip
    assert [one.value for one in found if one.site[1] == "South"] == [None]


def test_the_day_is_the_local_one_also_where_the_clocks_change(world):
    bolt = world.item("Bolt")
    # clocks go forward in Berlin at 01:00 UTC on 29 March
    for at in (
        datetime(2026, 3, 28, 22, 59, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 1, tzinfo=UTC),
        datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 22, 1, tzinfo=UTC),
    ):
        world.move(bolt, "supplier", "North/stock", at)  # fmt: skip
    assert [(on, qty) for _, on, qty, _ in known(world)] == [
        ("2026-03-28", 1), ("2026-03-29", 2), ("2026-03-30", 1),
    ]  # fmt: skip


def test_what_is_not_known_yet_deleted_or_before_is_not_there(world):
    bolt = world.item("Bolt")
    world.move(bolt, "supplier", "North/stock", NOW)
    world.move(bolt, "supplier", "North/stock", "2026-02-28")
    world.fact("stockmove", item_ref=bolt, to_ref="North/stock", qty=Decimal(1), deleted_at=NOW,
               **world.when("moved", "2026-03-05"))  # fmt: skip
    assert known(world) == []


def test_without_moves_levels_differ_on_the_day_of_the_later_one(world):
    bolt = world.item("Bolt")
    for days, qty in ((60, 5), (20, 8), (10, 3)):
        world.level(bolt, qty, site="North/stock", as_of=NOW - days * DAY)
    assert known(world) == [
        ("North", "2026-03-31", 3, None),
        ("North", "2026-04-10", -5, None),
    ]
