"""One customer's facts in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commands import Basis
from commands._churn_fit import Told
from commands._churn_one import facts_of
from storage.known.customers import Contract, Customer, Order
from storage.metrics.churn import lives, standings

TODAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
BASIS = Basis("churn", 1, NOW, NOW, 1, 1, NOW, ())


def told(count=1, events=0, **facts):
    one = Customer("Acme", frozenset({("erp", "1")}), **facts)
    (standing,) = standings(lives([one], TODAY), TODAY)
    return facts_of(standing, count, TODAY, BASIS, events, Told(why="none was made yet"))


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        (Contract(date(2025, 1, 1)), "No renewal date is known."),
        (Contract(date(2025, 1, 1), renewal_on=date(2026, 9, 1)),
         "Contract up on 2026-09-01; its notice period is not known."),
        (Contract(date(2025, 1, 1), renewal_on=date(2026, 9, 1), notice_days=1, auto_renew=True),
         "Notice is due by 2026-08-31; else the contract renews by itself."),
    ],
)  # fmt: skip
def test_a_contract_says_what_is_known_of_it(contract, said):
    texts = [sentence.text for sentence in told(contracts=(contract,)).detail]
    assert texts == ["No order of theirs is known.", said]


def test_one_order_is_no_rhythm():
    said = told(orders=(Order(TODAY - timedelta(days=5)),))
    assert said.detail[0].text.endswith("too few orders (1 days) to tell how often they order.")
    assert {one.name: one.value for one in said.readings}["usual gap"] is None


def test_figures_that_are_not_known_are_null():
    said = told(contracts=(Contract(date(2025, 1, 1)),))
    values = {one.name: one.value for one in said.readings}
    assert values["quiet"] is values["last 12 months"] is None


def test_no_orders_within_a_year_are_no_revenue():
    said = told(orders=(Order(TODAY - timedelta(days=500), 5, "EUR"),))
    assert {one.name: one.value for one in said.readings}["last 12 months"] == 0


def test_namesakes_and_a_missing_percentage_are_said():
    notes = [one.text for one in told(count=2, events=7).notes]
    assert notes[0].startswith("2 customers bear this name")
    assert notes[1] == "No percentage: only 7 have ever left by falling quiet."
