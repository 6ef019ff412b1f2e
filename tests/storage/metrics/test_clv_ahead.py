from datetime import date, timedelta
from decimal import Decimal

import pytest

from storage.forecasts._gamma_gamma import gamma_gamma_from
from storage.forecasts._mbg import Mbg
from storage.forecasts._sbg import Sbg
from storage.forecasts.clv import Used
from storage.known.contracts import Contract
from storage.known.customers import Customer, Order
from storage.known.rates import Rates
from storage.metrics._clv_ahead import worths
from storage.metrics.clv import discounts
from tests.storage.forecasts.valued import ORDERS, SPEND

TODAY = date(2026, 3, 20)
NONE = Rates("", [])
EURO = Rates("EUR", [("USD", date(2020, 1, 1), Decimal("0.5"))])
FIT = Used(Mbg(**ORDERS["pace"]), {"EUR": gamma_gamma_from(SPEND)}, Sbg(1.0, 30.0), (),
           {"orders": 300, "contracts": 60}, TODAY, {}, None)  # fmt: skip
TWO = FIT._replace(spend={code: gamma_gamma_from(SPEND) for code in ("EUR", "USD")})


def ago(days):
    return TODAY - timedelta(days=days)


def buyer(name, *days, amount=100, currency="EUR"):
    orders = tuple(Order(ago(day), Decimal(amount), currency) for day in sorted(days, reverse=True))
    return Customer(name, frozenset({("erp", name)}), orders=orders)


def signed(name, began, mrr=100, currency="EUR"):
    one = Contract(ago(began), mrr=Decimal(mrr), currency=currency)
    return Customer(name, frozenset({("crm", name)}), contracts=(one,))


def told(customers, fit=FIT, rates=NONE, into=""):
    return {one.customer.name: one for one in worths(customers, TODAY, rates, into, fit)}


def test_who_orders_more_often_and_for_more_is_expected_to_bring_more():
    found = told([
        buyer("often", *range(5, 400, 20)), buyer("seldom", 5, 300), buyer("gone", 800, 820, 840),
        buyer("dear", *range(5, 400, 20), amount=900), buyer("once", 30),
    ])  # fmt: skip
    value = {name: one.value for name, one in found.items()}
    assert value["gone"] < value["once"] < value["often"] < value["dear"]
    assert value["seldom"] < value["often"]
    assert all(one.is_own and one.low <= one.value <= one.high for one in found.values())
    assert {one.n for one in found.values()} == {300}


def test_contracts_are_worth_more_the_longer_they_have_lasted():
    found = told([signed("old", 2_000), signed("new", 20), signed("free", 20, mrr=0)])
    assert set(found) == {"old", "new"}
    assert found["new"].value < found["old"].value < 100 * sum(discounts())
    assert found["old"].kind == "contract"
    assert found["old"].low <= found["old"].value <= found["old"].high


def test_money_is_told_in_one_currency_where_there_is_a_rate():
    [one] = told([buyer("A", 5, 30, currency="USD")], TWO).values()
    assert one.currency == "USD"
    [home] = told([buyer("A", 5, 30, currency="USD")], TWO, EURO).values()
    assert home.currency == "EUR"
    assert (home.value, home.high) == pytest.approx((one.value / 2, one.high / 2))


def test_orders_in_several_currencies_are_told_by_rates_or_not_at_all():
    both = Customer("B", frozenset({("erp", "B")}), orders=(
        Order(ago(30), Decimal(200), "USD"), Order(ago(5), Decimal(100), "EUR"),
    ))  # fmt: skip
    [one] = told([both], rates=EURO).values()
    [plain] = told([buyer("P", 30, 5)]).values()
    assert (one.currency, one.value) == ("EUR", pytest.approx(plain.value))
    assert told([both]) == {}


def test_whom_the_fit_does_not_know_is_told_by_those_like_it():
    others = [buyer(f"O{at}", *range(3 + at, 1_200, 20), currency="CHF") for at in range(12)]
    found = told([buyer("A", 5, 30), *others])
    assert found["A"].is_own
    assert not found["O1"].is_own
    assert found["O1"].currency == "CHF"
    assert found["O1"].value > 0


def test_without_a_fit_it_is_as_before():
    everyone = [buyer(f"O{at}", *range(3 + at, 1_200, 20)) for at in range(12)]
    found = worths([*everyone, signed("C", 300)], TODAY, NONE, "", None)
    assert [one.kind for one in found] == ["contract"] + ["orders"] * 12
    assert not any(one.is_own for one in found)
    half = FIT._replace(lasts=None)
    assert not told([signed("C", 300)], half)["C"].is_own


def test_of_nobody_nothing_is_told():
    assert told([]) == {}
