"""A fit of lifetime value as it is kept, for stores that are too small for one of their own."""

import json
from datetime import date, timedelta

from storage.forecasts.clv import MODEL
from storage.models import ForecastFit

SPEND = {"p": 6.0, "q": 4.0, "gamma": 60.0, "together": {"n": 40, "rank": 0.1}, "usual": None}
ORDERS = {"n": 300, "pace": {"r": 2.0, "alpha": 40.0, "a": 1.0, "b": 30.0}, "spend": {"EUR": SPEND}}
CONTRACTS = {"n": 60, "lasts": [1.0, 30.0], "drawn": [[1.1, 28.0], [0.9, 33.0]]}
BOTH = {"orders": ORDERS, "contracts": CONTRACTS}
GAIN = {"pinball": 0.12, "low": 0.05, "high": 0.2}


def scores(pinball, lift10, cover80=None):
    return {"n": 400, "pinball": pinball, "mae": 2 * pinball, "cover80": cover80,
            "cover90": cover80, "lift10": lift10}  # fmt: skip


def valued(world, now, *, params=None, cover80=0.81, gain=GAIN, lift10=5.2, is_used=True):
    """Keeps a fit of an hour before."""
    methods = {"leadline": scores(8.8, lift10, cover80), "past_spend": scores(10.0, lift10)}
    world._add(
        ForecastFit, model=MODEL.id, version=MODEL.version, fitted_at=now - timedelta(hours=1),
        starts_on=date(2020, 1, 1), ends_on=now.date(), rows=360, params=json.dumps(params or BOTH),
        backtest={"methods": methods, "gains": {"past_spend": gain} if gain else {},
                  "parts": dict.fromkeys(params or BOTH, methods)},
        is_used=is_used, why="its error was 12.0 % below that of past_spend",
    )  # fmt: skip
    return world
