from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from storage.forecasts._clv_judge import CONTRACTS, ORDERS, judged
from storage.forecasts._statement import Issued
from storage.metrics.clv import discounts
from tests.storage.world import World

ON = date(2024, 1, 10)
AT = datetime(2024, 1, 10, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def told(who, low, high, event=ORDERS, days=365, number=1, source="odoo:erp"):
    return Issued(
        "clv", f"customer:{source}/{who}", event, 0.8, ON + timedelta(days=days), low, high,
        id=number, version=1, issued_at=AT, issued_on=ON,
    )  # fmt: skip


def verdicts(world, *statements, days=400):
    with world.reader() as session:
        return judged(session, statements, AT + timedelta(days=days), BERLIN)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.customer("A", source_id="a")
    for day, amount in (("2024-01-10", 500), ("2024-01-11", 100), ("2025-01-09", 20),
                        ("2025-01-10", 700)):  # fmt: skip
        made.sale("a", day, amount=amount, currency="EUR")
    made.sale("a", "2024-05-01", amount=900, currency="EUR", cancelled="2024-05-02")
    return made


@pytest.mark.parametrize(("low", "high", "held"), [
    (0, 119, False), (0, 120, True), (120, 500, True), (121, 500, False),
])  # fmt: skip
def test_orders_of_the_days_behind_count_and_none_that_was_called_off(world, low, high, held):
    assert verdicts(world, told("a", low, high)) == {1: held}


def test_nothing_is_decided_before_the_last_day_is_over(world):
    assert verdicts(world, told("a", 0, 120), days=365) == {}
    assert verdicts(world, told("a", 0, 120), days=366) == {1: True}


def test_who_is_not_known_any_more_or_pays_in_two_currencies_is_never_known(world):
    assert verdicts(world, told("gone", 0, 10)) == {1: None}
    world.sale("a", "2024-02-01", amount=5, currency="USD")
    assert verdicts(world, told("a", 0, 120)) == {1: None}


def test_who_brought_nothing_brought_nothing(world):
    world.customer("B", source_id="b")
    world.sale("b", "2023-05-01", amount=5, currency="EUR")
    assert verdicts(world, told("b", 0, 1), told("b", 1, 9, number=2)) == {1: True, 2: False}


def test_contracts_count_by_month_as_they_were_discounted(tmp_path):
    world = World(tmp_path)
    account = world.account("A", source_id="c")
    world.contract(account, "2023-01-01", mrr=Decimal(100), currency="EUR", churned="2025-01-15")
    brought = 100 * sum(discounts()[:12])
    every = [
        told("c", brought - 1, brought + 1, CONTRACTS, 1096, 1, "hubspot:crm"),
        told("c", brought + 1, 9_999, CONTRACTS, 1096, 2, "hubspot:crm"),
        told("none", 0, 1, CONTRACTS, 1096, 3, "hubspot:crm"),
        told("c", 0, 1, CONTRACTS, 1300, 4, "hubspot:crm"),
    ]
    assert verdicts(world, *every, days=1100) == {1: True, 2: False, 3: None}
