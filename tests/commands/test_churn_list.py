from decimal import Decimal

import pytest

from commands._churn_fit import Told
from commands._churn_list import Listed, about, detail, figures, summary, table
from storage.forecasts._churn_now import Base, Chance
from storage.known.customers import Customer
from storage.known.rates import Rates
from storage.metrics.churn import Standing
from tests.commands.dialogue import NOW

TODAY = NOW.date()
SIGNED = Base("contracts", 90, 90, 1_000, 100, True)
BUYERS = Base("orders", 273, 200, 500, 400, True)


def listed(*rows, bases=(SIGNED, BUYERS), rates=(), home="", into=""):
    """From (share, base, revenue by currency)."""
    shown, chances = [], {}
    for number, (share, base, revenue) in enumerate(rows):
        key = ("erp", str(number))
        one = Customer(f"Acme {number}", frozenset({key}))
        shown.append(Standing(one, None, None, (), share, revenue))
        if base:
            chances[key] = Chance(base, share, share / 2, share * 1.1)
    return Listed(shown, Told(bases, chances), Rates(home, rates), into, TODAY)


FOUR = listed(
    (0.6, SIGNED, {"EUR": Decimal(100)}), (0.4, SIGNED, None),
    (0.5, BUYERS, {"EUR": Decimal(50)}), (None, None, {"EUR": Decimal(900)}),
)  # fmt: skip


def test_expected_leavers_are_the_sum_of_the_chances_by_whom_they_are_of():
    assert summary(FOUR) == (
        "**About 1.5 of 3 customers will leave**: 1.0 of 2 with a contract will leave within 90 d,"
        " 0.5 of 1 without a contract will order nothing within 273 d; 1 is likely to (over 50 %)."
    )
    alone = listed((0.3, SIGNED, None), (0.2, SIGNED, None))
    assert summary(alone) == (
        "**About 0.5 of 2 customers will leave** within 90 days; 0 are likely to (over 50 %)."
    )


def test_what_is_expected_to_go_stands_beside_all_that_they_bring():
    text = detail(FOUR)[0]
    assert text.text == (
        "Expected to go with them: at least EUR 85 a year, the sum of chance × revenue; all 3 named"
        " bring at least EUR 150."
    )
    assert text.topics == ("customers", "revenue")
    read = {one.name: one.value for one in figures(FOUR)}
    assert float(read["revenue expected to go"]) == pytest.approx(85)
    assert read["base rate without a contract"] == 0.8


def test_the_rows_add_up_to_what_is_expected():
    found = table(FOUR, has_money=True)
    names = [column.name for column in found.columns]
    risks = [row[names.index("At risk")] for row in found.rows]
    assert [None if one is None else float(one) for one in risks] == [
        pytest.approx(60), None, pytest.approx(25), None,
    ]  # fmt: skip
    assert [row[names.index("Within")] for row in found.rows] == [90, 90, 273, None]
    assert found.bold == {0}
    assert sum(row[1] or 0 for row in found.rows) == pytest.approx(1.5)


def test_with_one_horizon_there_is_no_column_of_it():
    alone = listed((0.3, SIGNED, None), bases=(SIGNED,))
    assert "Within" not in [column.name for column in table(alone, has_money=True).columns]


def test_several_currencies_are_never_added_without_rates():
    two = ((0.5, SIGNED, {"EUR": Decimal(100)}), (0.5, SIGNED, {"USD": Decimal(100)}))
    assert "EUR 50 + USD 50 a year" in detail(listed(*two))[0].text
    rates = [("USD", TODAY, Decimal("0.9"))]
    assert "EUR 95 a year" in detail(listed(*two, rates=rates, home="EUR"))[0].text


@pytest.mark.parametrize(("count", "said"), [(0.04, "0.0"), (9.96, "10.0"), (1_234.4, "1,234")])
def test_a_small_number_has_a_decimal(count, said):
    assert about(count) == said
