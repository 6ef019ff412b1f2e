from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts._clv_facts import (
    MONTH,
    SEVERAL,
    brought,
    buyers_before,
    contracts_by_day,
    earned,
    paid,
    paid_by,
    running,
    tenures,
)
from storage.known.customers import Customer, Order
from tests.storage.forecasts.spenders import contract, rows
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
YEAR = np.ones(12)


def test_orders_of_one_day_are_one_and_what_brings_nothing_is_none():
    made = rows((0, 10, 5.0), (0, 10, 7.0), (0, 30, 9.0), (1, 12, 0.0), (2, 15, 4.0))
    found = buyers_before(made, 40)
    assert found.number.tolist() == [0, 2]
    assert [one.tolist() for one in found.seen] == [[1, 0], [20, 0], [30, 25]]
    assert [one.tolist() for one in found.spent] == [[2, 1], [10.5, 4]]


def test_an_order_whose_money_is_not_known_is_one():
    made = rows((0, 10, float("nan")), (0, 20, 8.0), (1, 10, float("nan")))
    found = buyers_before(made, 40)
    assert found.seen.again.tolist() == [1, 0]
    assert found.spent.orders.tolist() == [1, 0]
    assert found.spent.mean[0] == 8
    assert np.isnan(brought(made, found.number, 0, 15)).tolist() == [True, True]
    assert brought(made, found.number, 15, 40).tolist() == [8, 0]


def test_what_was_called_off_counts_until_then():
    made = rows((0, 10, 5.0, 20), (1, 10, 5.0))
    assert buyers_before(made, 15).number.tolist() == [0, 1]
    assert buyers_before(made, 21).number.tolist() == [1]
    assert brought(made, np.array([0, 1]), 10, 15).tolist() == [5, 5]
    assert brought(made, np.array([0, 1]), 10, 21).tolist() == [0, 5]


def test_orders_are_read_with_their_currencies_and_without_those_of_contracts(tmp_path):
    world = World(tmp_path)
    euro, both, mute = (world.customer(name) for name in ("Euro", "Both", "Mute"))
    world.sale(euro, "2025-01-01", amount=100, currency="EUR")
    world.sale(euro, "2025-02-01", amount=50, currency="EUR", cancelled="2025-02-03")
    world.sale(both, "2025-01-01", amount=100, currency="EUR")
    world.sale(both, "2025-01-09", amount=100, currency="USD")
    world.sale(mute, "2025-01-05", amount=30)
    with world.reader() as session:
        made = paid(session, NOW)
    by_key = dict(zip([key[1] for key in made.keys], made.currency.tolist(), strict=True))
    assert by_key[both] == SEVERAL
    assert made.currencies[by_key[euro]] == "EUR"
    assert sorted(made.money.tolist()) == [30, 50, 100, 100, 100]
    assert (made.gone > 0).sum() == 1


def test_the_same_orders_are_read_of_customers_that_are_known():
    orders = (Order(date(2025, 1, 1), Decimal("9.5"), "EUR"), Order(date(2025, 2, 1)))
    one = Customer("A", frozenset({("erp", "a")}), orders=orders)
    made = paid_by([one])
    assert made.keys == (("erp", "a"),)
    assert made.day.tolist() == [order.on.toordinal() for order in orders]
    assert made.money[0] == 9.5
    assert np.isnan(made.money[1])
    assert len(paid_by([]).day) == 0


def test_contracts_are_read_as_known_on_a_day(tmp_path):
    world = World(tmp_path)
    world.contract(world.account("A"), "2025-01-01", churned="2025-06-01", mrr=Decimal(100),
                   currency="EUR")  # fmt: skip
    world.contract(world.account("B"), "2025-03-01", mrr=Decimal(50), currency="EUR")
    with world.reader() as session:
        view = contracts_by_day(session, ZoneInfo("UTC"))
        assert [len(view(date(2025, month, 2))) for month in (1, 5)] == [1, 2]
        before, after = view(date(2025, 5, 2)), view(TODAY)
    assert running(before.values(), date(2025, 5, 2)).monthly.tolist() == [100, 50]
    assert running(after.values(), TODAY).monthly.tolist() == [50]
    months, ended = tenures(after.values(), TODAY)
    assert ended.tolist() == [1, 0]
    assert months[0] == pytest.approx(151 / MONTH)


def test_what_contracts_brought_is_counted_by_month():
    start, day = date(2024, 1, 1), date(2025, 1, 1)
    stays = contract("stays", start)
    left = contract("left", start, day + timedelta(days=round(3.5 * MONTH)))
    seen = {one.key: one for one in (stays, left)}
    assert earned(seen, stays.key, day, YEAR, "EUR") == 1200
    assert earned(seen, left.key, day, YEAR, "EUR") == 300
    assert earned(seen, ("crm", "gone"), day, YEAR, "EUR") == 0
    assert np.isnan(earned(seen, stays.key, day, YEAR, "USD"))


def test_who_left_or_brings_nothing_is_not_running():
    everyone = [
        contract("here", TODAY - timedelta(days=400)),
        contract("left", TODAY - timedelta(days=400), TODAY - timedelta(days=40)),
        contract("free", TODAY - timedelta(days=400), mrr=0.0),
    ]
    found = running(everyone, TODAY)
    assert found.keys == (("crm", "here"),)
    assert found.tenure.tolist() == [13]
    assert found.currency == ("EUR",)
    assert running([], TODAY).keys == ()
