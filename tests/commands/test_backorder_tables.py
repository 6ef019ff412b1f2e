from commands._backorder_tables import line_by_line
from commands._deliveries import Asked
from commands._grammar import Query
from storage.known.rates import Rates
from storage.metrics.backorders import backorders
from tests.storage.metrics.deliveries import TODAY, due


def table(*lines, usual=None, is_supply=False):
    asked = Asked(Query((), None, None, False, None), is_supply)
    return line_by_line(asked, backorders(lines, TODAY, Rates("", [])), usual)


def test_the_oldest_is_first_and_what_is_unusual_is_bold():
    found = table(due(first=5), due(first=40, order="S9"), usual=20)
    assert [row[0] for row in found.rows] == ["S9", "S1"]
    assert found.bold == {0}
    assert table(due(first=40)).bold == frozenset()


def test_in_one_currency_values_are_numbers_and_in_several_texts():
    assert table(due(2, first=5, price=30)).columns[-1].unit == "EUR"
    assert table(due(2, first=5, price=30)).rows[0][-1] == 60
    found = table(due(first=5, price=30), due(first=4, price=None), due(first=3, currency="USD"))
    assert [row[-1] for row in found.rows] == ["EUR 30", None, "USD 10"]
    assert found.columns[-1].unit == ""


def test_money_of_customers_is_revenue_and_of_suppliers_supply():
    assert table(due(first=5)).columns[-1].topic == "revenue"
    assert {column.topic for column in table(due(first=5), is_supply=True).columns} == {"supply"}


def test_nothing_late_has_no_table():
    assert table(due(first=-5)) is None
