import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.curves import Observed, kaplan_meier

SOME = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


@pytest.mark.slow
@settings(deadline=None)  # the judge is slow at first
@given(SOME)
def test_the_curve_is_that_of_lifelines(seen):
    curve = kaplan_meier(Observed(days, ended) for days, ended in seen)
    judge = KaplanMeierFitter().fit([d for d, _ in seen], [e for _, e in seen])
    expected = judge.predict(list(range(42)))
    assert [curve.at(time) for time in range(42)] == pytest.approx(list(expected), abs=1e-9)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20), st.booleans()), min_size=1))
def test_delayed_entry_is_that_of_lifelines(seen):
    rows = pd.DataFrame(
        [(entry, entry + more, ended) for entry, more, ended in seen], columns=["in", "out", "end"]
    )
    at_risk_once_empty = any(
        not ((rows["in"] < time) & (rows["out"] >= time)).any()
        for time in range(rows["out"].min(), rows["out"].max())
    )
    if at_risk_once_empty or (rows["in"] > 0).all():
        return  # the estimate is undefined after a time when nobody is watched
    curve = kaplan_meier(Observed(e + m, ended, e) for e, m, ended in seen)
    judge = KaplanMeierFitter().fit(rows["out"], rows["end"], entry=rows["in"])
    expected = judge.predict(list(range(42)))
    assert [curve.at(time) for time in range(42)] == pytest.approx(list(expected), abs=1e-9)


def test_an_end_precedes_a_censoring_of_the_same_day():
    curve = kaplan_meier([Observed(5, True), Observed(5, False)])
    assert curve.at(5) == 0.5


@pytest.mark.parametrize(
    ("days", "share", "expected"),
    [
        ([1, 2, 3, 4], 0.5, 2),  # the smallest t with S(t) <= 1/2, not the mean of two
        ([1, 2, 3], 0.9, 3),
        ([0], 0.5, 0),
    ],
)
def test_a_quantile_is_the_first_time_that_reaches_it(days, share, expected):
    assert kaplan_meier(Observed(one, True) for one in days).quantile(share) == expected


def test_a_quantile_that_is_never_reached_is_null():
    assert (
        kaplan_meier([Observed(3, True), Observed(9, False), Observed(9, False)]).quantile(0.5)
        is None
    )


def test_no_observation_gives_an_empty_curve():
    curve = kaplan_meier([])
    assert (curve.n, curve.quantile(0.5), curve.at(3)) == (0, None, 1.0)


def test_a_curve_tells_how_few_a_quantile_rests_on():
    curve = kaplan_meier([Observed(2, True), Observed(5, True), Observed(9, False)])
    assert curve.at_risk == (3, 2)
    assert curve.fewest(0.3) == 3
    assert curve.fewest(0.5) == 2
    assert kaplan_meier([]).fewest(0.5) == 0


def test_a_quantile_after_an_age_is_that_of_those_who_had_not_ended_by_then():
    curve = kaplan_meier([Observed(days, True) for days in (10, 20, 30, 40)])
    assert [curve.quantile_after(0.5, age) for age in (0, 9, 10, 25, 35, 40, 99)] == [
        20, 20, 30, 30, 40, None, None,
    ]  # fmt: skip
    assert curve.quantile_after(0.5, 0) == curve.quantile(0.5)
    still_open = kaplan_meier([Observed(10, True), *(Observed(50, False) for _ in range(3))])
    assert still_open.quantile_after(0.5, 20) is None
