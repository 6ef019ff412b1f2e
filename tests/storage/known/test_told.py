from datetime import UTC, datetime

import pytest

from storage.known.told import Told, told
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def order(world, source, **days):
    more = {}
    for name in ("ordered", "acknowledged", "shipped"):
        more |= world.when(name, days.get(name, "2026-01-01" if name == "ordered" else None))
    world.fact("purchaseorder", source, number="P1", **more)


def seen(world, now=NOW):
    with world.reader() as session:
        return told(session, now)


def test_one_order_is_enough_to_know_that_a_source_tells(world):
    order(world, "odoo:erp")
    order(world, "csv:old")
    order(world, "csv:old", acknowledged="2026-01-03")
    order(world, "tryton:erp", shipped="2026-02-01")
    assert seen(world) == Told(frozenset({"csv:old"}), frozenset({"tryton:erp"}))


def test_what_happened_later_was_not_told_yet(world):
    order(world, "csv:old", acknowledged="2026-02-03", shipped="2026-02-20")
    assert seen(world, datetime(2026, 2, 10, tzinfo=UTC)) == Told(frozenset({"csv:old"}))
    assert seen(world, datetime(2026, 2, 1, tzinfo=UTC)) == Told()


def test_of_nothing_nothing_is_told(world):
    assert seen(world) == Told()
