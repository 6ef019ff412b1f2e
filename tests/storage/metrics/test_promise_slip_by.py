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


def test_that_a_promise_was_away_is_no_first_promise(tmp_path):
    world, since = World(tmp_path), NOW - timedelta(days=40)
    order = world.fact("purchaseorder", number="P1", **world.when("ordered", since))
    for days in (10, 20):
        line = world.purchase_line(order, None, promised=NOW.date(), seen=NOW - timedelta(days=50))
        world.overwrite("purchaseline", line, "promised_on", None, NOW - timedelta(days=30))
        new, seen = NOW.date() + timedelta(days=days), NOW - timedelta(days=29)
        if days == 20:
            world.overwrite("purchaseline", line, "promised_on", new, seen)
    with world.reader() as session:
        lines = columns.purchases(session, NOW)
        assert lines.first_promise(since).line.tolist().count(-1) == 1
        ledger = promises_since(session, NOW, "purchaseline", since)
        assert mean_slip(lines, since) == slips(purchase_lines(session, NOW), ledger).mean == 20


def test_where_no_promise_is_known_there_is_no_mean(tmp_path):
    with World(tmp_path).reader() as session:
        assert mean_slip(columns.purchases(session, NOW), NOW - timedelta(days=1)) is None
