import math
import random
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.metrics._durations import FEWEST_AT_RISK, Span, cohort, now, period, trend

TODAY = date(2026, 3, 1)
DAY = timedelta(days=1)


def span(start, days=None, *, left=None, key=None):
    """Begun so many days ago, ended (or left) after so many days."""
    begun = TODAY - start * DAY
    return Span(
        key or object(), begun, None if days is None else begun + days * DAY,
        None if left is None else begun + left * DAY,
    )  # fmt: skip


def test_what_is_open_counts_at_its_age_and_what_was_called_off_until_then():
    found = cohort([span(40, 10), span(40, 20), span(40), span(40, left=5)], TODAY)
    assert (found.n, found.open, found.cancelled) == (4, 1, 1)
    assert found.median == 20


def test_spans_of_one_key_that_end_on_one_day_are_one_observation():
    assert cohort([span(40, 10, key="P1"), span(40, 10, key="P1")], TODAY).n == 1
    assert cohort([span(40, 10, key="P1"), span(40, 20, key="P1")], TODAY).n == 2


def test_an_end_before_the_start_is_absurd_and_not_counted():
    found = cohort([span(40, -3), span(40, 10)], TODAY)
    assert (found.n, found.absurd) == (1, 1)


SPANS = st.lists(
    st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(0, 120))),
    min_size=30, max_size=120,
)  # fmt: skip


@pytest.mark.slow
@settings(deadline=None)  # the judge is slow at first
@given(SPANS, st.integers(20, 200))
def test_a_period_is_the_left_truncated_estimate_of_lifelines(seen, length):
    spans = [span(start, days if days is None or days <= start else None) for start, days in seen]
    since = TODAY - length * DAY
    found = period(spans, since, TODAY)
    rows = pd.DataFrame(
        [
            (max(0, (since - one.start).days), ((one.end or TODAY) - one.start).days,
             one.end is not None)
            for one in spans
            if (one.end or TODAY) >= since
        ],
        columns=["entry", "days", "ended"],
    )  # fmt: skip
    held = list(zip(rows.entry, rows.days, strict=True))
    at_risk = (any(a <= day <= b for a, b in held) for day in range(rows.days.max()))
    assume(not found.is_thin and all(at_risk))  # else lifelines gives none
    # lifelines has who enters at t at risk after t: days become 1, 2, 3, entries the day before
    judge = KaplanMeierFitter().fit(rows.days + 1, rows.ended, entry=rows.entry)
    curve = judge.survival_function_["KM_estimate"]
    expected = next((int(t) - 1 for t, s in curve.items() if s <= 0.5 + 1e-9), None)
    assert (found.n, found.median) == (len(rows), expected)


def test_a_period_with_too_few_at_risk_is_the_cohort_and_says_so():
    few = [span(10 + at, 5) for at in range(FEWEST_AT_RISK - 1)]
    found = period(few, TODAY - 90 * DAY, TODAY)
    assert (found.is_thin, found.method, found.median) == (True, "cohort", 5)
    enough = period([*few, span(30, 5), span(31, 5)], TODAY - 90 * DAY, TODAY)
    assert (enough.is_thin, enough.method) == (False, "period")


def test_a_thin_period_gives_way_to_a_cohort_whose_window_holds_three_times_its_p90():
    slow = [span(start, 60) for start in range(70, 600, 60)]
    found = now(slow, TODAY)
    assert (found.is_thin, found.median, found.p90) == (True, 60, 60)
    assert found.since == TODAY - 180 * DAY


def test_the_period_is_no_longer_than_it_must_be():
    often, seldom = (
        now([span(start, 20) for start in range(21, 300, every)], TODAY) for every in (2, 9)
    )
    assert (often.since, seldom.since) == (TODAY - 30 * DAY, TODAY - 60 * DAY)


def slowed(seed, sigma):
    """An order a day, 30 d at the median, 45 d for those placed in the last 60 days."""
    rng = random.Random(seed)
    spans = []
    for ago in range(1, 400):
        median = 45 if ago <= 60 else 30
        days = round(median * math.exp(rng.gauss(0, sigma)))
        spans.append(span(ago, days if days < ago else None))
    return spans


@pytest.mark.parametrize("sigma", [0.2, 0.6])
def test_a_slowdown_is_seen_by_the_period_where_the_cohort_lags(sigma):
    runs = [slowed(seed, sigma) for seed in range(60)]
    read = [now(spans, TODAY).median for spans in runs]
    since = TODAY - 90 * DAY
    begun = [cohort([one for one in run if one.start >= since], TODAY).median for run in runs]
    assert sum(read) / len(read) == pytest.approx(45, rel=0.10)
    assert sum(begun) / len(begun) == pytest.approx(37, abs=1)


def test_a_trend_knows_only_what_had_happened_before_each_day():
    spans = [span(start, 20) for start in range(25, 200)]
    days = [TODAY - 60 * DAY, TODAY - 30 * DAY]
    then, later = trend(spans, days, 90)
    assert (then.median, later.median) == (20, 20)
    alone = [one for one in spans if one.start < days[0]]
    assert trend(alone, days[:1], 90)[0].median == then.median
    assert then.open == 20
