"""The rows of what may be offered."""

from datetime import date

import numpy as np
import pytest

from commands._book import Book
from commands._opportunity_rows import MOST_OFFERS, Chance, offered, why
from storage.known.rates import Rates
from storage.metrics._lift import Rules
from storage.metrics.bought_together import Offers
from tests.storage.metrics.test_bought_together import placed

BOOK = Book({}, [], {}, Rates("", []), "", date(2026, 3, 20))


def rules(n):
    """Rules of one item, the surest first."""
    low = np.linspace(3, 1.2, n)
    other = np.arange(1, n + 1)
    return Rules(np.zeros(n, int), other, np.full(n, 18), np.full(n, 25), low + 1, low, low + 2)


def rows(shares=None, prices=(1, 1, 1, 1, 1)):
    every = placed(*(("acme", f"item {at}", 10, price) for at, price in enumerate((9, *prices))))
    n = len(prices)
    found = Offers(np.zeros(n, int), np.arange(1, n + 1), np.arange(n))
    return offered(BOOK, every, rules(n), found, shares)


def test_the_surest_come_first_and_only_some_of_a_customer():
    assert [one.item for one in rows()] == ["item 1", "item 2", "item 3"]
    assert MOST_OFFERS == 3


def test_with_chances_those_that_are_expected_to_bring_most_do():
    found = rows([0.01, 0.02, 0.03, 0.04, 0.05], (100, 10, 10, 10, 10))
    assert [one.item for one in found] == ["item 1", "item 5", "item 4"]
    assert found[0].expected == pytest.approx(1.0)


def test_what_has_no_chance_comes_last_and_has_none():
    found = rows([None, 0.02, 0.03, None, 0.01], (100, 10, 10, 10, 10))
    assert [one.item for one in found] == ["item 3", "item 2", "item 5"]
    assert [one.share for one in rows([None] * 5)] == [None] * 3


def test_without_a_price_nothing_is_expected():
    assert Chance(("erp", "a"), "cross-sell", "x", "y", "", None, "", "–", 0.5).expected is None


def test_the_reason_has_its_counts_and_its_bounds():
    assert why(rules(3), 0) == "bought by 18 of 25 customers who buy that; lift 4.0 (3.0 to 5.0)"
