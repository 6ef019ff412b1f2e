"""Tickets: hours against lifelines, with those that still wait."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from lifelines import KaplanMeierFitter

from storage.known.cases import Case
from storage.metrics.tickets import (
    RECENT,
    first_response,
    opened,
    resolution,
    under_way,
    waiting,
)

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def case(opened_ago, answered=None, closed=None, number=0):
    """A ticket opened so many hours ago; what happened so many hours after that."""
    at = NOW - timedelta(hours=opened_ago)

    def after(hours):
        return None if hours is None or hours > opened_ago else at + timedelta(hours=hours)

    return Case(("crm", f"{number}"), None, None, None, None, None, at, at.date(),
                after(answered), after(closed))  # fmt: skip


def crowd(seed, count=200):
    draw = random.Random(seed)
    found = []
    for number in range(count):
        answered = draw.expovariate(1 / 10)
        closed = answered + draw.expovariate(1 / 60)
        found.append(case(draw.uniform(1, 2000), answered, closed, number))
    return found


def lasted(cases, until):
    days = [
        ((until(one)[0] or until(one)[1] or NOW) - one.opened_at) / timedelta(hours=1)
        for one in cases
    ]
    return days, [until(one)[0] is not None for one in cases]


def quantile(judge, share):
    left = judge.survival_function_.iloc[:, 0]
    return left[left <= 1 - share + 1e-9].index[0]


@pytest.mark.parametrize("until", [resolution, first_response])
@pytest.mark.parametrize("seed", range(3))
def test_those_opened_in_a_window_are_as_lifelines_has_them(seed, until):
    cases, start = crowd(seed), NOW - timedelta(days=60)
    found = opened(cases, until, start, NOW, NOW)
    judge = KaplanMeierFitter().fit(
        *lasted([one for one in cases if one.opened_at >= start], until)
    )
    assert found.median == pytest.approx(quantile(judge, 0.5))
    assert found.p90 == pytest.approx(quantile(judge, 0.9))


@pytest.mark.parametrize("seed", range(3))
def test_those_under_way_enter_at_their_age(seed):
    cases, since = crowd(seed), NOW - RECENT
    found = under_way(cases, resolution, NOW)
    seen = [one for one in cases if (one.closed_at or NOW) >= since]
    entry = [max(0, (since - one.opened_at) / timedelta(hours=1)) for one in seen]
    judge = KaplanMeierFitter().fit(*lasted(seen, resolution), entry=entry)
    assert not found.is_thin
    assert found.median == pytest.approx(quantile(judge, 0.5))


def test_a_month_ago_is_told_by_what_had_happened_then():
    then = NOW - timedelta(days=20)
    later = crowd(1)
    cut = [
        Case(one.key, None, None, None, None, None, one.opened_at, one.opened_on, None,
             one.closed_at if one.closed_at and one.closed_at < then else None)
        for one in later if one.opened_at < then
    ]  # fmt: skip
    assert under_way(later, resolution, then) == under_way(cut, resolution, then)


def test_a_ticket_closed_without_an_answer_waited_until_then():
    found = opened([case(50, None, 10), case(50, 20, 30), case(50)], first_response,
                   NOW - timedelta(hours=60), NOW, NOW)  # fmt: skip
    assert (found.n, found.open, found.median) == (3, 1, 20)


def test_too_few_are_those_of_the_window_and_say_so():
    found = under_way([case(40, 1, 5), case(30, 1, 7), case(2000)], resolution, NOW)
    assert (found.is_thin, found.n, found.median) == (True, 2, 5)


def test_those_that_wait_are_the_open_ones_the_oldest_first():
    cases = [case(10, 1), case(90), case(50, 1, 2)]
    assert waiting(cases) == [cases[1], cases[0]]
    assert under_way([], resolution, NOW).n == 0
