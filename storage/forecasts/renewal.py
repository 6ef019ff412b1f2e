"""Which contracts will be renewed: each that must be decided on in the next 91 days.

It is learned from what was known of contracts before their deadlines, and from how these turned
out. Of fewer than 50 decided renewals, or fewer than 10 lost or renewed, it tells the share of all.
Chances are of losing one; who shows them turns them around.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session

from storage.fits import in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._churn_facts import View, views
from storage.forecasts._leaving import Leaving, leaving_from
from storage.forecasts._origins import Plan
from storage.forecasts._renewal_judge import judged
from storage.forecasts._renewal_past import fit_of, learned_by, look_back
from storage.forecasts._report import Report

DAYS = 91


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """The fit of all renewals that were due by now."""
    today, view = now.astimezone(zone).date(), views(session, zone)
    begun = _begun(view, today)
    if begun is None:
        return None
    rows = learned_by(view, today, DAYS, begun)
    return Fit(fit_of(rows).as_json(), len(rows[0]), begun, today) if rows[0] else None


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such fits, made in the past, told what was decided after."""
    today, view = now.astimezone(zone).date(), views(session, zone)
    begun = _begun(view, today)
    if begun is None:
        return Report(MODEL.id, 0, None, None)
    report = Report(MODEL.id, len(view(today)), begun, today)
    return look_back(report, view, begun, plan, plan.horizon or DAYS, today, progress)


def used(session: Session, now: datetime) -> Leaving | None:
    """What was fitted last by `now`; null where there is nothing to be used."""
    found = in_use(session, MODEL, now)
    return _kept(found.params) if found else None


@lru_cache(maxsize=2)
def _kept(params: str) -> Leaving:
    return leaving_from(msgspec.json.decode(params))


def _begun(view: View, today: date) -> date | None:
    """The day on which the first contract began that is to be renewed; null where none is."""
    days = [
        contract.starts_on for one in view(today).values() for contract in one.contracts
        if contract.starts_on and contract.due_on
    ]  # fmt: skip
    return min(days, default=None)


MODEL = Model(
    id="renewal",
    version=1,
    title="Renewals",
    baseline="base_rate",
    rests_on="renewals",
    topic="customers",
    fit=fitted,
    backtest=backtest,
    judge=judged,
)
