"""Verdicts on many deliveries at once against those on each."""

from datetime import timedelta

import numpy as np
import pytest

from storage.known import columns
from storage.known.purchases import purchase_lines
from storage.known.sales import sales_lines
from storage.metrics import _due
from storage.metrics._due_by import Dues, months, per_group
from storage.metrics.otif import holds, in_full, on_time
from storage.models._types import QTY_SCALE
from tests.commands.dialogue import NOW
from tests.storage.any_world import TODAY, Any, ordinal
from tests.storage.world import World

SIDES = [
    (columns.purchases, lambda *known: _due.of_purchases(purchase_lines(*known))),
    (columns.sales, lambda *known: _due.of_sales(sales_lines(*known))),
]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def everyone(world, many, one_by_one):
    with world.reader() as session:
        dues = Dues(many(session, NOW))
        return dues, sorted(one_by_one(session, NOW), key=lambda one: int(one.key[1].split("-")[1]))


@pytest.mark.parametrize(("many", "one_by_one"), SIDES)
def test_days_what_is_owed_and_every_verdict_are_those_of_the_lines_one_by_one(
    world, many, one_by_one
):
    for seed in range(4):
        world.clear()
        Any(world, seed).fill()
        dues, each = everyone(world, many, one_by_one)
        order = np.argsort(dues.lines["id"])
        assert dues.day[order].tolist() == [ordinal(one.day()) for one in each]
        assert dues.owed[order].tolist() == [int(one.owed * QTY_SCALE) for one in each]
        dated = [place for place, one in enumerate(each) if one.day()]
        for found, of in ((dues.is_on_time, on_time()), (dues.is_in_full, in_full()),
                          (dues.is_on_time & dues.is_in_full, holds())):  # fmt: skip
            assert found[order][dated].tolist() == [of(each[place]) for place in dated], seed


@pytest.mark.parametrize(("many", "one_by_one"), SIDES)
def test_what_was_due_in_a_window_is_the_same(world, many, one_by_one):
    Any(world, 7).fill()
    dues, each = everyone(world, many, one_by_one)
    for days in (30, 90, 400):
        since = TODAY - timedelta(days=days)
        found = _due.due_in(each, since, TODAY, TODAY).lines
        is_due = dues.is_due_in(since.toordinal(), TODAY.toordinal(), TODAY.toordinal())
        assert is_due.sum() == len(found) > 0
        due = dues.only(is_due)
        whole = per_group(due.is_in_full, np.zeros(len(due), int), 1)
        assert whole == [_due.per_line(found, in_full())]


def test_months_are_called_by_their_names():
    places, names = months(np.array([ordinal(TODAY), ordinal(TODAY) - 40, ordinal(TODAY) - 1]))
    assert [names[at] for at in places] == ["Mar 2026", "Feb 2026", "Mar 2026"]
