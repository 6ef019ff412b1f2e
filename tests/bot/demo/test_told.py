"""The demo has a track record: what would have been told for weeks, and what came of it."""

import json
import threading
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.demo import _told
from bot.demo._told import FIRST, LAST, remembering, tell_past
from storage.forecasts.lead_time import MODEL
from storage.models import ForecastFit, ForecastIssued
from tests.commands.dialogue import BERLIN, NOW
from tests.commands.story import day
from tests.storage.world import World


@pytest.fixture
def world(tmp_path):
    """Steel is ordered each day, and takes 20 or 30 days."""
    world = World(tmp_path)
    steel, bolt = world.supplier("Steel"), world.item("Bolt")
    for ago in range(1, 250):
        takes = 20 + ago % 2 * 10
        world.purchase(steel, bolt, day(ago), received=day(ago - takes) if ago > takes else None)
    return world


def fit(world, *, is_used):
    params = {"dimensions": [], "parts": [{"path": [], "n": 9.0, "times": [9], "left": [0.0]}]}
    world._add(
        ForecastFit, model="lead-time", version=MODEL.version, fitted_at=NOW - timedelta(hours=3),
        starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1), rows=900, params=json.dumps(params),
        backtest={}, is_used=is_used, why="",
    )  # fmt: skip


def told(world):
    with world.reader() as session:
        return list(session.exec(select(ForecastIssued)))


@pytest.mark.parametrize(("is_used", "version"), [(True, MODEL.version), (False, 0)])
def test_a_line_of_each_supplier_is_told_each_week_and_scored(world, is_used, version):
    fit(world, is_used=is_used)
    tell_past(world.store, NOW, BERLIN)
    rows = told(world)
    assert len(rows) == 2 * (FIRST - LAST + 1)
    assert {row.version for row in rows} == {version}
    assert all(row.issued_at < NOW - timedelta(days=7 * LAST - 1) for row in rows)
    decided = [row for row in rows if row.by_on < NOW.date()]
    assert decided
    assert all(row.scored_at == NOW for row in decided)
    tell_past(world.store, NOW, BERLIN)
    assert len(told(world)) == len(rows)


def test_it_waits_for_the_first_fit_and_ends_with_the_demo(world, monkeypatch):
    monkeypatch.setattr(_told, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(_told, "true_time", lambda: NOW)
    stop = threading.Event()
    with remembering(world.store, BERLIN, stop):
        stop.set()
    assert told(world) == []
    fit(world, is_used=False)
    world.save()
    done = threading.Event()
    monkeypatch.setattr(_told, "tell_past", lambda *_: done.set())
    with remembering(world.store, BERLIN, threading.Event()):
        assert done.wait(10)
