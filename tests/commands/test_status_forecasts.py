from datetime import date, timedelta

import pytest

from storage.models import ForecastFit
from tests.commands.dialogue import NOW, grant, say, synced
from tests.storage.world import World


def fit(world, *, is_used, why, version=1):
    world._add(
        ForecastFit, model="lead-time", version=version, fitted_at=NOW - timedelta(hours=3),
        starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1), rows=1_234, params="{}",
        backtest={}, is_used=is_used, why=why,
    )  # fmt: skip


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    synced(world)
    return world


def notes(world, sees=None):
    return [one.text for one in say(world, "status", sees=sees).notes]


def test_a_fit_that_is_not_used_is_told_with_the_reason(world):
    fit(world, is_used=False, why="its error was 3.0 % above that of ecdf_closed")
    [text] = notes(world)
    assert text.startswith("Lead times: fitted ")
    assert text.endswith(
        "on 1,234 orders, not used: its error was 3.0 % above that of “What each supplier delivered"
        " so far”."
    )


def test_one_that_is_used_says_how_well_it_did(world):
    fit(world, is_used=True, why="its error was 9.0 % below that of ecdf_closed")
    [text] = notes(world)
    assert ", and in use: its error was 9.0 % below" in text


def test_who_may_not_see_purchases_is_not_told(world):
    fit(world, is_used=True, why="x")
    assert notes(world, grant("customers")) == []


def test_one_of_another_version_is_not_said_to_be_in_use(world):
    fit(world, is_used=True, why="x", version=99)
    [text] = notes(world)
    assert text.endswith("on 1,234 orders, to be fitted anew.")
