from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts import load
from storage.forecasts._leaving import leaving_from
from storage.forecasts._origins import Plan
from storage.forecasts.renewal import MODEL
from tests.storage.forecasts.renewed import TODAY, renew
from tests.storage.world import World

NOW = datetime.combine(TODAY, time(12), UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def fitted(world):
    with world.reader() as session:
        return MODEL.fit(session, NOW, BERLIN)


def looked_back(world, plan=Plan(most=1)):  # noqa: B008 - it is frozen
    with world.reader() as session:
        return MODEL.backtest(session, NOW, BERLIN, plan, lambda *_: None)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("renewed"))
    renew(made, np.random.default_rng(3), 200)
    return made


def test_it_is_found_among_the_models():
    assert load()["renewal"] is MODEL


def test_it_is_fitted_to_what_was_decided_and_looked_back_on(world):
    made = fitted(world)
    fit = leaving_from(made.params)
    assert fit.score is not None
    assert (made.rows, made.end) == (fit.n, TODAY)
    found = looked_back(world)
    assert len(found.origins) == 1
    assert found.methods["leadline"].brier < found.methods["base_rate"].brier


def test_few_decided_renewals_give_the_base_rate_alone(tmp_path):
    world = World(tmp_path)
    renew(world, np.random.default_rng(3), 20)
    made = fitted(world)
    assert 0 < made.rows < 50
    assert leaving_from(made.params).score is None


@pytest.mark.parametrize("ends", [None, "2030-01-01"])
def test_where_nothing_was_due_there_is_nothing_to_fit(tmp_path, ends):
    world = World(tmp_path)
    assert fitted(world) is None
    world.contract(world.account("Acme"), "2024-01-01", ends=ends)
    assert fitted(world) is None
    assert looked_back(world).methods == {}
