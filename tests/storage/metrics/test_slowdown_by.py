"""Who slowed down, of many groups at once, against each of them."""

from storage.known import columns as known
from storage.known.purchases import purchase_lines
from storage.metrics import slowdown
from storage.metrics._slowdown_by import paces, paces_of_orders
from storage.metrics.lead_time import columns, split
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import TODAY, Any, ago
from tests.storage.world import World


def test_every_pace_and_its_test_are_those_of_the_lines_one_by_one(tmp_path):
    world, tested = World(tmp_path), 0
    for seed in range(2):
        world.clear()
        Any(world, seed, orders=250, longest=600).fill()
        with world.reader() as session:
            lines = known.purchases(session, NOW, zone=BERLIN)
            each = split(purchase_lines(session, NOW, zone=BERLIN), "supplier")
        by = lines.by("supplier")
        found = paces(columns(lines, by), TODAY.toordinal())
        same = [slowdown.pace(each[value], TODAY) for value in by.values]
        assert found == same
        tested += sum(one.test is not None for one in same)
    assert tested > 2


def test_so_are_those_of_orders_placed_in_two_windows(tmp_path):
    world = World(tmp_path)
    Any(world, 5, orders=250).fill()
    with world.reader() as session:
        lines = known.purchases(session, NOW)
        each = split(purchase_lines(session, NOW), "supplier")
    by = lines.by("supplier")
    spans, middle = columns(lines, by), ago(200).toordinal()
    found = paces_of_orders(
        spans.only(spans.start >= middle), spans.only(spans.start < middle), TODAY.toordinal()
    )
    assert found == [
        slowdown.pace_of_orders(
            [one for one in each[value] if one.ordered_on >= ago(200)],
            [one for one in each[value] if one.ordered_on < ago(200)],
            TODAY,
        )
        for value in by.values
    ]
