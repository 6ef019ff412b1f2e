"""Who will leave: with a contract, who has none in force in 90 days; without, who orders nothing
in 39 weeks.

Where fewer than 50 left, or stayed, a fit tells the base rate with its interval and no chances of
customers. Attributes of contracts are told as they are now, so they are learned from only where
nothing has a day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from sqlmodel import Session

from storage.fits import did_no_worse, in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._buying import buyers_before, buying
from storage.forecasts._churn_facts import begun, purchases, subjects, views
from storage.forecasts._churn_judge import judged
from storage.forecasts._churn_now import Kept, kept_from
from storage.forecasts._churn_past import (
    FEWEST_DAYS,
    Tried,
    in_folds,
    learned_by,
    of_contracts,
    of_orders,
    summed,
)
from storage.forecasts._leaving import leaving
from storage.forecasts._origins import Plan
from storage.forecasts._report import IN_USE, Report

CONTRACT_DAYS = 90
ORDER_DAYS = 273


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """Both fits that the store allows, as known at `now`: `contracts` and `orders`."""
    today = now.astimezone(zone).date()
    found = [_contracts(session, today, zone), _orders(session, now, today)]
    made = [one for one in found if one]
    if not made:
        return None
    params = {name: value for one in made for name, value in one.params.items()}
    rows = sum(one.rows for one in made)
    return Fit(params, rows, min(one.start for one in made), max(one.end for one in made))


def _contracts(session: Session, today: date, zone: ZoneInfo) -> Fit | None:
    view = views(session, zone)
    span = begun(view, today)
    if span is None:
        return None
    rows, left = learned_by(view, today, CONTRACT_DAYS, span[0])
    if not rows:
        return None
    params = leaving(rows, np.array(left, bool)).as_json()
    return Fit({"contracts": {"days": CONTRACT_DAYS, **params}}, len(rows), *span)


def _orders(session: Session, now: datetime, today: date) -> Fit | None:
    made = purchases(session, now)
    day = today.toordinal() + 1  # what was ordered today is known
    if not len(made.day) or day - made.first() < FEWEST_DAYS:
        return None
    if not len(buyers_before(made, day).number):
        return None
    params = {"days": ORDER_DAYS, **buying(made, day, ORDER_DAYS).as_json()}
    start, end = date.fromordinal(made.first()), date.fromordinal(made.last())
    return Fit({"orders": params}, len(made.names), start, end)


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such fits did in the past: the report is that of contracts where any begun on a known
    day can be looked back on, else of orders, and has how each did; with `plan.folds` of contracts
    without days."""
    if plan.folds:
        return in_folds(MODEL.id, subjects(session, now), plan.folds, progress)
    today = now.astimezone(zone).date()
    view, made = views(session, zone), purchases(session, now)
    tried: dict[str, Tried] = {}
    report = Report(MODEL.id, 0, None, None)
    if len(made.day):
        days = plan.horizon or ORDER_DAYS
        tried["orders"] = of_orders(made, plan, days, today, progress)
        first, last = date.fromordinal(made.first()), date.fromordinal(made.last())
        report = Report(MODEL.id, len(made.day), first, last)
    if span := begun(view, today):
        days = plan.horizon or CONTRACT_DAYS
        signed = of_contracts(view, span[0], plan, days, today, progress)
        tried = {"contracts": signed, **tried}
        if signed or not tried.get("orders"):
            report = Report(MODEL.id, len(view(today)), *span)
    return summed(report, tried)


def used(session: Session, now: datetime) -> Kept | None:
    """What was fitted last by `now`, without a part that did worse than the base rate or was not
    tried; null where there is nothing to be used."""
    found = in_use(session, MODEL, now)
    if found is None:
        return None
    kept = _kept(found.params, tuple(_good(found.backtest.get("parts", {}))))
    return kept if kept.bases else None


@lru_cache(maxsize=2)
def _kept(params: str, tried: Sequence[str]) -> Kept:
    return kept_from(msgspec.json.decode(params), tried)


def _good(parts: Mapping[str, Any]) -> list[str]:
    return [
        name for name, methods in parts.items()
        if did_no_worse(methods.get(IN_USE), methods.get(MODEL.baseline))
    ]  # fmt: skip


MODEL = Model(
    id="churn",
    version=2,
    title="Churn",
    baseline="base_rate",
    rests_on="observations",
    topic="customers",
    fit=fitted,
    backtest=backtest,
    judge=judged,
)
