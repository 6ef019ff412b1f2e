from decimal import Decimal

from storage.known.rates import Sums
from storage.metrics.holding_cost import holding_cost


def test_a_years_cost_is_the_rate_of_the_average_in_each_currency():
    average = Sums({"EUR": Decimal(1000), "USD": Decimal(50)}, 2)
    assert holding_cost(average, Decimal("0.12")) == Sums(
        {"EUR": Decimal(120), "USD": Decimal(6)}, 2
    )
    assert holding_cost(average).by_currency["EUR"] == 200
    assert holding_cost(average, Decimal(0)).by_currency["EUR"] == 0
