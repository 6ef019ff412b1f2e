"""The mean slip of many lines at once against that of the lines one by one."""

from datetime import timedelta

from storage.known import columns
from storage.known.orders import promises_since
from storage.known.purchases import purchase_lines
from storage.metrics._promise_slip_by import mean_slip
from storage.metrics.promise_slip import slips
from tests.commands.dialogue import NOW
from tests.storage.any_world import Any
from tests.storage.world import World


def test_the_mean_is_that_of_the_lines_one_by_one_now_and_on_an_earlier_day(tmp_path):
    world, known = World(tmp_path), 0
    for seed in range(3):
        world.clear()
        Any(world, seed).fill()
        for now in (NOW, NOW - timedelta(days=60)):
            since = now - timedelta(days=300)
            with world.reader() as session:
                found = mean_slip(columns.purchases(session, now, since, now), since)
                ledger = promises_since(session, now, "purchaseline", since)
                lines = list(purchase_lines(session, now, since, now))
            same = slips(lines, ledger)
            assert found == same.mean
            known += same.n
    assert known > 100


def test_where_no_promise_is_known_there_is_no_mean(tmp_path):
    with World(tmp_path).reader() as session:
        assert mean_slip(columns.purchases(session, NOW), NOW - timedelta(days=1)) is None
