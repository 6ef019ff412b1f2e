"""Fits of who leaves, made by hand so that what they tell is plain, and kept in a world."""

import json
from datetime import date, timedelta

import numpy as np

from storage.forecasts._buying import Buying, Usual
from storage.forecasts._features import Encoder, Number
from storage.forecasts._leaving import Leaving
from storage.forecasts._logistic import Logistic, Platt
from storage.forecasts._mbg import Mbg
from storage.models import ForecastFit
from tests.commands.dialogue import NOW

GOOD = {"leadline": {"n": 90, "brier": 0.1}, "base_rate": {"brier": 0.2}}
BAD = {"leadline": {"n": 90, "brier": 0.3}, "base_rate": {"brier": 0.2}}


def by_tickets(*, level=-1.855, each=1.1, n=1_000, events=100):
    """With a contract that brings 1,000 a month: half to leave with two open tickets, a quarter
    with one, 10 % without; what it brings lowers the score a little."""
    features = (Number("open tickets", 0.0, ()), Number("revenue a month", 100.0, ()))
    return Leaving(n, events, Encoder(features), plain(level, [each, 0, 0, 0, -0.05, 0]))


def by_quiet(*, n=2_000, events=500):
    """Without a contract: the longer quiet against the horizon, the less."""
    pace = Mbg(1.0, 60.0, 1.0, 4.0)
    return Buying(273, n, events, 1.0, pace, plain(-1.0, [-1.0, 0, 0, 0, 0, 0, 0]), Platt(),
                  Usual(30.0, 5.0, 400.0, 500.0))  # fmt: skip


def few(n=40, events=7):
    """Too few left for a chance."""
    return Leaving(n, events)


def plain(level, weights):
    """A logit on columns as they are; the level and the first weight are known to a tenth."""
    size = len(weights)
    doubt = np.diag([0.01, 0.01, *[0.0] * (size - 1)])
    return Logistic(np.zeros(size), np.ones(size), np.array([level, *weights], float), doubt)


def keep(world, *, contracts=None, orders=None, parts=None, is_used=True, version=2, why=""):
    """A fit that was made this morning; `parts` says how each did in the past."""
    params = {}
    if contracts:
        params["contracts"] = {"days": 90, **contracts.as_json()}
    if orders:
        params["orders"] = {"days": 273, **orders.as_json()}
    world._add(
        ForecastFit, model="churn", version=version, fitted_at=NOW - timedelta(hours=3),
        starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1), rows=900, params=json.dumps(params),
        backtest={"parts": dict.fromkeys(params, GOOD) if parts is None else parts},
        is_used=is_used, why=why,
    )  # fmt: skip
