from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from storage.sources._csv_cell import is_number, plain


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  a b ", "a b"),
        (True, "true"),
        (False, "false"),
        (1001.0, "1001"),
        (2.5, "2.5"),
        (float("nan"), "nan"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        (Decimal("5.00"), "5.00"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime.fromisoformat("2026-01-31 09:00"), "2026-01-31T09:00:00"),
        (b"\x0a\xff", "0aff"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    ],
)
def test_a_cell_is_a_text(cell, text):
    assert plain(cell) == text


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [(1, True), (1.5, True), (Decimal(1), True), (True, False), ("1", False), (None, False)],
)
def test_a_flag_and_a_text_are_no_numbers(cell, is_one):
    assert is_number(cell) is is_one
