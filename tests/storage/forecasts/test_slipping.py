from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.fits import refit
from storage.forecasts._origins import Plan
from storage.forecasts.slipping import MODEL, backtest, fitted, told, used
from storage.metrics.unusual import unusual
from tests.storage.metrics.supplied import Supplier, purchases
from tests.storage.world import World

UTC = ZoneInfo("UTC")
DAYS = 3 * 365 + 60
SLOWER = 3 * 365


def nothing(*_):
    """Who tells nobody how far it is."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("slipping"))
    now = None
    for name, seed, slower in (("Borealis", 2, SLOWER), ("Cobalt", 3, None)):
        supplier, coil = world.supplier(name), world.item(f"Coil {name}")
        now = datetime.combine(day_of(DAYS), datetime.min.time(), UTC) + timedelta(hours=9)
        for one in purchases(Supplier(), seed, DAYS, slower):
            came = one.end if one.end < now.date() else None
            world.purchase(supplier, coil, one.start, received=came)
    return world, now


def day_of(number):
    return purchases(Supplier(), 1, 8)[0].start + timedelta(days=number)


@pytest.mark.slow
def test_a_store_is_fitted_told_of_and_heard_by_the_rule(world):
    world, now = world
    with world.reader() as session:
        assert used(session, now) is None
        assert told(session, now, UTC) == {}
        plain = {one.name: one for one in unusual(session, now, UTC, timedelta(days=1))}
        made = fitted(session, now, UTC)
        again = fitted(session, now, UTC)
        report = backtest(session, now, UTC, Plan(), nothing)
    assert made == again
    assert len(made.params["suppliers"]) == 2
    assert made.rows > 2_000
    assert report.rows == made.rows
    assert not plain["Cobalt"].is_calm
    (standing,) = refit(world.store, [MODEL], now, UTC, nothing)
    assert standing.model == "slipping"
    with world.reader() as session:
        said = {one.name: one for one in unusual(session, now, UTC, timedelta(days=1))}
        assert bool(told(session, now, UTC)) == standing.is_used
    if standing.is_used:
        assert said["Borealis"].fires
        assert said["Borealis"].since is not None
        assert not said["Cobalt"].fires


def test_where_nothing_was_bought_there_is_nothing_to_fit(tmp_path):
    world = World(tmp_path)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with world.reader() as session:
        assert fitted(session, now, UTC) is None
        assert backtest(session, now, UTC, Plan(), nothing).origins == ()
