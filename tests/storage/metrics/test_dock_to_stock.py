"""From the dock to stock: what lies there still counts, and lifelines is the judge."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.known.goods import Came
from storage.metrics.dock_to_stock import now, placed

TODAY = date(2026, 3, 1)
ERP = {"odoo:erp"}


def ago(days):
    return None if days is None else TODAY - timedelta(days=days)


def came(received, usable=None, *, qty=1, doc=None, source="odoo:erp", is_scanned=False):
    came.count += 1
    key = (source, str(came.count))
    return Came(key, (source, doc or key[1]), (source, "coil"), None, ago(received), Decimal(qty),
                ago(usable), is_scanned)  # fmt: skip


came.count = 0


def test_days_run_from_the_receipt_to_its_use():
    found = placed([came(10, 7)], ERP, TODAY)
    assert (found.n, found.open, found.median) == (1, 0, 3)


def test_what_lies_at_the_dock_counts_at_its_age():
    found = placed([came(10, 7), came(10, 7), *(came(10) for _ in range(3))], ERP, TODAY)
    assert (found.n, found.open, found.median) == (5, 3, None)


def test_a_source_that_never_tells_has_nothing_at_the_dock():
    assert placed([came(10, source="csv:old")], ERP, TODAY).n == 0


def test_what_was_scanned_counts_where_the_source_does_not_tell():
    scanned = [came(10, 7, source="csv:old", is_scanned=True) for _ in range(2)]
    scanned.append(came(9, source="csv:old", is_scanned=True))
    found = placed([*scanned, came(10, source="csv:old")], ERP, TODAY)
    assert (found.n, found.open, found.median) == (3, 1, 3)


def test_what_went_back_is_no_receipt():
    assert placed([came(10, 7), came(9, qty=-1)], ERP, TODAY).n == 1


def test_lines_of_one_delivery_put_away_on_one_day_count_once():
    lines = [came(10, 7, doc="IN/1"), came(10, 7, doc="IN/1"), came(10, 6, doc="IN/1")]
    assert placed(lines, ERP, TODAY).n == 2


def test_usable_before_it_came_is_absurd():
    found = placed([came(7, 10)], ERP, TODAY)
    assert (found.n, found.absurd) == (0, 1)


def test_now_is_what_was_under_way_lately():
    every = [came(back, max(back - (1 if back > 60 else 4), 0) or None) for back in range(200)]
    assert now(every, ERP, TODAY).median == 4


@settings(deadline=None, max_examples=20)  # the judge is slow
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 70)), min_size=1, max_size=30))
def test_it_is_the_curve_of_lifelines(receipts):
    every = [came(back, back - took if took <= back else None) for back, took in receipts]
    judge = KaplanMeierFitter().fit(
        [min(back, took) + 1 for back, took in receipts],
        [took <= back for back, took in receipts],
    )
    curve = judge.survival_function_["KM_estimate"]
    expected = next((t - 1 for t, left in curve.items() if left <= 0.5 + 1e-9), None)
    found = placed(every, ERP, TODAY)
    assert (found.n, found.median) == (len(receipts), expected)
