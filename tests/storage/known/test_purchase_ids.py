from datetime import date

import pytest

from storage.known.purchase_ids import ids_of, ids_ordered_on
from storage.known.purchases import purchase_lines
from tests.storage.known.test_purchases import NOW
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def refs(session, ids):
    return sorted(line.key[1] for line in purchase_lines(session, NOW, ids=ids))


def test_lines_are_found_by_their_keys(world):
    first, _, third = (world.purchase(None, None, f"2026-01-0{day}") for day in (1, 2, 3))
    wanted = [(world.erp, first), (world.erp, third), (world.erp, "none"), ("odoo:other", first)]
    with world.reader() as session:
        assert refs(session, ids_of(session, wanted)) == sorted([first, third])
        assert ids_of(session, []) == []


def test_lines_are_found_by_the_local_day_they_were_ordered_on(world):
    mine = world.purchase(None, None, "2026-01-05")
    late = world.purchase(None, None, "2026-01-09")
    world.purchase(None, None, "2026-01-04")
    world.purchase(None, None, "2026-01-06")
    with world.reader() as session:
        days = [date(2026, 1, 5), date(2026, 1, 9)]
        assert refs(session, ids_ordered_on(session, days)) == sorted([mine, late])
        assert ids_ordered_on(session, []) == []
