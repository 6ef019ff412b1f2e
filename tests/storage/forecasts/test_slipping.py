from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from storage.fits import refit
from storage.forecasts._origins import Plan
from storage.forecasts.slipping import MODEL, backtest, fitted, told, used
from storage.known import columns
from storage.metrics.unusual import unusual
from storage.models import ForecastFit
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
        plain = {one.supplier.name: one for one in unusual(session, now, UTC, timedelta(days=1))}
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
        said = {one.supplier.name: one for one in unusual(session, now, UTC, timedelta(days=1))}
        assert bool(told(session, now, UTC)) == standing.is_used
    if standing.is_used:
        assert said["Borealis"].fires
        assert said["Borealis"].since is not None
        assert not said["Cobalt"].fires


def test_what_was_placed_today_does_not_count_before_today_is_over(tmp_path):
    world, today = World(tmp_path), datetime.combine(day_of(300), datetime.min.time(), UTC)
    supplier, coil = world.supplier("Borealis"), world.item("Coil")
    for one in purchases(Supplier(), 2, 300):
        came = one.end if one.end < today.date() else None
        world.purchase(supplier, coil, one.start, received=came)
    noon = today + timedelta(hours=12)
    with world.reader() as session:
        before = fitted(session, noon, UTC)
    world.purchase(supplier, coil, today + timedelta(hours=8))
    with world.reader() as session:
        assert (
            columns.purchases(session, noon, zone=UTC)["ordered_on"].max()
            == day_of(300).toordinal()
        )
        assert fitted(session, noon, UTC) == before


def test_silence_counts_from_what_came_last_however_long_ago_that_was_placed(tmp_path):
    world, now = World(tmp_path), datetime.combine(day_of(1_100), datetime.min.time(), UTC)
    supplier, coil = world.supplier("Slow"), world.item("Coil")
    for at in range(0, 1_100, 3):
        came = day_of(at + 380 + at % 41)
        world.purchase(supplier, coil, day_of(at), received=came if came < day_of(1_060) else None)
    with world.reader() as session:
        made = fitted(session, now, UTC)
    with world.store.writer() as session:
        session.add(ForecastFit(
            model=MODEL.id, version=MODEL.version, fitted_at=now, starts_on=made.start,
            ends_on=made.end, rows=made.rows, params=msgspec.json.encode(made.params).decode(),
            backtest={}, is_used=True, why="",
        ))  # fmt: skip
    with world.reader() as session:
        (one,) = told(session, now, UTC).values()
    assert one.kind == "silent"
    assert 0 <= (one.since - day_of(1_060)).days + 3 <= 3


def test_where_nothing_was_bought_there_is_nothing_to_fit(tmp_path):
    world = World(tmp_path)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with world.reader() as session:
        assert fitted(session, now, UTC) is None
        assert backtest(session, now, UTC, Plan(), nothing).origins == ()
