from datetime import timedelta
from decimal import Decimal

import pytest

from storage.bulk import check, shape, write
from storage.known._remembered import MOST_KEYS, remembered
from storage.known.stock_changes import changes
from storage.known.uses import moved_days
from storage.models._types import instant_to_int
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.world import World


class Reads:
    """Counts how often something was read."""

    def __init__(self, found=("a",)):
        self.count, self.found = 0, list(found)

    def __call__(self):
        self.count += 1
        return self.found


def ask(world, read, key="k"):
    with world.reader() as session:
        return remembered(session, "thing", key, read)


def test_it_is_read_once_while_the_store_stays_the_same(tmp_path):
    world, read = World(tmp_path), Reads()
    assert [ask(world, read) for _ in range(3)] == [["a"]] * 3
    assert read.count == 1
    ask(world, read, "another")
    assert read.count == 2


def test_it_is_read_anew_when_a_page_changed_the_store(tmp_path):
    world, read = World(tmp_path), Reads()
    ask(world, read)
    world.item("Bolt")
    ask(world, read)
    assert read.count == 2


@pytest.mark.parametrize(("table", "row"), [
    ("stockmove", {"item_ref": "bolt", "moved_at": NOW, "moved_on": NOW.date(), "qty": Decimal(1)}),
    ("stocklevel", {"item_ref": "bolt", "as_of": NOW, "on_hand": Decimal(1)}),
])  # fmt: skip
def test_a_page_of_stock_alone_changes_it_as_well(store, table, row):
    read, made = Reads(), shape(table)

    def asked():
        with store.reader() as session:
            remembered(session, "thing", "k", read)
        return read.count

    assert [asked(), asked()] == [1, 1]
    with store.bulk() as connection:
        page = [check({"source_id": "1", **row}, made)]
        write(connection, store, "erp", made, page, instant_to_int(NOW))
    assert [asked(), asked()] == [2, 2]


def test_only_so_many_keys_and_rows_are_kept(tmp_path):
    world, read = World(tmp_path), Reads()
    for key in range(MOST_KEYS + 1):
        ask(world, read, key)
    ask(world, read, MOST_KEYS)
    assert read.count == MOST_KEYS + 1
    ask(world, read, 0)
    assert read.count == MOST_KEYS + 2
    many = Reads(range(100_001))
    ask(world, many, "many")
    ask(world, many, "many")
    assert many.count == 2


def test_the_rows_of_all_keys_together_are_bounded(tmp_path):
    world, half = World(tmp_path), Reads(range(40_000))
    for key in "abc":
        ask(world, half, key)
    ask(world, half, "b")
    ask(world, half, "c")
    assert half.count == 3
    ask(world, half, "a")
    assert half.count == 4


def test_moves_are_those_known_at_each_instant(tmp_path):
    world = World(tmp_path)
    world.places("North")
    bolt = world.item("Bolt")
    for hours in (1, 5, 30):
        moved = NOW - timedelta(hours=hours)
        world.move(bolt, "supplier", "North/stock", moved, qty=hours)

    def known(now):
        with world.reader() as session:
            days = moved_days(session, now)
            found = [
                int(one.qty) for one in changes(session, now, NOW.date() - timedelta(9), BERLIN)
            ]
            return sorted(found), [last for _, last in days.values()]

    today = NOW.date()
    for _ in range(2):
        assert known(NOW) == ([1 + 5, 30], [today])
        assert known(NOW - timedelta(hours=2)) == ([5, 30], [today])
        assert known(NOW - timedelta(hours=9)) == ([30], [today - timedelta(1)])
    world.move(bolt, "supplier", "North/stock", NOW - timedelta(hours=3), qty=3)
    assert known(NOW)[0] == [1 + 3 + 5, 30]
