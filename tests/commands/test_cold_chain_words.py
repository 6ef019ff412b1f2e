from decimal import Decimal

import pytest

from commands._cold_chain_words import degrees, minutes, said
from storage.metrics.cold_chain import Range


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(2, 8, "2 to 8 °C"), (-25, -15, "-25 to -15 °C"), (None, 8, "up to 8 °C"),
     ("2.5", None, "2.5 °C or more")],
)  # fmt: skip
def test_a_range_is_said(low, high, words):
    bounds = [None if one is None else Decimal(one) for one in (low, high)]
    assert said(Range(*bounds)) == words


@pytest.mark.parametrize(("value", "words"), [(0, "0 min"), (119, "119 min"), (210, "3.5 h")])
def test_minutes_are_said(value, words):
    assert minutes(value) == words


def test_degrees_are_said_to_a_tenth():
    assert degrees(Decimal("8.26")) == "8.3 °C"
    assert degrees(None) == "n/a"
