from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.fits import refit
from storage.forecasts import load
from storage.forecasts._origins import Plan
from storage.forecasts.clv import MODEL, used
from storage.models import ForecastFit
from tests.storage.forecasts.spenders import END, paid
from tests.storage.world import World

NOW = datetime.combine(END, datetime.min.time(), UTC)
ZONE = ZoneInfo("UTC")


def quietly(*_):
    pass


def fitted(world, now=NOW):
    with world.reader() as session:
        return MODEL.fit(session, now, ZONE)


def looked_back(world, plan=None, now=NOW):
    with world.reader() as session:
        return MODEL.backtest(session, now, ZONE, plan or Plan(), quietly)


def read(world, now=NOW):
    with world.reader() as session:
        return used(session, now)


def bought(world, made):
    refs = [world.customer(key[1]) for key in made.keys]
    for buyer, day, money in zip(made.buyer, made.day, made.money, strict=True):
        world.sale(refs[buyer], date.fromordinal(int(day)), amount=round(money, 2),
                   currency=made.currencies[made.currency[buyer]])  # fmt: skip
    return world


@pytest.fixture(scope="module")
def buyers(tmp_path_factory):
    made = paid(np.random.default_rng(8), 150, codes=("EUR", "EUR", "USD"))
    world = bought(World(tmp_path_factory.mktemp("paid")), made)
    refit(world.store, [MODEL], NOW, ZONE, quietly)
    return world


def test_it_is_found_among_the_models():
    assert load()["clv"] is MODEL


def test_buyers_are_fitted_by_currency_looked_back_on_and_read_again(buyers):
    found = read(buyers)
    assert set(found.spend) == {"EUR", "USD"}
    assert found.pace.r > 0
    assert found.lasts is None
    assert found.n == {"orders": 150}
    assert found.gain["low"] <= found.gain["pinball"] <= found.gain["high"]
    report = looked_back(buyers)
    assert report.as_json()["methods"]["leadline"]["n"] <= 100 * len(report.origins)
    assert report.methods["leadline"].pinball <= report.methods["past_spend"].pinball


def test_a_currency_in_which_few_pay_has_no_fit(tmp_path):
    made = paid(np.random.default_rng(9), 30, codes=("EUR",) * 9 + ("USD",))
    assert set(fitted(bought(World(tmp_path), made)).params["orders"]["spend"]) == {"EUR"}


def test_contracts_are_fitted(tmp_path):
    world = World(tmp_path)
    for number in range(30):
        start = END - timedelta(days=900 + 7 * number)
        gone = END - timedelta(days=500 - number) if number < 8 else None
        world.contract(world.account(f"A {number}"), start, churned=gone,
                       mrr=Decimal(100 + number), currency="EUR")  # fmt: skip
    made = fitted(world)
    assert set(made.params) == {"contracts"}
    assert made.params["contracts"]["n"] == 30
    assert (made.start, made.end) == (END - timedelta(days=1103), END - timedelta(days=900))
    report = looked_back(world)
    assert (report.rows, report.origins[-1].n) == (30, 22)


def test_a_kind_that_was_told_worse_than_by_past_spend_is_not_used(buyers):
    kept = read(buyers)
    methods = {
        **kept.methods,
        "orders": {"n": 90, "pinball": 2.0}, "orders_past": {"n": 90, "pinball": 1.0},
        "contracts": {"n": 90, "pinball": 1.0}, "contracts_past": {"n": 90, "pinball": 1.0},
    }  # fmt: skip
    params = '{"contracts": {"n": 9, "lasts": [1, 9], "drawn": [[1, 8]]}, "orders": {}}'
    later = NOW + timedelta(days=1)
    buyers._add(
        ForecastFit, model="clv", version=MODEL.version, fitted_at=later, starts_on=END,
        ends_on=END, rows=9, params=params, backtest={"methods": methods, "gains": {}},
        is_used=True, why="x",
    )  # fmt: skip
    found = read(buyers, later)
    assert (found.pace, found.spend, found.gain) == (None, {}, None)
    assert (found.lasts.b, [one.b for one in found.drawn]) == (9, [8])


def test_a_kind_that_was_never_scored_is_not_used(tmp_path):
    """Who has bought for years, and contracts that all began within the last one."""
    made = paid(np.random.default_rng(8), 150)
    world = bought(World(tmp_path), made)
    for number in range(30):
        start = END - timedelta(days=40 + 7 * number)
        world.contract(world.account(f"A {number}"), start, mrr=Decimal(90), currency="EUR")
    refit(world.store, [MODEL], NOW, ZONE, quietly)
    assert set(fitted(world).params) == {"orders", "contracts"}
    found = read(world)
    assert (found.n, found.lasts) == ({"orders": 150}, None)
    assert set(looked_back(world).parts) == {"orders"}


def test_in_an_empty_store_there_is_nothing_to_fit(tmp_path):
    world = World(tmp_path)
    assert fitted(world) is None
    assert looked_back(world).methods == {}
    assert read(world) is None


@pytest.mark.parametrize("more", [{}, {"cancelled": "2025-01-02"}, {"amount": 0}])
def test_one_order_one_called_off_and_one_for_nothing(tmp_path, more):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), "2025-01-01", **{"amount": 5, "currency": "EUR", **more})
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert fitted(world, now) is None
    assert looked_back(world, now=now).methods == {}
