"""Days in a stage: dated movements against open = rate × mean time."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from storage.curves import Observed, kaplan_meier
from storage.known import Named
from storage.known.stock import Stock
from storage.metrics._durations import Span
from storage.metrics._flow import Lot, Passed
from storage.metrics._stages import Count, Stage, counted, lain, mean, timed
from storage.metrics._stock_days import Held, Step

TODAY = date(2026, 3, 1)
FIRST = TODAY - timedelta(days=89)
COIL = ("erp", "coil")


def ago(days):
    return TODAY - timedelta(days=days)


def spans(takes, every=1, days=300):
    return [
        Span(start, ago(start), ago(start - takes) if takes <= start else None)
        for start in range(days, -1, -every)
    ]


@settings(deadline=None, max_examples=30)  # the judge is slow
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=30))
def test_the_mean_is_the_area_that_lifelines_finds(seen):
    curve = kaplan_meier(Observed(days, ended) for days, ended in seen)
    if not curve.times:
        assert mean(curve) is None
        return
    judge = KaplanMeierFitter().fit([days for days, _ in seen], [ended for _, ended in seen])
    assert mean(curve) == pytest.approx(restricted_mean_survival_time(judge, t=curve.times[-1]))


def test_a_steady_stage_holds_what_its_rate_and_its_time_make():
    found = timed("production", spans(6), FIRST, TODAY)
    assert (found.days, found.how, found.n) == (6, "dated", 90)
    assert found.open == pytest.approx(6, rel=0.05)
    assert found.counted == pytest.approx(6, rel=0.05)
    assert not found.is_faulty


def test_orders_that_were_never_closed_do_not_add_up():
    dead = [Span(f"dead {at}", ago(150 + at)) for at in range(10)]
    found = timed("production", [*spans(6), *dead], FIRST, TODAY)
    assert found.days == pytest.approx(6, rel=0.1)
    assert found.open == pytest.approx(16, rel=0.05)
    assert found.is_faulty


def test_a_window_of_the_past_knows_nothing_of_what_came_after():
    every = [*spans(6), *(Span(f"dead {at}", ago(30 + at)) for at in range(10))]
    found = timed("production", every, ago(200), ago(101))
    assert (found.days, found.is_faulty) == (6, False)
    assert found == timed("production", spans(6), ago(200), ago(101))


def test_lines_of_one_delivery_are_one_observation_for_both_figures():
    twice = [one for one in spans(6) for _ in range(2)]
    assert timed("dock", twice, FIRST, TODAY) == timed("dock", spans(6), FIRST, TODAY)


def test_without_anything_that_ended_a_stage_is_not_told():
    assert timed("dock", [], FIRST, TODAY) == Stage("dock", None, None, 0, 90)
    assert timed("dock", [Span(1, ago(9))], FIRST, TODAY).days is None
    assert timed("dock", [Span(1, ago(9), ago(12))], FIRST, TODAY).days is None


def test_few_and_little_are_no_fault():
    assert not Stage("dock", 2, "dated", 19, 90, 2, 9).is_faulty
    assert Stage("dock", 2, "dated", 20, 90, 2, 9).is_faulty
    assert not Stage("dock", 0.2, "dated", 90, 90, 0.2, 0.9).is_faulty
    assert not Stage("dock", 20, "dated", 90, 90, 20, 24).is_faulty
    assert Stage("dock", 20, "dated", 90, 90, 20, 14).is_faulty


def test_a_window_of_few_stays_checks_nothing():
    assert not Stage("dock", 30, "dated", 90, 90, 30, 60).is_faulty
    assert Stage("dock", 30, "dated", 90, 120, 30, 60).is_faulty
    assert Stage("dock", 60, "dated", 90, 90, 60, 20).is_faulty


def passed(out, came, qty=1, share=1.0, into=("erp", "desk"), item=COIL):
    lot = Lot(
        Decimal(qty), None if came is None else ago(came), None if came is None else ago(came)
    )
    return Passed(item, share, lot, ago(out), ago(out), into)


def held(qty, item="coil", days=90):
    stock = Stock(Named("item", "erp", item, item), None, None, None, Decimal(qty), None,
                  Decimal(0), None, None, None, ago(days - 1))  # fmt: skip
    return Held(stock, (Step(ago(days - 1), TODAY, Decimal(qty), None),))


def test_stock_is_seen_by_what_left_it_and_counted_by_what_lies_there():
    left = [passed(out, out + 12, qty=3) for out in range(90)]
    count = counted(left, [held(36)], FIRST, TODAY, is_used=True)
    assert count == Count(12, 12, 12)
    found = lain("material stock", left, count, 90)
    assert (found.days, found.how, found.n, found.is_faulty) == (12, "dated", 90, False)


def test_a_count_that_does_not_fit_is_a_fault():
    left = [passed(out, out + 12) for out in range(90)]
    found = lain("material stock", left, counted(left, [held(40)], FIRST, TODAY, is_used=True), 90)
    assert (found.days, found.seen, found.counted) == (12, 12, 40)
    assert found.is_faulty


def test_where_it_is_unknown_when_things_came_stock_and_throughput_tell():
    left = [passed(out, None, qty=2) for out in range(90)]
    found = lain("finished stock", left, counted(left, [held(40)], FIRST, TODAY, is_used=True), 90)
    assert (found.days, found.how, found.is_faulty) == (20, "stock", False)
    assert lain("finished stock", left, None, 90).days is None
    assert lain("finished stock", [], Count(3), 90).days is None


def test_stock_that_is_not_known_over_the_whole_window_tells_nothing():
    left = [passed(out, None) for out in range(90)]
    assert counted(left, [held(40, days=60)], FIRST, TODAY, is_used=True) is None
    assert counted(left, [], FIRST, TODAY, is_used=True) is None


def test_an_item_counts_where_most_of_it_goes():
    left = [passed(out, out + 12, into=None if out % 3 else ("erp", "desk")) for out in range(90)]
    assert counted(left, [held(12)], FIRST, TODAY, is_used=True) is None
    assert counted(left, [held(12)], FIRST, TODAY, is_used=False).lasts == 12


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.integers(0, 40)),
             min_size=1, max_size=40),
    st.tuples(*(st.integers(0, 99) for _ in "abc")),
)  # fmt: skip
def test_items_are_weighed_by_their_movements(moves, stocks):
    left = [passed(out % 90, out % 90 + 5, qty, item=("erp", name)) for name, qty, out in moves]
    shelves = [held(qty, name) for name, qty in zip("abc", stocks, strict=True)]
    count = counted(left, shelves, FIRST, TODAY, is_used=True)
    names = np.array([name for name, _, _ in moves])
    qtys = np.array([qty for _, qty, _ in moves])
    lasts = [stocks["abc".index(name)] / (qtys[names == name].sum() / 90) for name, _, _ in moves]
    assert count.lasts == pytest.approx(np.mean(lasts))
    assert count.lay == pytest.approx(5)
