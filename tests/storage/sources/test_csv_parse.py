from datetime import date
from decimal import Decimal

import pytest

from storage.sources import BadRow
from storage.sources._csv_parse import StreamSettings, parse

FIELDS = {"ordered_at": "when", "qty": "number", "supplier": "text", "days": "whole",
          "auto_renew": "flag", "tz": "zone"}  # fmt: skip
COLUMNS = {"ordered_at": "day", "qty": "qty", "supplier": "vendor", "days": "days",
           "auto_renew": "auto", "tz": "tz"}  # fmt: skip


def parsed(raw, columns=COLUMNS, **more):
    return parse(raw, StreamSettings(file="x.csv", key=("po",), columns=columns, **more), FIELDS)


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
    assert set(parsed({"day": " ", "qty": "", "vendor": None}).values()) == {None}


@pytest.mark.parametrize(("text", "value"), [("30", 30), ("1 000", 1000), ("2.0", 2)])
def test_a_whole_number_is_read(text, value):
    found = parsed({"days": text})["days"]
    assert (found, type(found)) == (value, int)


@pytest.mark.parametrize(
    ("raw", "said"),
    [({"days": "2.5"}, "days '2.5' is not a whole number"),
     ({"auto": "perhaps"}, "neither yes nor no"),
     ({"tz": "Berlin"}, "not a time zone like Europe/Berlin"),
     ({"tz": "../etc"}, "not a time zone")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_column(raw, said):
    with pytest.raises(BadRow, match=said):
        parsed(raw)


def test_a_zone_is_read():
    assert parsed({"tz": "Europe/Berlin"})["tz"] == "Europe/Berlin"


def test_a_constant_is_the_same_in_every_row():
    row = parsed({"qty": "1"}, {"qty": "qty"}, constants={"supplier": "Acme", "days": "3"})
    assert row == {"qty": 1, "supplier": "Acme", "days": 3}


def test_what_cells_mean_is_said_by_the_map_and_else_by_themselves():
    means = {"auto_renew": {"ja": "yes", "nein": "no"}, "supplier": {"-": ""}}
    rows = [parsed({"auto": text, "vendor": who}, values=means)
            for text, who in (("ja", "-"), ("nein", "A"), ("true", "B"))]  # fmt: skip
    assert [row["auto_renew"] for row in rows] == [True, False, True]
    assert [row["supplier"] for row in rows] == [None, "A", "B"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12.0), ("-1,5", -1.5), ("0", 0.0), ("007", "007"), ("gold", "gold"), (" ", None),
     ("1.234.567", "1.234.567")],
)  # fmt: skip
def test_attributes_are_numbers_where_they_are_some(text, value):
    row = parsed({"plan": text}, {}, attributes=("plan",), decimal=",")
    assert row == {"attributes": {"plan": value}}
    assert type(row["attributes"]["plan"]) is type(value)


def test_a_file_must_have_every_column_that_is_named_once():
    made = StreamSettings(
        file="x.csv", key=("po",), columns={"a": "po", "b": "x"}, attributes=("plan",)
    )
    assert made.read == ("po", "x", "plan")
