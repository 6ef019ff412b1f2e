import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from scipy.stats import binomtest

from storage.metrics.planned_vs_actual import by_item_and_supplier, gap, gaps, sign_test
from tests.storage.metrics.purchases import COIL, GLASS, STEEL, TODAY, bought


def test_the_gap_is_from_the_planned_day_to_the_one_on_which_it_came():
    found = gap([bought(60, 20, planned=30)], TODAY)
    assert (found.planned, found.gap, found.actual) == (30, 10, 40)


def test_what_came_sooner_is_below_zero():
    found = gap([bought(60, 40, planned=30)], TODAY)
    assert (found.gap, found.later, found.sooner) == (-10, 0, 1)


def test_an_open_line_is_at_least_as_late_as_today():
    lines = [bought(60, 20, planned=30), bought(60, planned=30), bought(60, planned=30)]
    found = gap(lines, TODAY)
    assert (found.n, found.open, found.later, found.gap) == (3, 2, 3, None)
    ahead = gap([bought(5, planned=-20)], TODAY)
    assert (ahead.n, ahead.later, ahead.sooner, ahead.p) == (1, 0, 0, 1)


def test_without_a_plan_the_first_promise_stands_in_and_without_that_nothing():
    assert gap([bought(60, 20, first=30)], TODAY).gap == 10
    assert gap([bought(60, 20)], TODAY).n == 0


def test_absurd_days_are_left_out_and_counted():
    lines = [bought(60, 20, planned=70), bought(60, 70, planned=30), bought(60, 20, planned=30)]
    found = gap(lines, TODAY)
    assert (found.n, found.absurd, found.gap) == (1, 2, 10)


def test_lines_of_one_order_that_come_on_one_day_are_one():
    lines = [bought(60, 20, planned=30, order="P1") for _ in range(5)]
    assert gap(lines, TODAY).n == 1
    assert gap([*lines, bought(60, 10, planned=30, order="P1")], TODAY).n == 2


def test_a_line_in_two_receipts_has_come_when_all_of_it_is_there():
    assert gap([bought(60, (25, 4), (20, 6), qty=10, planned=30)], TODAY).gap == 10


LINES = st.lists(
    st.tuples(st.integers(1, 90), st.integers(0, 60), st.one_of(st.none(), st.integers(0, 90))),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(deadline=None, max_examples=30)  # the judge is slow
@given(LINES)
def test_the_median_gap_is_that_of_lifelines(drawn):
    lines, rows = [], []
    for back, plans, takes in drawn:
        is_here = takes is not None and takes <= back
        lines.append(bought(back, *([back - takes] if is_here else []), planned=back - plans))
        rows.append(((takes if is_here else back) - plans, is_here))
    table = pd.DataFrame(rows, columns=["gap", "ended"])
    # lifelines takes no durations below 0: all are moved up
    judge = KaplanMeierFitter().fit(table.gap + 100, table.ended)
    curve = judge.survival_function_["KM_estimate"]
    expected = next((t - 100 for t, left in curve.items() if left <= 0.5 + 1e-9), None)
    found = gap(lines, TODAY)
    assert found.gap == expected
    assert found.later == (table.gap > 0).sum()
    assert found.sooner == ((table.gap < 0) & table.ended).sum()


@given(st.integers(0, 250), st.integers(0, 250))
def test_the_chance_of_so_uneven_a_division_is_what_scipy_says(one, other):
    assume(one + other)
    assert sign_test(one, other) == pytest.approx(binomtest(one, one + other).pvalue)


def test_of_many_the_chance_is_near_enough():
    for one in (300, 330, 360):
        exact = binomtest(one, 600).pvalue
        assert sign_test(one, 600 - one) == pytest.approx(exact, abs=0.002)


def test_wrong_master_data_is_found_and_right_is_not():
    off = [bought(back, back - 43, planned=back - 31) for back in range(50, 80)]
    fine = [bought(back, back - 9 - back % 3, planned=back - 10, supplier=GLASS)
            for back in range(50, 80)]  # fmt: skip
    found = gaps(by_item_and_supplier([*off, *fine]), TODAY)
    assert {supplier.name: one.is_wrong for (_, supplier), one in found.items()} == {
        "Borealis": True, "Cobalt": False,
    }  # fmt: skip
    assert found[COIL, STEEL].actual == 43


def test_too_few_lines_call_nothing_wrong():
    off = [bought(back, back - 43, planned=back - 31) for back in range(50, 55)]
    assert not gaps({"coil": off}, TODAY)["coil"].is_wrong
    assert gaps({}, TODAY) == {}
