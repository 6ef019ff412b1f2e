from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known import Named
from storage.known.stock import Stock
from storage.known.stock_changes import Change
from storage.known.uses import Use
from storage.metrics._stock_days import cost_of, held, placed, uses_by_spot

BOLT, NORTH = Named("item", "erp", "1", "Bolt"), Named("site", "erp", "n", "North")
ITEM, SITE = ("erp", "1"), ("erp", "n")
FIRST, LAST = date(2026, 1, 30), date(2026, 3, 31)


def stock(on_hand, value=None, *, cost=None, known_from=date(2025, 1, 1), left_out=None):
    return Stock(
        BOLT, NORTH, None, None, Decimal(on_hand), None, Decimal(0),
        None if value is None else Decimal(value), "EUR",
        None if cost is None else Decimal(cost), known_from, left_out,
    )  # fmt: skip


def change(on, qty, value=None):
    worth = None if value is None else Decimal(value)
    return Change(ITEM, SITE, date.fromisoformat(on), Decimal(qty), worth, None)


def steps(one):
    return [(s.first.isoformat(), s.last.isoformat(), s.qty, s.value) for s in one.steps]


def test_before_a_change_lay_what_lies_after_it_less_the_change():
    (one,) = held(
        [stock(10, 20)], [change("2026-02-10", -5, -10), change("2026-03-01", 8, 16)], FIRST, LAST
    )
    assert steps(one) == [
        ("2026-01-30", "2026-02-09", 7, 14),
        ("2026-02-10", "2026-02-28", 2, 4),
        ("2026-03-01", "2026-03-31", 10, 20),
    ]
    assert one.average_qty == Decimal(7 * 11 + 2 * 19 + 10 * 31) / 61


def test_what_changed_after_the_window_is_taken_back_too():
    (one,) = held([stock(10, 10)], [change("2026-04-02", 4, 4)], FIRST, LAST)
    assert steps(one) == [("2026-01-30", "2026-03-31", 6, 6)]


def test_days_before_the_stock_is_known_are_none():
    (one,) = held([stock(3, known_from=date(2026, 3, 30))], [], FIRST, LAST)
    assert (one.days, one.average_value) == (2, None)
    (one,) = held([stock(3, known_from=date(2026, 4, 1))], [], FIRST, LAST)
    assert (one.days, one.average_qty) == (0, None)


def test_moves_without_a_value_count_at_cost_and_without_a_cost_not_at_all():
    (one,) = held([stock(10, 30, cost=3)], [change("2026-02-10", 4)], FIRST, LAST)
    assert [step.value for step in one.steps] == [18, 30]
    (one,) = held([stock(0, 0)], [change("2026-02-10", -4)], FIRST, LAST)
    assert [step.value for step in one.steps] == [None, 0]
    assert one.average_value is None


def test_where_nothing_lies_nothing_is_worth_anything():
    (one,) = held([stock(0, 7)], [change("2026-02-10", -4, -10)], FIRST, LAST)
    assert [(step.qty, step.value) for step in one.steps] == [(4, 17), (0, 0)]


def test_a_negative_stock_stays_negative():
    (one,) = held([stock(-2, cost=1)], [change("2026-02-10", -4)], FIRST, LAST)
    assert [step.qty for step in one.steps] == [2, -2]


def test_month_ends_are_the_last_days_of_whole_months():
    (one,) = held([stock(10, 20)], [change("2026-03-01", 8, 16)], FIRST, LAST)
    assert [(step.first.isoformat(), step.qty) for step in one.month_ends()] == [
        ("2026-01-31", 2), ("2026-02-28", 2), ("2026-03-31", 10),
    ]  # fmt: skip
    assert one.within(date(2026, 2, 1), date(2026, 2, 27)).month_ends() == []


def test_uses_cost_what_the_source_says_else_what_one_is_worth():
    bare = Use(ITEM, SITE, FIRST, Decimal(2), None, "customer")
    valued = Use(ITEM, SITE, LAST, Decimal(2), Decimal(9), "customer")

    def cost(uses, of, first=FIRST, last=LAST):
        return cost_of(uses, of, first, last)

    assert cost([bare], stock(4, 10)) == 5
    assert cost([bare], stock(0, 0, cost=3)) == 6
    assert cost([bare], stock(0)) is None
    assert cost([valued], stock(0)) == 9
    assert cost([bare, valued], stock(4, 10)) == 14
    assert cost([bare, valued], stock(4, 10), last=LAST - timedelta(1)) == 5
    assert cost([bare, valued], stock(4, 10), first=FIRST + timedelta(1)) == 9
    assert cost([], stock(0)) == 0


def test_uses_stand_by_item_and_site_in_the_order_of_their_days():
    early, late = (Use(ITEM, SITE, on, Decimal(2), None, "customer") for on in (FIRST, LAST))
    lost = Use(ITEM, SITE, FIRST, Decimal(2), None, "lost")
    found = uses_by_spot([late, lost, early], lambda one: one.is_demand)
    assert found == {(ITEM, SITE): [early, late]}


def test_what_was_used_at_no_known_site_was_used_where_the_stock_is():
    use = Use(ITEM, None, FIRST, Decimal(2), None, "customer")
    assert placed([use], [stock(1)])[0].site == SITE
    elsewhere = replace(stock(1), site=Named("site", "erp", "s", "South"))
    assert placed([use], [stock(1), elsewhere]) == [use]
    assert placed([use], []) == [use]


@given(
    st.lists(st.tuples(st.integers(0, 70), st.integers(-9, 9)), max_size=15), st.integers(-20, 50)
)
def test_each_day_is_the_day_before_and_its_changes(moves, on_hand):
    every = [change((FIRST + timedelta(days)).isoformat(), qty, qty) for days, qty in moves]
    (one,) = held([stock(on_hand, on_hand)], every, FIRST, LAST)
    levels = {
        step.first + timedelta(back): step.qty for step in one.steps for back in range(step.days)
    }
    assert sorted(levels) == [FIRST + timedelta(days) for days in range(61)]
    after = sum(qty for days, qty in moves if days > 60)
    assert levels[LAST] == on_hand - after
    for days in range(1, 61):
        came = sum(qty for at, qty in moves if at == days)
        assert levels[FIRST + timedelta(days)] == levels[FIRST + timedelta(days - 1)] + came
    assert one.average_qty == pytest.approx(sum(levels.values()) / 61)
