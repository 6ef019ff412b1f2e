"""When customers' open orders will be there: purchases, putting away, production, picking and
transport, joined along the links of each order."""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session

from storage.fits import in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._order_eta_fit import Stages, fit, stages_from
from storage.forecasts._order_eta_judge import judged
from storage.forecasts._order_eta_open import read_past
from storage.forecasts._order_eta_past import look_back
from storage.forecasts._origins import Plan
from storage.forecasts._report import Report

# so many days in the past tell what chances come to
READ_BY = Plan(most=6)


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """The stages of two years as known at `now`; null where no goods were ever picked."""
    past = read_past(session, now, zone)
    made = fit(past.facts, past.today.toordinal() + 1)  # what came today is known
    if made.picking is None:
        return None
    came = look_back(session, past, READ_BY, _silent, MODEL.id).came
    sent = past.facts.picked(past.today.toordinal() + 1).sent
    sent = sent[sent > 0]
    first, last = (date.fromordinal(int(one)) for one in (sent.min(), sent.max()))
    return Fit(replace(made, came=came).as_json(), len(sent), first, last)


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such stages, fitted in the past, told when orders would come that were open then."""
    return look_back(session, read_past(session, now, zone), plan, progress, MODEL.id).report


def used(session: Session, now: datetime) -> Stages | None:
    """The stages as they were fitted last by `now`; null where there are none to be used."""
    found = in_use(session, MODEL, now)
    return _stages(found.params) if found else None


@lru_cache(maxsize=2)
def _stages(params: str) -> Stages:
    return stages_from(msgspec.json.decode(params))


def _silent(text: str, done: int, of: int | None) -> None:
    """The look back inside a fit is not told of."""


MODEL = Model(
    id="order-eta",
    version=1,
    title="Arrival of orders",
    baseline="fixed",
    rests_on="lines sent",
    topic="customers",
    fit=fitted,
    backtest=backtest,
    judge=judged,
)
