"""Lead times to come: curves of purchases by company, category or lane, supplier and item."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session

from storage.fits import in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._fitted import Fitted, fitted_from
from storage.forecasts._lead_time_fit import chosen, fit
from storage.forecasts._lead_time_judge import judged
from storage.forecasts._lead_time_past import look_back
from storage.forecasts._orders import orders_in
from storage.forecasts._origins import Plan
from storage.forecasts._report import Report
from storage.known.columns import purchases

YEARS = timedelta(days=5 * 365)  # an older order would weigh less than a thousandth


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """The curves of all that was ordered within five years, as known at `now`."""
    today = now.astimezone(zone).date()
    start = datetime.combine(today - YEARS, time(), zone)
    orders = orders_in(purchases(session, now, start, zone=zone))
    day = today.toordinal() + 1  # what came today is known
    if not len(orders) or not (orders.end > 0).any():
        return None
    made = fit(orders, day, chosen(orders, day)).fitted
    return Fit(
        made.as_json(), len(orders), date.fromordinal(int(orders.start.min())),
        date.fromordinal(int(orders.start.max())),
    )  # fmt: skip


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such curves, fitted in the past, told what came of purchases placed after."""
    orders = orders_in(purchases(session, now, zone=zone))
    return look_back(MODEL.id, orders, now.astimezone(zone).date(), plan, progress)


def used(session: Session, now: datetime) -> Fitted | None:
    """The curves as they were fitted last by `now`; null where there are none to be used."""
    found = in_use(session, MODEL, now)
    return curves(found.params) if found else None


@lru_cache(maxsize=2)
def curves(params: str) -> Fitted:
    """The curves of a fit that was kept."""
    return fitted_from(msgspec.json.decode(params))


MODEL = Model(
    id="lead-time",
    version=1,
    title="Lead times",
    baseline="ecdf_closed",
    rests_on="orders",
    topic="supply",
    fit=fitted,
    backtest=backtest,
    judge=judged,
)
