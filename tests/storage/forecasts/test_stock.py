from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from storage.fits import refit
from storage.forecasts import load
from storage.forecasts._origins import Plan
from storage.forecasts.stock import MODEL, kept, used
from tests.storage.forecasts import shelved
from tests.storage.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def quietly(*told):
    pass


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Items of which many are asked for seldom, over a year."""
    world = World(tmp_path_factory.mktemp("stock"))
    made = shelved.kept(
        np.random.default_rng(5), 40, days=380, lumpy=1.0, suppliers=4, is_lost=False
    )
    shelved.stored(world, made, NOW.date())
    world.save()
    return world


def fit(world):
    with world.reader() as session:
        return MODEL.fit(session, NOW, BERLIN)


def test_it_is_found_among_the_models():
    assert load()["stock"] is MODEL


def test_the_store_is_fitted_and_read_back(world):
    made = fit(world)
    assert (made.rows, made.end) == (40, NOW.date() - timedelta(days=1))
    text = msgspec.json.encode(made.params).decode()
    found = kept(text)
    assert found.ways.window in (13, 25)
    assert found.made is None
    assert found.bought.knots.curve(0, 1).quantile(0.5) == pytest.approx(30, abs=12)
    assert msgspec.json.encode(fit(world).params).decode() == text


def test_the_store_is_looked_back_on_and_the_fit_is_used(world):
    (one,) = refit(world.store, [MODEL], NOW, BERLIN, quietly)
    assert one.is_used, one.why
    assert one.backtest["methods"]["leadline"]["brier"] < one.backtest["methods"]["fixed"]["brier"]
    with world.reader() as session:
        assert used(session, NOW).bought is not None
        assert used(session, NOW - timedelta(days=1)) is None


def test_where_there_is_no_stock_or_no_demand_there_is_nothing_to_fit(tmp_path):
    world = World(tmp_path)
    assert fit(world) is None
    with world.reader() as session:
        assert MODEL.backtest(session, NOW, BERLIN, Plan(), quietly).rows == 0
    world.places("North")
    bolt = world.item("Bolt")
    world.move(bolt, "supplier", "North/stock", date(2025, 1, 1), qty=9)
    world.level(bolt, 9, site="North/stock", as_of=NOW)
    assert fit(world) is None
    with world.reader() as session:
        assert MODEL.backtest(session, NOW, BERLIN, Plan(), quietly).origins == ()


def test_what_never_came_has_no_curve_and_what_is_made_has_one(tmp_path):
    world = World(tmp_path)
    world.places("North")
    bolt = world.item("Bolt")
    world.move(bolt, "supplier", "North/stock", date(2025, 1, 1), qty=900)
    world.move(bolt, "North/stock", "customer", date(2026, 3, 1), qty=9)
    world.level(bolt, 891, site="North/stock", as_of=NOW)
    world.purchase(world.supplier("Steel"), bolt, "2026-02-01")
    for number in range(9):
        start = date(2025, 9, 1) + timedelta(days=number)
        world.make(bolt, released=start, finished=start + timedelta(days=6))
    found = kept(msgspec.json.encode(fit(world).params).decode())
    assert found.bought is None
    assert found.made.knots.curve(0, 1).quantile(0.5) == 6
