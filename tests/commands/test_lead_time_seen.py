"""What a question about lead times sees against the lines one by one."""

import pytest

from commands import Ask, Grant
from commands._grammar import named_by, read
from commands._lead_time_seen import bought, first_of
from storage.known.purchases import purchase_lines
from storage.metrics import lead_time
from storage.metrics._durations import working_days
from storage.metrics._durations_by import working_days as many_working_days
from tests.commands.dialogue import BERLIN, NOW
from tests.storage.any_world import TODAY, Any
from tests.storage.world import World

ASK = Ask("", NOW, BERLIN, Grant.everything())
KINDS = ("supplier", "item")


def asked(session, words):
    by = lead_time.METRIC.dimensions
    query = read(session, ASK, words.split(), command="lead-time", kinds=KINDS, by=by)
    lines = [
        line
        for line in purchase_lines(session, NOW, first_of(ASK, query), NOW, zone=BERLIN)
        if named_by(query, "supplier", line.supplier) and named_by(query, "item", line.item)
        and query.site in (None, line.site)
    ]  # fmt: skip
    return bought(session, ASK, query), lines


@pytest.mark.parametrize("words", ["", "party 1", "item 2", "in main site"])
def test_how_long_they_take_now_and_took_before_is_that_of_the_lines(tmp_path, words):
    world = World(tmp_path)
    Any(world, 21, orders=150).fill()
    with world.reader() as session:
        seen, lines = asked(session, words)
    (found,) = seen.figures(seen.spans())
    assert found == lead_time.now(lines, TODAY)
    (working,) = seen.figures(seen.spans(), many_working_days)
    assert working == lead_time.now(lines, TODAY, working_days)
    assert seen.before(seen.spans(), found.since) == lead_time.course(lines, [found.since])


def test_of_a_named_window_it_is_that_of_the_orders_placed_in_it(tmp_path):
    world = World(tmp_path)
    Any(world, 22, orders=150).fill()
    with world.reader() as session:
        seen, lines = asked(session, "last 200 days")
    window = seen.query.window
    split = seen.every.by("supplier")
    groups = lead_time.split(lines, "supplier")
    for value, one in zip(split.values, seen.figures(seen.spans(split)), strict=True):
        placed = [line for line in groups[value]
                  if window.start <= line.ordered_at < window.end]  # fmt: skip
        assert (one.n, one.open, one.median, one.p90) == (
            (same := lead_time.placed(placed, TODAY)).n, same.open, same.median, same.p90,
        )  # fmt: skip
