from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.known.purchases import purchase_lines
from tests.storage.world import World

DAY = timedelta(days=1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def lines(world, now=NOW, start=NOW - 365 * DAY, end=NOW):
    with world.reader() as session:
        return list(purchase_lines(session, now, start, end))


def test_a_day_is_known_once_it_is_over(world):
    world.purchase(None, None, "2026-02-01", received="2026-02-20")
    during = datetime(2026, 2, 20, 20, tzinfo=UTC)
    after = datetime(2026, 2, 20, 23, 30, tzinfo=UTC)  # past midnight in Berlin
    assert lines(world, during)[0].completed_on is None
    assert lines(world, after)[0].completed_on == date(2026, 2, 20)


def test_an_instant_is_known_after_it(world):
    at = datetime(2026, 2, 20, 10, tzinfo=UTC)
    world.purchase(None, None, "2026-02-01", received=at)
    assert lines(world, at)[0].completed_on is None
    assert lines(world, at + timedelta(seconds=1))[0].completed_on == date(2026, 2, 20)


def test_a_return_reopens_a_line(world):
    line = world.purchase(None, None, "2026-01-01", qty=5, received="2026-01-10")
    world.receive(line, "2026-01-20", qty=-2)
    assert lines(world)[0].completed_on is None
    world.receive(line, "2026-02-01", qty=2)
    assert lines(world)[0].completed_on == date(2026, 2, 1)


def called_off(world, qty, *, lost, on, received=()):
    """A line of which a part was called off, and what came of it as (day, quantity)s."""
    line = world.purchase_line(
        world.fact("purchaseorder", number="P", **world.when("ordered", "2026-01-01")), None,
        qty=qty, cancelled_qty=Decimal(lost), **world.when("cancelled", on),
    )  # fmt: skip
    for day, came in received:
        world.receive(line, day, qty=came)


def test_a_line_of_which_the_rest_was_called_off_is_complete_with_what_came(world):
    called_off(world, 10, lost=4, on="2026-02-01", received=[("2026-01-05", 2), ("2026-01-09", 4)])
    (before,) = lines(world, datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert before.is_open
    (after,) = lines(world)
    assert (after.completed_on, after.cancelled_on) == (date(2026, 1, 9), None)


def test_a_line_of_which_nothing_came_before_it_was_called_off_is_cancelled(world):
    called_off(world, 10, lost=10, on="2026-02-01")
    called_off(
        world, 10, lost=10, on="2026-02-01", received=[("2026-01-05", 6), ("2026-01-06", -6)]
    )
    for line in lines(world):
        assert (line.completed_on, line.cancelled_on) == (None, date(2026, 2, 1))


def test_a_line_that_got_less_than_was_left_to_come_is_cancelled(world):
    called_off(world, 10, lost=4, on="2026-02-01", received=[("2026-01-05", 2)])
    (line,) = lines(world)
    assert (line.completed_on, line.cancelled_on) == (None, date(2026, 2, 1))


def test_deleted_rows_and_services_are_not_there(world):
    world.purchase(None, world.item("Consulting", is_service=True), "2026-01-01")
    order = world.fact("purchaseorder", number="P", **world.when("ordered", "2026-01-01"))
    world.purchase_line(order, None, deleted_at=NOW)
    assert lines(world) == []


def test_an_order_that_was_never_sent_is_not_there(world):
    world.purchase_line(world.fact("purchaseorder", number="draft"), None)
    assert lines(world) == []


ORDERS = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60)), st.booleans()),
    max_size=8,
)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(orders=ORDERS, cut=st.integers(1, 60))
def test_facts_after_now_change_nothing_at_now(world, orders, cut):
    """The lines at an instant are those of a world in which nothing later ever happened."""
    now = datetime(2026, 1, 1, 6, tzinfo=UTC) + cut * DAY

    def build(until):
        world.clear()
        for ordered, wait, is_cancelled in orders:
            day = date(2026, 1, 1) + ordered * DAY
            end = None if wait is None else day + wait * DAY
            if day >= until:
                continue
            end = end if end and end < until else None
            world.purchase(
                None, None, day, qty=Decimal(2),
                cancelled=end if is_cancelled else None, received=None if is_cancelled else end,
            )  # fmt: skip
        return Counter(
            (one.ordered_on, one.completed_on, one.cancelled_on) for one in lines(world, now)
        )

    assert build(date(2027, 1, 1)) == build(now.date())


def test_lines_due_since_a_day_are_those_promised_asked_for_or_ordered_since(world):
    world.purchase(None, None, "2025-12-01", promised="2026-01-14")
    promised = world.purchase(None, None, "2025-12-01", promised="2026-01-15")
    ordered = world.purchase(None, None, "2026-01-15")
    with world.reader() as session:
        found = list(purchase_lines(session, NOW, due_since=date(2026, 1, 15)))
    assert {one.key[1] for one in found} == {promised, ordered}
