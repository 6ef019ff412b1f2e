"""Gaps between orders: when a customer has left, and how likely it orders again."""

import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.metrics._order_gaps import Reordering, leavings, rhythm

START = date(2024, 1, 1)
GAPS = st.lists(st.integers(1, 400), max_size=12)


def days_of(gaps):
    days = [START]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    return days


def test_a_rhythm_is_the_median_gap_and_the_one_of_nine_in_ten():
    days = days_of([10, 20, 30, 20, 20, 20, 20, 20, 20, 90])
    beat = rhythm(days, days[-1] + timedelta(days=7))
    assert (beat.usual, beat.p90, beat.quiet, beat.gaps) == (20, 30, 7, 10)


def test_two_gaps_are_no_rhythm():
    days = days_of([10, 20])
    beat = rhythm(days, days[-1])
    assert (beat.usual, beat.p90, beat.gaps) == (None, None, 2)


def test_a_one_time_buyer_has_left_after_180_days():
    today = START + timedelta(days=181)
    assert list(leavings([START], today - timedelta(days=1))) == []
    assert list(leavings([START], today)) == [(today, None)]


def test_a_rare_buyer_has_twice_its_own_gap():
    days = days_of([120, 120, 120])
    left = days[-1] + timedelta(days=241)
    assert list(leavings(days, left - timedelta(days=1))) == []
    assert list(leavings(days, left)) == [(left, None)]


def test_who_comes_back_has_left_and_returned():
    days = days_of([20, 20, 20, 300, 20])
    left = days[3] + timedelta(days=181)
    assert list(leavings(days, days[-1])) == [(left, days[4])]


def test_an_order_on_the_very_day_is_no_leaving():
    assert list(leavings(days_of([181]), START + timedelta(days=181))) == []
    assert len(list(leavings(days_of([182]), START + timedelta(days=182)))) == 1


@given(GAPS, st.integers(0, 800), st.integers(0, 800))
def test_what_happens_later_changes_no_earlier_leaving(gaps, quiet, more):
    days = days_of(gaps)
    today = days[-1] + timedelta(days=quiet)
    known = [left for left, _ in leavings(days, today)]
    longer = [*days, today + timedelta(days=1 + more)]
    later = [left for left, _ in leavings(longer, longer[-1] + timedelta(days=more))]
    assert [left for left in later if left <= today] == known


@pytest.mark.slow
@given(GAPS, st.integers(0, 800))
def test_a_leaving_is_what_a_walk_over_every_day_finds(gaps, quiet):
    days = days_of(gaps)
    today = days[-1] + timedelta(days=quiet)
    assert [left for left, _ in leavings(days, today)] == walk(days, today)


def walk(days, today):
    """The definition, day by day: no order since `last` for longer than it may take."""
    found, day = [], days[0]
    while day <= today:
        past = [one for one in days if one <= day]
        own = sorted((b - a).days for a, b in pairwise(past))
        within = [g for g in own if sum(1 for other in own if other <= g) * 10 >= 9 * len(own)]
        longest = max(180, 2 * within[0]) if own else 180
        if (day - past[-1]).days == longest + 1:
            found.append(day)
        day += timedelta(days=1)
    return found


def test_the_chance_of_another_order_is_that_of_a_kaplan_meier_curve():
    today = date(2026, 1, 1)
    customers = [days_of([20 + (7 * n) % 90, 30 + n]) for n in range(60)]
    reordering = Reordering(customers, today)
    gaps = [(after - before).days for days in customers for before, after in [days[1:3]]]
    # the gaps after a second order, and those after a third, still open, are of one class
    still = [(today - days[-1]).days for days in customers]
    judge = KaplanMeierFitter().fit(gaps + still, [1] * len(gaps) + [0] * len(still))
    expected = 1 - judge.predict(130) / judge.predict(40)
    assert math.isclose(reordering.chance(3, 40), expected, abs_tol=1e-12)
    assert 0 < expected < 1


def test_with_too_few_who_were_ever_as_quiet_no_chance_is_given():
    today = START + timedelta(days=400)
    reordering = Reordering([days_of([30]) for _ in range(9)], today)
    assert reordering.chance(1, 10) is None
    assert reordering.chance(7, 10) is None


@pytest.mark.slow
@given(st.lists(GAPS, min_size=12, max_size=20), st.integers(1, 8), st.integers(0, 300))
def test_a_chance_is_a_share(every, orders, quiet):
    customers = [days_of(gaps) for gaps in every]
    today = max(days[-1] for days in customers)
    chance = Reordering(customers, today).chance(orders, quiet)
    assert chance is None or 0 <= chance <= 1


def test_a_customer_without_orders_is_no_question_for_a_rhythm():
    with pytest.raises(IndexError):
        rhythm([], START)
