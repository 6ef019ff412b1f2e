from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts import load
from storage.forecasts._buying import buying_from
from storage.forecasts._leaving import leaving_from
from storage.forecasts._origins import Plan
from storage.forecasts.churn import MODEL
from tests.storage.forecasts.buyers import FIRST, bought
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def quietly(*_):
    pass


def fitted(world, now=NOW):
    with world.reader() as session:
        return MODEL.fit(session, now, BERLIN)


def looked_back(world, plan, now=NOW):
    with world.reader() as session:
        return MODEL.backtest(session, now, BERLIN, plan, quietly)


@pytest.fixture(scope="module")
def buyers(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("orders"))
    made = bought(np.random.default_rng(7), 400)
    refs = [world.customer(name) for name in made.names]
    for buyer, day in zip(made.buyer, made.day, strict=True):
        world.sale(refs[buyer], date.fromordinal(int(day)))
    return world


AFTER = datetime.combine(date.fromordinal(FIRST + 730), datetime.min.time(), UTC)


def test_it_is_found_among_the_models():
    assert load()["churn"] is MODEL


def test_buyers_without_contracts_are_fitted_and_looked_back_on(buyers):
    made = fitted(buyers, AFTER)
    assert set(made.params) == {"orders"}
    assert made.rows == 400
    assert buying_from(made.params["orders"]).score is not None
    found = looked_back(buyers, Plan(horizon=182), AFTER)
    assert found.methods["leadline"].brier < found.methods["base_rate"].brier
    assert looked_back(buyers, Plan(horizon=3_000), AFTER).methods == {}


def test_contracts_with_days_are_fitted_and_looked_back_on(tmp_path):
    world = World(tmp_path)
    for number in range(12):
        start = date(2024, 1, 1) + timedelta(days=number)
        ended = "2025-11-15" if number < 4 else None
        world.contract(world.account(f"Acme {number}"), start, churned=ended)
    made = fitted(world)
    assert set(made.params) == {"contracts"}
    fit = leaving_from(made.params["contracts"])
    assert (fit.events, fit.score) == (4, None)
    found = looked_back(world, Plan(most=2))
    assert [(one.at, one.n) for one in found.origins] == [
        (date(2025, 9, 1), 12), (date(2025, 12, 1), 8),
    ]  # fmt: skip


def test_contracts_without_days_are_told_in_folds(tmp_path):
    world = World(tmp_path)
    for number in range(300):
        world.fact(
            "contract", world.crm, account_ref=f"a{number}",
            status="churned" if number % 3 == 0 else "active",
            attributes={"plan": "basic" if number % 3 == 0 or number % 7 == 0 else "full"},
        )  # fmt: skip
    found = looked_back(world, Plan(folds=5))
    assert (found.protocol, found.rows) == ("folds", 300)
    assert found.methods["leadline"].auc > 0.85
    assert fitted(world) is None


def test_in_an_empty_store_there_is_nothing_to_fit(tmp_path):
    world = World(tmp_path)
    assert fitted(world) is None
    assert looked_back(world, Plan()).methods == {}
    assert looked_back(world, Plan(folds=5)).methods == {}


def test_a_single_order_and_orders_that_were_all_called_off(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2025-01-01", cancelled="2025-01-02")
    assert fitted(world) is None
    assert looked_back(world, Plan()).methods == {}
    world.sale(world.customer("Brass"), "2025-01-01")
    assert buying_from(fitted(world).params["orders"]).score is None
