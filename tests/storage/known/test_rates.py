from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storage.known.rates import Amount, Rates, Sums, rates
from tests.storage.world import World

DAY = date(2026, 2, 1)
RATES = Rates(
    "EUR", [("USD", date(2026, 1, 1), Decimal("0.9")), ("USD", date(2026, 2, 1), Decimal("0.8")),
            ("GBP", date(2026, 1, 1), Decimal("1.2"))],
)  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "on", "expected"),
    [
        ("EUR", date(2020, 1, 1), Decimal(1)),
        ("USD", date(2025, 12, 31), None),
        ("USD", date(2026, 1, 31), Decimal("0.9")),
        ("USD", date(2026, 3, 1), Decimal("0.8")),
        ("CHF", DAY, None),
    ],
)
def test_a_rate_is_that_of_the_last_day_that_has_one(currency, on, expected):
    assert RATES.rate(currency, on) == expected


def test_an_amount_is_converted_through_the_home_currency():
    assert RATES.convert(Amount(Decimal(120), "USD", DAY), "GBP") == Decimal(80)
    assert RATES.convert(Amount(None, "USD", DAY), "GBP") is None


def test_a_sum_is_one_where_every_rate_is_there():
    euros, dollars = Amount(Decimal(100), "EUR", DAY), Amount(Decimal(100), "USD", DAY)
    assert RATES.total([euros, dollars]).single == (Decimal(180), "EUR")
    assert RATES.total([euros, dollars], "USD").single == (Decimal(225), "USD")


def test_without_a_rate_each_currency_stands_by_itself():
    francs = Amount(Decimal(500), "CHF", DAY)
    found = RATES.total([Amount(Decimal(100), "EUR", DAY), francs])
    assert found.by_currency == {"CHF": 500, "EUR": 100}
    assert found.single is None
    assert Rates("", []).total([francs, francs]).single == (Decimal(1000), "CHF")


def test_what_is_not_known_is_counted_and_never_taken_for_nothing():
    found = RATES.total([Amount(None, "EUR", DAY), Amount(Decimal(1), "EUR", DAY)])
    assert (found.unknown, found.single) == (1, None)
    assert RATES.total([]) == Sums()


def test_rates_are_those_known_by_now(tmp_path):
    world = World(tmp_path)
    for on, rate in ((date(2026, 1, 1), "0.9"), (date(2026, 2, 1), "0.8")):
        world.fact("fxrate", currency="USD", rate_on=on, rate=Decimal(rate))
    with world.reader() as session:
        found = rates(session, datetime(2026, 1, 15, tzinfo=UTC), "EUR")
    assert found.rate("USD", date(2026, 3, 1)) == Decimal("0.9")
