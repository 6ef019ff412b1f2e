from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known import Named
from storage.metrics.days_of_cover import covers, daily
from tests.storage.metrics.stock_facts import NORTH, item, stock, use

TODAY = date(2026, 3, 31)
BOLT = ("erp", "bolt")
SOUTH = Named("site", "erp", "south", "South")


def ago(days):
    return TODAY - timedelta(days)


def cover(on_hand=90, used=(), *, first=None, **more):
    (one,) = covers([stock(on_hand=on_hand, **more)], used, {BOLT: first} if first else {}, TODAY)
    return one


def test_what_is_available_by_what_is_used_a_day():
    found = cover(100, [use(ago(40), 45), use(ago(1), 45)], reserved=30, at_dock=10)
    assert (found.available, found.per_day, found.days) == (60, 1, 60)
    assert found.runs_out_on == TODAY + timedelta(60)


def test_only_demand_of_the_last_whole_days_counts():
    used = [
        use(ago(90), 90), use(ago(91), 500), use(TODAY, 500),
        use(ago(5), 500, what="lost"), use(ago(5), 90, what="production"), use(ago(3), -90),
    ]  # fmt: skip
    assert cover(90, used).per_day == 1


def test_no_demand_is_said_and_is_no_number_of_days():
    for used in ([], [use(ago(3), 5), use(ago(2), -9)]):
        found = cover(90, used)
        assert (found.state, found.days, found.runs_out_on, found.per_day) == (
            "no demand", None, None, 0,
        )  # fmt: skip


def test_a_young_item_counts_from_its_first_day_and_a_week_at_least():
    assert cover(90, [use(ago(2), 30)], first=ago(10)).days == 30
    young = cover(90, [use(ago(2), 30)], first=ago(6))
    assert (young.state, young.per_day, young.days) == ("too new", None, None)


@pytest.mark.parametrize("on_hand", [0, -5])
def test_nothing_available_is_out_today(on_hand):
    found = cover(on_hand, [use(ago(2), 90)])
    assert (found.state, found.days, found.runs_out_on) == ("out", None, TODAY)


def test_sites_that_are_looked_at_are_one_and_others_do_not_count():
    every = [stock(on_hand=30), stock(on_hand=60, site=SOUTH)]
    used = [use(ago(2), 90), use(ago(2), 90, site=SOUTH)]
    (both,) = covers(every, used, {}, TODAY)
    (one,) = covers(every[:1], used, {}, TODAY)
    assert (both.days, one.days) == (45, 30)
    assert both.item == item("Bolt")
    assert [found.site for found in one.stock] == [NORTH]


def test_what_was_used_at_no_known_site_counts_too():
    assert cover(90, [use(ago(2), 90, site=None)]).days == 90


def test_a_trickle_of_demand_lasts_farther_than_dates_go():
    found = cover(10**9, [use(ago(2), 1)])
    assert found.days > 1e10
    assert found.runs_out_on is None


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(-5, 20)), max_size=30))
def test_the_demand_of_each_day_adds_up(moves):
    used = [use(ago(days), qty) for days, qty in moves]
    found = daily(used, 90, TODAY)
    assert len(found) == 90
    assert sum(found) == sum(qty for days, qty in moves if 1 <= days <= 90)
    assert float(cover(90, used).per_day) == pytest.approx(max(0, sum(found)) / 90)
