from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from storage.forecasts import load
from storage.forecasts._origins import Plan
from storage.forecasts.lead_time import MODEL, curves
from tests.storage.world import World

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2023, 3, 1)


def filled(folder, *, orders=400):
    world = World(folder)
    steel, bolt = world.supplier("Steel"), world.item("Bolt")
    brass = world.supplier("Brass")
    for number in range(orders):
        day = FIRST + timedelta(days=number * 1_095 // orders)
        came = day + timedelta(days=10 + number % 21)
        world.purchase(
            steel if number % 4 else brass, bolt, day.isoformat(),
            received=came.isoformat() if came < NOW.date() else None,
        )  # fmt: skip
    return world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("fit"))


def test_it_is_found_among_the_models():
    assert load()["lead-time"] is MODEL


def test_the_store_is_fitted_and_read_back(world):
    with world.reader() as session:
        made = MODEL.fit(session, NOW, BERLIN)
    assert made.rows == 400
    assert made.start == FIRST
    found = curves(msgspec.json.encode(made.params).decode())
    steel = found.follow({"supplier": f"{world.erp}/{next(iter(suppliers(world)))}"})
    assert steel.level == "supplier"
    assert found.knots.curve(steel.number, 1).quantile(0.5) == pytest.approx(20, abs=1)


def suppliers(world):
    return [ref for _, ref in sorted((row.name, row.source_id) for row in parties(world))[::-1]]


def parties(world):
    from sqlmodel import select

    from storage.models import Party

    with world.reader() as session:
        return list(session.exec(select(Party)))


def test_the_store_is_looked_back_on(world):
    with world.reader() as session:
        found = MODEL.backtest(session, NOW, BERLIN, Plan("half-year"), lambda *_: None)
    assert [one.at for one in found.origins][-1] == date(2025, 7, 1)
    assert found.methods["leadline"].pinball < found.methods["fixed"].pinball


def test_in_a_store_where_nothing_ever_came_there_is_nothing_to_fit(tmp_path):
    world = World(tmp_path)
    with world.reader() as session:
        assert MODEL.fit(session, NOW, BERLIN) is None
    world.purchase(world.supplier("Steel"), world.item("Bolt"), "2026-01-01")
    with world.reader() as session:
        assert MODEL.fit(session, NOW, BERLIN) is None
        assert MODEL.backtest(session, NOW, BERLIN, Plan(), lambda *_: None).origins == ()
