"""What a customer is worth, in one currency or not at all."""

from datetime import date, timedelta
from decimal import Decimal

from storage.known.contracts import Contract
from storage.known.customers import Customer, Order
from storage.known.rates import Rates
from storage.metrics._worth import monthly, ordered

DAY = date(2026, 3, 1)
RATES = Rates("EUR", [("USD", date(2026, 1, 1), Decimal("0.8")), ("USD", DAY, Decimal("0.5"))])
NONE = Rates("", [])


def customer(*orders, contracts=()):
    return Customer("Acme", frozenset({("erp", "1")}), orders=orders, contracts=contracts)


def order(amount, currency="EUR", days=0):
    value = None if amount is None else Decimal(amount)
    return Order(DAY - timedelta(days=days), value, currency)


def test_orders_are_converted_at_their_own_day_or_at_one():
    one = customer(order(10, "USD", days=5), order(10, "USD"))
    start, end = DAY - timedelta(days=9), DAY + timedelta(days=1)
    assert ordered(one, start, end, RATES, "EUR") == (Decimal(13), "EUR")
    assert ordered(one, start, end, RATES, "EUR", DAY) == (Decimal(10), "EUR")
    assert ordered(one, start, DAY, RATES, "EUR") == (Decimal(8), "EUR")


def test_what_cannot_be_one_sum_is_not_known():
    end = DAY + timedelta(days=1)
    assert ordered(customer(order(1), order(1, "USD")), DAY, end, NONE, "") is None
    assert ordered(customer(order(None)), DAY, end, RATES, "EUR") is None
    assert ordered(customer(order(1, "USD")), DAY, end, NONE, "") == (Decimal(1), "USD")
    assert ordered(customer(), DAY, end, RATES, "EUR") == (Decimal(0), "")


def test_contracts_that_run_bring_their_money_a_month():
    signed = (
        Contract(date(2025, 1, 1), mrr=Decimal(100), currency="EUR"),
        Contract(date(2025, 1, 1), churned_on=DAY, mrr=Decimal(50), currency="EUR"),
    )
    one = customer(contracts=signed)
    assert monthly(one, DAY - timedelta(days=1), RATES, "EUR", DAY) == (Decimal(150), "EUR")
    assert monthly(one, DAY, RATES, "EUR", DAY) == (Decimal(100), "EUR")
    assert monthly(customer(contracts=(Contract(None),)), DAY, RATES, "EUR", DAY) is None
