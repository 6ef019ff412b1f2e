"""A table as Slack takes it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.tables import table_block
from commands import Column, Table

COLUMNS = (Column("Supplier", "supply"), Column("Median", "supply", "d", "lead-time"))


def made(count, value=43.5, **more):
    rows = tuple((f"Supplier {number}", value) for number in range(count))
    return table_block(Table(COLUMNS, rows, **more), "Lead time")


def test_a_few_rows_are_a_plain_table_with_figures_to_the_right():
    block = made(3)
    assert block["type"] == "table"
    assert [one["align"] for one in block["column_settings"]] == ["left", "right"]
    assert [cell["text"] for cell in block["rows"][1]] == ["Supplier 0", "43.5 d"]


def test_more_rows_have_pages_a_caption_and_numbers_that_sort():
    block = made(40, Decimal("43.5"))
    assert (block["type"], block["page_size"], block["caption"]) == ("data_table", 10, "Lead time")
    assert len(block["rows"]) == 41
    assert block["rows"][1][1] == {"type": "raw_number", "value": 43.5, "text": "43.5 d"}


def test_a_missing_figure_is_a_text():
    for value in (None, float("nan"), float("inf")):
        assert made(20, value)["rows"][1][1]["type"] == "raw_text"
    assert made(20, None)["rows"][1][1]["text"] == "n/a"


def test_the_row_to_look_at_is_bold_in_both():
    for count in (3, 30):
        cell = made(count, bold=frozenset({1}))["rows"][2][0]
        assert cell["elements"][0]["elements"][0] == {
            "type": "text", "text": "Supplier 1", "style": {"bold": True}
        }  # fmt: skip


def test_no_more_rows_than_slack_takes():
    assert len(made(500)["rows"]) == 101


@given(st.integers(11, 300), st.text(min_size=0, max_size=400), st.integers(1, 25))
def test_it_stays_within_the_limits_of_slack(count, name, width):
    columns = tuple(Column(name, "supply") for _ in range(width))
    rows = tuple((name,) * width for _ in range(count))
    block = table_block(Table(columns, rows), "x")
    assert 2 <= len(block["rows"]) <= 101
    assert {len(row) for row in block["rows"]} == {min(width, 20)}
    assert sum(len(cell["text"]) for row in block["rows"] for cell in row) <= 20_000
    assert all(cell["text"] for row in block["rows"] for cell in row)
