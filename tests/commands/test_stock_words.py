from datetime import date
from decimal import Decimal

import pytest

from commands._stock_words import days, fate, next_receipt, on_day, quantity
from storage.metrics._replenishment import Due
from storage.metrics._stock_risk import Risk
from storage.metrics.days_of_cover import covers
from tests.storage.metrics.stock_facts import Unknown, stock, use

TODAY = date(2026, 3, 31)


def due(on, is_promise=True):
    when = on and date.fromisoformat(on)
    return Due(("erp", "1"), ("erp", "bolt"), None, Decimal(5), when, is_promise, TODAY)


@pytest.mark.parametrize(
    ("value", "uom", "text"),
    [(Decimal("1240"), None, "1,240"), (Decimal("2.25"), "kg", "2.2 kg"), (5, "Units", "5"),
     (120.6, "m", "121 m"), (None, "kg", "n/a"), (-3, None, "-3")],
)  # fmt: skip
def test_a_quantity_has_as_many_figures_as_one_reads(value, uom, text):
    assert quantity(value, uom) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1 day"), (5, "5 days"), (5.26, "5.3 days"), (12.6, "13 days"), (None, "n/a")],
)
def test_days_are_whole_from_ten_on(value, text):
    assert days(value) == text


def test_a_day_of_another_year_has_its_year():
    assert (on_day(TODAY, TODAY), on_day(date(2027, 1, 2), TODAY)) == ("31 Mar", "2 Jan 2027")


def test_a_promise_is_said_apart_from_a_guess():
    assert next_receipt(due("2026-04-02"), TODAY) == "2 Apr"
    assert next_receipt(due("2026-04-02", is_promise=False), TODAY) == "about 2 Apr"
    assert next_receipt(due(None), TODAY) == "no date"
    assert next_receipt(None, TODAY) == "none"


@pytest.mark.parametrize(
    ("on_hand", "following", "state", "text"),
    [
        (0, None, "out", "out now; nothing is on order"),
        (0, due("2026-04-02"), "out", "out now; more comes 2 Apr"),
        (5, due("2026-04-09"), "short", "5 days left, 4 days short: more comes 9 Apr"),
        (5, due(None), "short", "5 days left; nobody knows when more comes"),
        (5, None, "unordered", "5 days left; nothing is on order"),
    ],
)
def test_what_becomes_of_an_item(on_hand, following, state, text):
    (cover,) = covers([stock(on_hand=on_hand)], [use("2026-03-30", 90)], {}, TODAY)
    assert fate(Risk(cover, (following,) if following else (), state, Unknown())) == text
