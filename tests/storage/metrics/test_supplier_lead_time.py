from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from storage.metrics.supplier_lead_time import shipping
from tests.storage.metrics.purchases import TODAY, ago, bought

TELLS = {"odoo:erp"}


def placed(*lines):
    return shipping(lines, TELLS).placed(TODAY)


def test_days_run_from_acknowledgement_to_shipping():
    found = placed(bought(40, 5, acknowledged=38, shipped=10))
    assert (found.n, found.open, found.median) == (1, 0, 28)


def test_what_is_acknowledged_and_not_shipped_counts_at_its_age():
    shipped = [bought(40, acknowledged=38, shipped=18) for _ in range(2)]
    waiting = [bought(40, acknowledged=38) for _ in range(3)]
    found = placed(*shipped, *waiting)
    assert (found.n, found.open, found.median) == (5, 3, None)


def test_without_an_acknowledgement_there_is_nothing_to_count_from():
    assert placed(bought(40, shipped=10)).n == 0


def test_a_source_that_never_tells_of_shipping_has_no_open_orders():
    silent = [bought(40, acknowledged=38, source="csv:old")]
    assert shipping(silent, TELLS).placed(TODAY).n == 0


def test_what_was_received_and_has_no_day_of_shipping_is_left_out_and_counted():
    found = shipping([bought(40, 5, acknowledged=38), bought(9, acknowledged=8)], TELLS)
    assert (found.unshipped, found.placed(TODAY).n) == (1, 1)


def test_shipped_before_it_was_acknowledged_is_absurd():
    found = placed(bought(40, acknowledged=10, shipped=20), bought(40, acknowledged=38, shipped=8))
    assert (found.n, found.absurd, found.median) == (1, 1, 30)


def test_a_cancelled_order_leaves_at_its_cancellation_unless_it_was_shipped():
    off = placed(bought(40, acknowledged=38, cancelled=30))
    assert (off.n, off.cancelled, off.open) == (1, 1, 0)
    gone = placed(bought(40, acknowledged=38, shipped=30, cancelled=20))
    assert (gone.n, gone.cancelled, gone.median) == (1, 0, 8)


def test_lines_of_one_order_are_shipped_together_and_count_once():
    lines = [bought(40, acknowledged=38, shipped=30, order="P1") for _ in range(4)]
    assert placed(*lines).n == 1


def test_now_shows_a_change_that_the_orders_of_the_last_months_hide():
    every = [
        bought(back, acknowledged=back, shipped=back - takes if takes <= back else None)
        for back in range(1, 300)
        for takes in (20 if back > 70 else 32,)
    ]
    assert shipping(every, TELLS).now(TODAY).median == 32


ORDERS = st.lists(
    st.tuples(st.integers(1, 90), st.one_of(st.none(), st.integers(0, 80))), min_size=1, max_size=40
)


@settings(deadline=None, max_examples=30)  # the judge is slow
@given(ORDERS)
def test_it_is_the_curve_of_lifelines(orders):
    lines, rows = [], []
    for back, takes in orders:
        is_gone = takes is not None and takes <= back
        lines.append(bought(back + 3, acknowledged=back, shipped=back - takes if is_gone else None))
        end = ago(back) + timedelta(days=takes) if is_gone else TODAY
        rows.append(((end - ago(back)).days, is_gone))
    table = pd.DataFrame(rows, columns=["days", "ended"])
    curve = KaplanMeierFitter().fit(table.days + 1, table.ended).survival_function_["KM_estimate"]
    expected = next((t - 1 for t, left in curve.items() if left <= 0.5 + 1e-9), None)
    found = placed(*lines)
    assert found.n == len(rows)
    assert found.median == (None if expected is None else pytest.approx(expected))
