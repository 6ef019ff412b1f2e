"""Stock to come: which items run out before more comes, by demand drawn anew and lead times."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session

from storage.fits import in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._fitted import Fitted, fitted_from
from storage.forecasts._lead_time_fit import chosen, fit
from storage.forecasts._origins import Plan
from storage.forecasts._report import Report
from storage.forecasts._run_out import WEEK, Ways
from storage.forecasts._stock_facts import shelves
from storage.forecasts._stock_fit import QUARTER, ways_of
from storage.forecasts._stock_judge import judged
from storage.forecasts._stock_past import look_back


@dataclass(frozen=True)
class Kept:
    """A fit: how demand goes on, and the curves of what is bought and of what is made; null where
    nothing ever came so."""

    ways: Ways
    bought: Fitted | None
    made: Fitted | None


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """How demand goes on and how long production takes, as known at `now`."""
    found = shelves(session, now, zone)
    if found is None or found.end - found.first < QUARTER * WEEK or not (found.demand > 0).any():
        return None
    day = found.end + 1  # what ended today is known
    curves = {"bought": found.bought, "made": found.made}
    chains = {"bought": chosen(found.bought, day), "made": ("item",)}
    params = {
        name: fit(orders, day, chains[name]).fitted.as_json() if (orders.end > 0).any() else None
        for name, orders in curves.items()
    }
    return Fit(
        {"ways": asdict(ways_of(found, found.end)), **params}, len(found),
        date.fromordinal(found.first), date.fromordinal(found.end - 1),
    )  # fmt: skip


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such chances, told in the past, did against what became of the items."""
    found = shelves(session, now, zone)
    if found is None:
        return Report(MODEL.id, 0, None, None)
    return look_back(MODEL.id, found, now.astimezone(zone).date(), plan, progress)


def used(session: Session, now: datetime) -> Kept | None:
    """The fit as it was made last by `now`; null where there is none to be used."""
    found = in_use(session, MODEL, now)
    return kept(found.params) if found else None


@lru_cache(maxsize=2)
def kept(params: str) -> Kept:
    """A fit that was kept."""
    read: Mapping[str, Any] = msgspec.json.decode(params)
    bought, made = (fitted_from(read[one]) if read[one] else None for one in ("bought", "made"))
    return Kept(Ways(**read["ways"]), bought, made)


MODEL = Model(
    id="stock",
    version=1,
    title="Stock",
    baseline="fixed",
    rests_on="items",
    topic="supply",
    fit=fitted,
    backtest=backtest,
    judge=judged,
)
