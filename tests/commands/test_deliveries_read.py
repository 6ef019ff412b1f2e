from decimal import Decimal

import pytest

from commands._deliveries_read import strictness, without_level, without_side
from storage.metrics._due import STRICT, Tolerance


@pytest.mark.parametrize(
    ("line", "level", "rest"),
    [
        ("", "line", ""),
        ("acme per order", "order", "acme"),
        ("by value by customer", "value", "by customer"),
        ("Per Lines last 90 days", "line", "last 90 days"),
        ("order by item", "line", "order by item"),
    ],
)
def test_the_level_is_what_is_said_after_per_or_by(line, level, rest):
    assert without_level(line.split()) == (level, rest.split())


@pytest.mark.parametrize(
    ("line", "side", "rest"),
    [
        ("", None, ""),
        ("suppliers by item", True, "by item"),
        ("last 90 days Suppliers", True, "last 90 days"),
        ("customers", False, ""),
        ("by suppliers", None, "by suppliers"),
        ("acme suppliers last week", None, "acme suppliers last week"),
    ],
)
def test_the_side_is_the_first_or_the_last_word(line, side, rest):
    assert without_side(line.split()) == (side, rest.split())


@pytest.mark.parametrize(
    ("line", "tolerance", "rest"),
    [
        ("acme", STRICT, "acme"),
        ("late 2 days acme early 3d", Tolerance(early=3, late=2), "acme"),
        ("short 5% last 90 days", Tolerance(short=Decimal("0.05")), "last 90 days"),
        ("early 0", Tolerance(early=0), ""),
        ("late", STRICT, "late"),
        ("late 999", STRICT, "late 999"),
        ("early acme", STRICT, "early acme"),
    ],
)
def test_what_passes_is_said_in_days_and_percent(line, tolerance, rest):
    assert strictness(line.split()) == (tolerance, rest.split())
