from datetime import timedelta

import pytest

from commands._churn_gaps import shows, table
from storage.known.customers import Customer, Order
from storage.metrics.churn import lives, standings
from tests.commands.dialogue import NOW

TODAY = NOW.date()


def standing(*quiet, told=None, late=()):
    """Customers who ordered every 20 days until so many days ago."""
    some = [
        Customer(
            f"Quiet {days}", frozenset({("erp", str(days))}), late=late,
            orders=tuple(Order(TODAY - timedelta(days=ago)) for ago in range(600, days - 1, -20)),
        )
        for days in quiet
    ]  # fmt: skip
    return standings(lives(some, TODAY), TODAY, told)


def test_a_row_tells_how_it_orders_and_what_stands_out():
    found = table(standing(80))
    assert [column.name for column in found.columns][1] == "Last order"
    assert found.rows[0][2] == 20
    assert found.rows[0][4] == "quiet 80 d, usually every 20 d"
    assert found.is_fleeting


def test_with_chances_there_is_a_column_of_them():
    found = table(standing(80, told={("erp", "80"): 0.3}))
    assert (found.columns[1].name, found.rows[0][1]) == ("No order in 90 d", 0.3)
    assert not found.is_fleeting


@pytest.mark.parametrize(("shown", "has_risk", "said"), [
    ([], False, "Nothing stands out about any customer."),
    (standing(80), True, "The 1 least likely to order, and what stands out:"),
    (standing(80, 60), False, "2 customers show what usually comes before:"),
    (standing(80, late=(TODAY,)), False,
     "Nobody shows a signal; 1 only waits for a late order of ours:"),
])  # fmt: skip
def test_what_is_listed_is_said(shown, has_risk, said):
    assert shows(shown, has_risk=has_risk) == said
