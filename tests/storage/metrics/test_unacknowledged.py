from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.known.rates import Amount
from storage.metrics.unacknowledged import unacknowledged, usually
from tests.storage.metrics.purchases import STEEL, TODAY, ago, bought

TELLS = {"odoo:erp"}


def numbers(*lines):
    return [one.number for one in unacknowledged(lines, TELLS, TODAY)]


def test_the_oldest_comes_first():
    assert numbers(bought(3, order="P3"), bought(9, order="P2"), bought(40, order="P1")) == [
        "P1", "P2", "P3",
    ]  # fmt: skip


def test_what_was_acknowledged_shipped_received_or_called_off_does_not_wait():
    assert numbers(
        bought(9, acknowledged=8), bought(9, shipped=2), bought(9, 2), bought(9, cancelled=1),
        bought(9, (2, 4), qty=10),
    ) == []  # fmt: skip


def test_what_one_line_shows_holds_for_the_order():
    assert numbers(bought(9, 2, order="P1"), bought(9, order="P1")) == []


def test_an_order_is_told_with_its_open_lines():
    (one,) = unacknowledged(
        [bought(9, order="P1", first=-5, country="SE"), bought(9, order="P1", qty=3, first=-2),
         bought(9, order="P1", cancelled=3)], TELLS, TODAY,
    )  # fmt: skip
    assert (one.supplier, one.buyer, one.lines, one.due_on) == (STEEL, "Ada", 2, ago(-2))
    assert one.amounts == (Amount(10, "EUR", ago(9)), Amount(30, "EUR", ago(9)))
    assert (one.days, one.working_days) == (9, 5)


def test_a_source_that_never_tells_of_acknowledgements_lacks_none():
    assert unacknowledged([bought(9, source="csv:old")], TELLS, TODAY) is None
    assert usually([bought(9, source="csv:old")], TELLS, TODAY) is None
    both = [bought(9, source="csv:old"), bought(9, order="P7")]
    assert [one.number for one in unacknowledged(both, TELLS, TODAY)] == ["P7"]


def test_nothing_ordered_is_nothing_missing():
    assert unacknowledged([], TELLS, TODAY) == []


def test_how_long_it_usually_takes_counts_those_that_wait_and_those_known_by_deed():
    lines = [bought(back, acknowledged=back - 2) for back in range(3, 60)]
    assert usually(lines, TELLS, TODAY).median == 2
    silent = [bought(back, back - 20) for back in range(21, 80)]
    found = usually([*lines, *silent], TELLS, TODAY)
    assert found.median == 2 or found.median is None
    assert found.cancelled > 0


LINES = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 60), st.booleans(), st.booleans(),
        st.sampled_from(("open", "received", "off")),
    ),
    max_size=30,
)  # fmt: skip


@pytest.mark.slow
@given(LINES)
def test_it_is_what_pandas_groups(drawn):
    lines, rows = [], []
    for order, back, told, shipped, end in drawn:
        number = f"P{order}-{back}"
        lines.append(
            bought(
                back, *([0] if end == "received" else []), order=number,
                acknowledged=0 if told else None, shipped=0 if shipped else None,
                cancelled=0 if end == "off" else None,
            )
        )  # fmt: skip
        rows.append((number, back, told or shipped or end == "received", end == "open"))
    table = pd.DataFrame(rows, columns=["order", "days", "is_known", "is_open"])
    orders = table.groupby("order").agg(
        {"days": "first", "is_known": "any", "is_open": "sum"}
    )  # fmt: skip
    waits = orders[~orders.is_known.astype(bool) & (orders.is_open > 0)]
    expected = {(number, row.days, row.is_open) for number, row in waits.iterrows()}
    found = unacknowledged(lines, TELLS, TODAY)
    assert {(one.number, one.days, one.lines) for one in found} == expected
    assert [one.days for one in found] == sorted((one.days for one in found), reverse=True)
    assert all(one.ordered_on == TODAY - timedelta(days=one.days) for one in found)
