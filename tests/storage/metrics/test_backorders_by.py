"""Backorders of many lines at once, by group, against those of the lines one by one."""

from datetime import timedelta

import numpy as np
import pytest

from storage.known import columns
from storage.known.rates import Rates
from storage.known.sales import sales_lines
from storage.metrics import _due, backorders
from storage.metrics._backorders_by import backlogs, lasted, lasts
from storage.metrics._due_by import Dues
from tests.commands.dialogue import NOW
from tests.storage.any_world import TODAY, Any
from tests.storage.world import World

HOME = Rates("EUR", [])


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def sides(world):
    with world.reader() as session:
        return Dues(columns.sales(session, NOW)), _due.of_sales(sales_lines(session, NOW))


def test_what_is_owed_late_by_each_customer_and_in_all_is_the_same(world):
    for seed in range(3):
        world.clear()
        Any(world, seed).fill()
        dues, each = sides(world)
        open_ = dues.only(dues.lines.is_open)
        split = open_.lines.by("customer")
        found = backlogs(open_, split.places, len(split.values), TODAY, HOME)
        groups = _due.split([one for one in each if one.is_open], "customer")
        assert set(split.values) == set(groups)
        (whole,) = backlogs(open_, np.zeros(len(open_), int), 1, TODAY, HOME)
        for one, lines in [
            (whole, each),
            *((one, groups[value]) for value, one in zip(split.values, found, strict=True)),
        ]:
            same = backorders.backorders(lines, TODAY, HOME)
            assert (one.ages, one.share, one.undated) == (same.ages, same.share, same.undated)
            assert (one.value, one.open_value) == (same.value, same.open_value)
            assert one.value_share == same.value_share


def test_how_long_they_last_is_the_same(world):
    for seed in range(3):
        world.clear()
        Any(world, seed, orders=60).fill()
        dues, each = sides(world)
        assert lasts(dues, TODAY) == backorders.lasts(each, TODAY)
        since = TODAY - timedelta(days=60)
        assert lasted(dues, since, TODAY, TODAY) == backorders.lasted(each, since, TODAY, TODAY)
