from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow
from storage.sources._entity import needed
from storage.sources._s4hana_values import (
    Numbered,
    amount,
    factor,
    is_set,
    joined,
    latest,
    own_unit,
    posted,
    ref,
    scaled,
)

BERLIN = ZoneInfo("Europe/Berlin")
UNITS = [
    {"AlternativeUnit": "CAR", "QuantityNumerator": "12", "QuantityDenominator": "1",
     "BaseUnit": "PC"},
    {"AlternativeUnit": "G", "QuantityNumerator": "1", "QuantityDenominator": "1000",
     "BaseUnit": "PC"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "id_"),
    [("000000000000000042", "42"), ("42", "42"), ("PUMP-01", "PUMP-01"), ("00A1", "00A1"),
     ("", None), ("0000000000", None), (None, None)],
)  # fmt: skip
def test_a_number_is_the_same_with_and_without_zeros(shown, id_):
    assert ref()(shown, BERLIN) == id_


def test_an_id_is_of_its_keys_without_zeros():
    lines = Numbered("A", "lines", "purchaseline", ("Order", "Item"),
                     {"number": needed("Item")}, prefix="x/")  # fmt: skip
    ((_, row),) = lines.rows({"Order": "0000000007", "Item": "00010"}, BERLIN)
    assert (row["source_id"], row["number"]) == ("x/7/10", "00010")
    with pytest.raises(BadRow, match="without Order and Item"):
        list(lines.rows({"Order": "7"}, BERLIN))


def test_a_reference_needs_all_of_its_keys():
    assert joined({"Order": "0007", "Item": "00010"}, "Order", "Item") == "7/10"
    assert joined({"Order": "0007", "Item": "00000"}, "Order", "Item") is None
    assert joined({"Order": "", "Item": "00010"}, "Order", "Item") is None


def test_an_amount_that_is_none_is_refused_by_its_name():
    assert amount({"Qty": "3.250"}, "Qty", BERLIN) == Decimal("3.25")
    assert amount({"Qty": None}, "Qty", BERLIN) == 0
    with pytest.raises(BadRow, match="Qty: 'many' is not a number"):
        amount({"Qty": "many"}, "Qty", BERLIN)


def test_all_of_a_line_is_there_with_its_last_schedule_line_of_some_quantity():
    lines = [{"Day": date(2026, 3, day), "Qty": qty}
             for day, qty in ((1, "2"), (5, "1"), (9, "0"))]  # fmt: skip
    assert latest(lines, "Day", "Qty", BERLIN) == date(2026, 3, 5)
    assert latest([], "Day", "Qty", BERLIN) is None


def test_quantity_and_price_are_told_in_the_items_own_unit():
    row = {"qty": Decimal(5), "unit_price": Decimal(30)}
    assert scaled(row, {"units": UNITS}, "CAR", BERLIN) == {
        "qty": Decimal(60), "unit_price": Decimal("2.5"), "uom": "PC",
    }  # fmt: skip
    assert scaled({**row, "unit_price": None}, {}, "KG", BERLIN) == {
        "qty": Decimal(5), "unit_price": None, "uom": "KG",
    }  # fmt: skip


def test_a_unit_of_which_nobody_says_anything_counts_as_it_is():
    assert factor(UNITS, "G", BERLIN) == Decimal("0.001")
    assert factor(UNITS, "PAL", BERLIN) == 1
    assert factor([{**UNITS[0], "QuantityDenominator": "0"}], "CAR", BERLIN) == 1
    assert own_unit(UNITS, "PAL") == "PAL"


@pytest.mark.parametrize(
    ("value", "is_so"),
    [(True, True), ("X", True), ("x", True), ("true", True), ("", False), (None, False),
     (False, False), ("-", False)],
)  # fmt: skip
def test_a_flag_is_true_or_a_mark(value, is_so):
    assert is_set(value) is is_so


def test_a_posting_is_dated_in_the_zone_of_its_plant():
    record = {"header": {"On": date(2026, 7, 1), "At": time(10)}}
    assert posted(record, "header.On", "header.At", BERLIN) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert posted({"header": {"On": date(2026, 7, 1)}}, "header.On", "header.At", BERLIN) is None
