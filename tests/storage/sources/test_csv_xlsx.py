import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from storage.sources import SourceError
from storage.sources._csv_files import File
from storage.sources._csv_parse import StreamSettings
from storage.sources._csv_read import header, records
from storage.sources._csv_xlsx import cells, count

FIELDS = {"ordered_at": "when", "qty": "number", "supplier": "text", "open": "flag"}
STREAM = StreamSettings(
    file="x.xlsx", key=("Order",), columns={"ordered_at": "Day", "qty": "Quantity",
                                            "supplier": "Vendor", "open": "Open"}, decimal=",",
)  # fmt: skip
at = datetime.fromisoformat
HEAD = ["Order", "Day", "Quantity", "Vendor", "Open"]


def workbook(rows, title="Lines", more=()):
    """A workbook as a spreadsheet program saves one, its sheet of rows first."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name).append(["other"])
    made = io.BytesIO()
    book.save(made)
    return file(made.getvalue())


def file(content, name="x.xlsx"):
    return File(name, datetime(2026, 1, 1, tzinfo=UTC), lambda: io.BytesIO(content))


def read(rows):
    return list(records([workbook([HEAD, *rows])], STREAM, FIELDS))


def test_numbers_times_days_and_flags_are_read_as_cells():
    [one] = read([[1001.0, at("2026-01-31"), 2.5, "Acme", True]])
    assert one.source_id == "1001"
    assert one.row == {"ordered_at": date(2026, 1, 31), "qty": 2.5, "supplier": "Acme",
                       "open": True}  # fmt: skip
    [one] = read([["A7", at("2026-01-31 14:30"), 3, 4711, False]])
    assert one.row["ordered_at"] == at("2026-01-31 14:30")
    assert one.row["supplier"] == "4711"


def test_texts_in_cells_are_read_as_in_any_file():
    [one] = read([["A7", "2026-01-31", "1.234,5", " Acme ", "no"]])
    assert one.row == {"ordered_at": date(2026, 1, 31), "qty": 1234.5, "supplier": "Acme",
                       "open": False}  # fmt: skip


def test_empty_rows_count_as_lines_and_are_no_records():
    one, two = read([["A1"], [None, None], ["", " "], ["A2", None, None, None, None, None]])
    assert [(r.source_id, r.place) for r in (one, two)] == [("A1", "line 2"), ("A2", "line 5")]


def test_a_cell_beyond_the_names_is_told():
    [one] = read([["A1", None, None, None, None, "more"]])
    assert "more cells" in str(one.row)


def test_a_number_where_a_day_should_be_is_told():
    [one] = read([["A1", 45000, 1, "Acme", True]])
    assert "ordered_at '45000' is not a date" in str(one.row)


def test_a_sheet_is_named_or_the_first():
    book = workbook([HEAD], more=["Notes"])
    assert header(book, STREAM) == HEAD
    assert [row for _, row in cells(book, "Notes")] == [["other"]]
    with pytest.raises(SourceError, match="has no sheet 'Line'; it has Lines, Notes"):
        list(cells(book, "Line"))


def test_about_how_many_rows_there_are():
    assert count(workbook([HEAD, ["A"], ["B"]]), "") == 2


def test_what_is_no_workbook_is_told():
    with pytest.raises(SourceError, match=r"x\.xlsx is no workbook"):
        list(cells(file(b"Order;Day\n"), ""))
