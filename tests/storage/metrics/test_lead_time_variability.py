import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.metrics._durations import Span, cohort
from storage.metrics.lead_time_variability import ENOUGH, Spreads, lately, spread
from tests.storage.metrics.purchases import GLASS, STEEL, TODAY, ago, bought


def of(days, still_open=()):
    """Durations: those that ended, and those still open at an age."""
    spans = [Span(object(), ago(100), ago(100) + timedelta(days=day)) for day in days]
    spans += [Span(object(), ago(age)) for age in still_open]
    return spread(cohort(spans, TODAY))


@given(st.lists(st.integers(0, 90), min_size=1, max_size=60))
def test_where_all_have_ended_it_is_what_numpy_says(days):
    found, array = of(days), np.array(days)
    median = np.quantile(array, 0.5, method="inverted_cdf")
    away = np.abs(array - median)
    assert found.n == len(days)
    assert found.median == median
    assert found.p90 == np.quantile(array, 0.9, method="inverted_cdf")
    assert found.mad == np.quantile(away, 0.5, method="inverted_cdf")
    assert found.sd == pytest.approx(np.std(array), abs=1e-6)
    assert found.cv == (pytest.approx(np.std(array) / np.mean(array)) if sum(days) else None)
    assert found.ratio == (pytest.approx(found.p90 / median) if median else None)


@settings(deadline=None, max_examples=30)  # the judge is slow
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=40),
    st.lists(st.integers(0, 60), min_size=1, max_size=40),
)
def test_where_some_are_open_the_deviation_is_that_of_the_curve_of_lifelines(days, still_open):
    found = of(days, still_open)
    every = [day + 1 for day in (*days, *still_open)]
    curve = KaplanMeierFitter().fit(every, [1] * len(days) + [0] * len(still_open))
    left = curve.survival_function_["KM_estimate"]
    if left.iloc[-1] > 1e-9:
        assert (found.sd, found.mean) == (None, None)
        return
    shares = -left.diff().fillna(left.iloc[0] - 1)
    times = left.index - 1
    mean = (times * shares).sum()
    assert found.mean == pytest.approx(mean)
    assert found.sd == pytest.approx(np.sqrt((shares * (times - mean) ** 2).sum()), abs=1e-6)


@given(
    st.lists(st.integers(0, 60), min_size=3, max_size=40),
    st.lists(st.integers(0, 60), min_size=1, max_size=20),
    st.integers(0, 500),
)
def test_the_median_distance_stands_whatever_becomes_of_what_is_open(days, still_open, more):
    """If the open ones end later, beyond all seen, the curve below is as it was."""
    found = of(days, still_open)
    assume(found.mad is not None)
    last = max(*days, *still_open)
    curve = cohort(
        [Span(object(), ago(100), ago(100) + timedelta(days=day)) for day in days]
        + [Span(object(), ago(age)) for age in still_open],
        TODAY,
    ).curve
    shares = list(np.diff([0, *(1 - np.array(curve.survival))]))
    ends = [*curve.times, last + 1 + more]
    shares.append(curve.survival[-1])
    pairs = sorted(
        (abs(end - found.median), share) for end, share in zip(ends, shares, strict=True)
    )
    reached = np.cumsum([share for _, share in pairs])
    assert found.mad == pairs[int(np.argmax(reached >= 0.5 - 1e-9))][0]


def test_one_slow_order_doubles_the_deviation_and_leaves_the_robust_figures_alone():
    days = [30 + day % 5 for day in range(40)]
    calm, upset = of(days), of([*days[1:], 99])
    assert upset.sd > 2 * calm.sd
    assert (upset.ratio, upset.mad) == (calm.ratio, calm.mad)


def lines_of(supplier, every, count, *, takes=30, category="Steel", country="SE", seed=1):
    rng = random.Random(seed)
    return [
        bought(back, back - days, supplier=supplier, category=category, country=country)
        for back in range(70, 70 + every * count, every)
        for days in (takes + rng.randint(-3, 3),)
    ]


def test_a_supplier_with_enough_orders_stands_for_itself():
    lines = lines_of(STEEL, 2, 60) + lines_of(GLASS, 2, 60, takes=9)
    found = Spreads(lines, lately(TODAY)).of(STEEL)
    assert (found.scope, found.name) == ("supplier", None)
    assert found.n >= ENOUGH
    assert 27 <= found.median <= 33


@pytest.mark.parametrize(
    ("category", "country", "scope", "name"),
    [("Steel", "DE", "category", "Steel"), ("Glass", "SE", "country", "SE"),
     ("Glass", "DE", "company", None)],
)  # fmt: skip
def test_with_too_few_it_widens_step_by_step_and_says_to_what(category, country, scope, name):
    many = lines_of(STEEL, 2, 60)
    few = lines_of(GLASS, 20, 5, takes=9, category=category, country=country)
    found = Spreads([*many, *few], lately(TODAY)).of(GLASS)
    assert (found.scope, found.name) == (scope, name)
    assert found.n >= ENOUGH


def test_where_the_company_has_too_few_nothing_is_said():
    found = Spreads(lines_of(STEEL, 5, 6), lately(TODAY)).of(STEEL)
    assert (found.n, found.scope, found.ratio, found.mad, found.sd) == (
        6,
        "company",
        None,
        None,
        None,
    )
    assert Spreads([], lately(TODAY)).of(STEEL).n == 0


def test_the_window_is_no_longer_than_it_must_be():
    often = Spreads(lines_of(STEEL, 1, 100), lately(TODAY)).of(STEEL)
    seldom = Spreads(lines_of(STEEL, 14, 25), lately(TODAY)).of(STEEL)
    assert (often.since, seldom.since) == (ago(90), ago(365))
