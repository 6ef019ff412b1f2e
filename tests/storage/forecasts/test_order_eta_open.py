from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from storage.forecasts import _order_eta_open
from storage.forecasts._drawn import DRAWS, NEVER
from storage.forecasts._order_eta_open import UNKNOWN, open_on, quantiles_of, read_past
from tests.storage.forecasts.company import NOW, TODAY, Company
from tests.storage.world import World

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return Company(tmp_path_factory.mktemp("company"), days=120)


def test_lines_open_on_a_day_are_told_from_what_was_known_before_it(company):
    with company.world.reader() as session:
        past = read_past(session, NOW, ZONE)
        found = open_on(session, past, TODAY - timedelta(days=40))
    ends = past.ended[found.rows]
    assert 20 <= len(ends) <= 40  # one a day, about thirty days each
    assert ((ends == UNKNOWN) | (ends >= found.day)).all()
    assert (past.lines["ordered_on"][found.rows] < found.day).all()
    assert (np.diff(found.draws, axis=1) >= 0).all()
    # picking and transport come on top of what it waits for
    told = found.plain[:, 100] < NEVER
    assert told.mean() > 0.9
    assert (found.draws[told, 100] > found.plain[told, 100]).all()
    assert (found.due > 0).all()


def test_what_is_on_its_way_has_no_outcome_yet(company):
    with company.world.reader() as session:
        past = read_past(session, NOW, ZONE)
    on_its_way = past.ended == UNKNOWN
    assert 0 < on_its_way.sum() < 10
    assert (past.lines["ended_on"][on_its_way] > 0).all()


def test_of_very_many_lines_the_same_few_are_told(company, monkeypatch):
    monkeypatch.setattr(_order_eta_open, "MOST_LINES", 5)
    with company.world.reader() as session:
        past = read_past(session, NOW, ZONE)
        day = TODAY - timedelta(days=40)
        first, again = (open_on(session, replace(past, seen={}), day) for _ in range(2))
    assert len(first.rows) + first.untold == 5
    assert np.array_equal(first.rows, again.rows)
    assert np.array_equal(first.draws, again.draws)


def test_what_was_found_for_a_fit_is_there_for_the_look_back_of_the_same_session(company):
    day = TODAY - timedelta(days=40)
    with company.world.reader() as session:
        past = read_past(session, NOW, ZONE)
        assert open_on(session, past, day) is open_on(session, read_past(session, NOW, ZONE), day)
        assert read_past(session, NOW + timedelta(minutes=1), ZONE) is not past
    with company.world.reader() as session:
        assert read_past(session, NOW, ZONE) is not past


def test_a_day_before_all_history_has_no_lines(tmp_path):
    world = World(tmp_path)
    world.sale(world.customer("Acme"), TODAY - timedelta(days=3))
    with world.reader() as session:
        past = read_past(session, NOW, ZONE)
        found = open_on(session, past, TODAY - timedelta(days=9))
        later = open_on(session, past, TODAY)
    assert len(found.rows) == found.untold == 0
    assert (len(later.rows), later.untold) == (0, 1)  # nothing tells what it waits for


def test_quantiles_are_days_of_draws_and_the_longest_where_there_is_none():
    draws = np.sort(np.append(np.arange(DRAWS - 25), np.full(25, NEVER)))[None, :]
    assert quantiles_of(draws, 300).tolist() == [[99, 159, 300]]
