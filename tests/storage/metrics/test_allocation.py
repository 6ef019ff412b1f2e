"""Who gets what comes: promises first, and every order of serving as the judge."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.known import Named
from storage.known.chain import chain
from storage.known.purchases import purchase_lines
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import Node, trace
from storage.metrics.allocation import Coming, Waiting, first_come, proposed, supplies
from storage.metrics.expected_arrival import LeadTimes
from tests.storage.metrics.deliveries import NOW, TODAY, ago, sold
from tests.storage.world import World

DESK = Named("item", "odoo:erp", "desk", "Desk")


def waits(name, qty, *, due=None, ordered=9, notice=None, revenue=None):
    """A line that waits; days are days ahead, `ordered` days ago."""
    line = sold(qty, ordered=ordered, first=None if due is None else -due, key=name, item=DESK)
    return Waiting(line, Decimal(qty), None if notice is None else ago(-notice),
                   None if revenue is None else Decimal(revenue))  # fmt: skip


def comes(day, qty):
    at = None if day is None else ago(-day)
    return Coming(Node("purchaseline", ("odoo:erp", str(day))), Decimal(qty), at)


def days(split):
    return {key[1]: None if by is None else (by - TODAY).days for key, by in split.by.items()}


def test_first_come_takes_what_is_there_first_whoever_is_promised_what():
    waiting = [waits("late", 4, due=30, ordered=9), waits("soon", 4, due=2, ordered=3)]
    split = first_come(waiting, [comes(0, 5), comes(7, 5)])
    assert days(split) == {"late": 0, "soon": 7}
    assert split.kept(waiting) == 1


def test_the_proposal_keeps_both_promises_and_moves_forward_what_nobody_else_needs():
    waiting = [waits("late", 4, due=30, ordered=9), waits("soon", 4, due=2, ordered=3)]
    split = proposed(waiting, [comes(0, 5), comes(7, 5)], TODAY)
    assert days(split) == {"soon": 0, "late": 7}
    assert split.kept(waiting) == 2
    plenty = proposed(waiting, [comes(0, 9)], TODAY)
    assert days(plenty) == {"soon": 0, "late": 0}


def test_one_that_is_late_anyway_gets_what_a_promise_does_not_need_yet():
    waiting = [waits("broken", 5, due=-3), waits("far", 5, due=20)]
    assert days(proposed(waiting, [comes(0, 5), comes(9, 5)], TODAY)) == {"broken": 0, "far": 9}


def test_where_not_all_can_be_kept_the_largest_gives_way():
    waiting = [waits("big", 8, due=2), waits("a", 3, due=2), waits("b", 3, due=2)]
    split = proposed(waiting, [comes(0, 8), comes(9, 8)], TODAY)
    assert days(split) == {"a": 0, "b": 0, "big": 9}


def test_of_equals_who_has_a_notice_deadline_and_then_who_is_worth_more_is_kept():
    notice = [waits("a", 3, due=2, revenue=900), waits("b", 3, due=2, notice=20)]
    assert days(proposed(notice, [comes(0, 3), comes(9, 3)], TODAY)) == {"b": 0, "a": 9}
    worth = [waits("a", 3, due=2, revenue=100), waits("b", 3, due=2, revenue=900)]
    assert days(proposed(worth, [comes(0, 3), comes(9, 3)], TODAY)) == {"b": 0, "a": 9}


def test_who_is_late_already_is_served_by_notice_then_revenue_then_date():
    waiting = [
        waits("old", 1, due=-9), waits("new", 1, due=-1), waits("rich", 1, due=-1, revenue=9),
        waits("leaves", 1, due=-1, notice=30), waits("leaves soon", 1, due=-1, notice=10),
        waits("none", 1),
    ]  # fmt: skip
    split = proposed(waiting, [comes(day, 1) for day in range(6)], TODAY)
    assert sorted(days(split), key=days(split).get) == [
        "leaves soon", "leaves", "rich", "old", "new", "none",
    ]  # fmt: skip


def test_one_that_can_not_be_filled_takes_nothing_from_those_that_can():
    waiting = [waits("huge", 99, due=-5, revenue=9), waits("small", 2, due=-1)]
    assert days(proposed(waiting, [comes(3, 5)], TODAY)) == {"huge": None, "small": 3}
    assert days(first_come(waiting, [comes(3, 5)])) == {"huge": None, "small": None}


def test_supply_whose_day_can_not_be_told_fills_nothing():
    waiting = [waits("a", 2, due=5)]
    for split in (
        first_come(waiting, [comes(None, 9)]),
        proposed(waiting, [comes(None, 9)], TODAY),
    ):
        assert days(split) == {"a": None}
        assert split.kept(waiting) == 0


LINES = st.lists(
    st.tuples(st.integers(1, 5), st.one_of(st.none(), st.integers(-2, 8)), st.integers(0, 9),
              st.one_of(st.none(), st.integers(0, 60)), st.one_of(st.none(), st.integers(0, 9))),
    min_size=1, max_size=5,
)  # fmt: skip
SUPPLIES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 6)), max_size=4)


@settings(deadline=None)
@given(LINES, SUPPLIES)
def test_no_order_of_serving_keeps_more_promises(lines, parts):
    waiting = [
        waits(str(at), qty, due=due, ordered=ordered, notice=notice, revenue=revenue)
        for at, (qty, due, ordered, notice, revenue) in enumerate(lines)
    ]
    split = proposed(waiting, [comes(day, qty) for day, qty in parts], TODAY)
    there = sorted(day for day, qty in parts for _ in range(qty))  # each piece with its day

    def kept(order):
        taken = total = 0
        for one in order:
            taken += int(one.qty)
            is_there = taken <= len(there)
            total += bool(is_there and one.due and (one.due - TODAY).days >= there[taken - 1])
        return total

    best = max(kept(order) for order in permutations(waiting))
    assert (
        split.kept(waiting)
        == best
        >= first_come(waiting, [comes(day, qty) for day, qty in parts]).kept(waiting)
    )
    # never more is given by a day than is there by it
    for day in range(10):
        given_out = sum(
            one.qty for one in waiting
            if (by := split.by[one.line.key]) and (by - TODAY).days <= day
        )  # fmt: skip
        assert given_out <= sum(1 for one in there if one <= day)


def test_what_production_needs_of_the_item_is_left_to_it(tmp_path):
    world = World(tmp_path)
    leg, desk, steel = world.item("Leg"), world.item("Desk"), world.supplier("S")
    world.bom(desk, leg, 4)
    world.level(leg, 10)
    world.make(desk, qty=2, released=ago(5), planned_start_on=ago(4))
    for back in range(20, 60, 2):
        world.purchase(steel, leg, ago(back), received=ago(back - 10))
    world.purchase(steel, leg, ago(4), qty=6)
    world.make(leg, qty=5, released=ago(1))
    world.sale(world.customer("Acme"), ago(3), item=leg, qty=3, promised=ago(-9))
    with world.reader() as session:
        known = chain(session, NOW)
        times = LeadTimes(purchase_lines(session, NOW), TODAY)
    links = trace(known)
    found = supplies((world.erp, leg), known, links, Arrivals(known, links, times, {}))
    assert [(one.supply.kind, one.qty, one.on) for one in found] == [
        ("stock", 2, TODAY), ("purchaseline", 6, TODAY + timedelta(6)), ("makeorder", 5, None),
    ]  # fmt: skip
