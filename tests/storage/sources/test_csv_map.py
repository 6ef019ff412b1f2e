from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.sources import BadRow, SourceError
from storage.sources._csv_map import StreamSettings, mapping, parse

BERLIN = ZoneInfo("Europe/Berlin")


def settings(**more):
    columns = {"ordered_at": "day", "qty": "qty", "supplier": "vendor"}
    return StreamSettings("x.csv", ("po",), columns, **more)


def parsed(raw, **more):
    made = settings(**more)
    return parse(raw, made, mapping("purchase_lines", made, BERLIN).fields)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1.5", ".", "1.5"), ("1.234,5", ",", "1234.5"), ("1 000", ".", "1000")],
)
def test_numbers_are_read_as_the_file_writes_them(text, decimal, value):
    assert parsed({"qty": text}, decimal=decimal)["qty"] == Decimal(value)


@pytest.mark.parametrize("text", ["abc", "NaN", "1e400", "Infinity", "1,2,3"])
def test_what_is_no_number_is_refused_with_its_column(text):
    with pytest.raises(BadRow, match="qty"):
        parsed({"qty": text})


@pytest.mark.parametrize(
    ("text", "formats", "value"),
    [
        ("2026-01-31", {}, date(2026, 1, 31)),
        ("31.01.2026", {"ordered_at": "%d.%m.%Y"}, date(2026, 1, 31)),
        ("31.01.26", {"ordered_at": ("%d.%m.%Y", "%d.%m.%y")}, date(2026, 1, 31)),
    ],
)
def test_dates_are_read_by_their_format(text, formats, value):
    assert parsed({"day": text}, formats=formats)["ordered_at"] == value


@pytest.mark.parametrize("text", ["31.01.2026", "2026-13-01", "tomorrow"])
def test_a_date_of_another_format_is_refused_and_never_guessed(text):
    with pytest.raises(BadRow, match="ordered_at"):
        parsed({"day": text})


def test_an_empty_cell_is_null():
    assert parsed({"day": " ", "qty": "", "vendor": None}) == {
        "ordered_at": None, "qty": None, "supplier": None,
    }  # fmt: skip


def facts(row):
    made = mapping("purchase_lines", settings(), BERLIN)
    return dict(made.facts("P1|1", row))


def test_a_row_becomes_an_order_a_line_and_its_receipt():
    found = facts({"ordered_at": date(2026, 1, 1), "received_at": date(2026, 1, 9),
                   "supplier": "Acme", "qty": Decimal(3)})  # fmt: skip
    assert found["purchaseorder"]["ordered_on"] == date(2026, 1, 1)
    assert found["purchaseline"]["qty"] == 3
    assert found["receipt"]["received_on"] == date(2026, 1, 9)
    assert found["party"]["name"] == "Acme"


def test_a_receipt_before_its_order_is_refused():
    with pytest.raises(BadRow, match="before it was ordered"):
        facts({"ordered_at": date(2026, 1, 9), "received_at": date(2026, 1, 1)})


@pytest.mark.parametrize("qty", [Decimal(0), Decimal(-1)])
def test_nothing_is_no_order(qty):
    with pytest.raises(BadRow, match="qty"):
        facts({"ordered_at": date(2026, 1, 9), "qty": qty})


def test_a_field_that_does_not_exist_gives_the_nearest():
    made = StreamSettings("x.csv", ("po",), {"orderd_at": "day"})
    with pytest.raises(SourceError, match="ordered_at"):
        mapping("purchase_lines", made, BERLIN)


def test_a_stream_that_does_not_exist_gives_the_nearest():
    with pytest.raises(SourceError, match="purchase_lines"):
        mapping("purchases", settings(), BERLIN)
