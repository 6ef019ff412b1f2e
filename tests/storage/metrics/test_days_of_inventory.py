import pytest

from storage.known.rates import Sums
from storage.metrics.days_of_inventory import days
from storage.metrics.turnover import Turn


@pytest.mark.parametrize(
    ("turns", "expected"), [(4.0, 91.25), (365.0, 1), (0.0, None), (None, None), (-1.0, None)]
)
def test_it_is_365_by_the_turnover_and_nothing_where_nothing_is_sold(turns, expected):
    assert days(Turn(1, 365, Sums(), Sums(), turns)) == expected
