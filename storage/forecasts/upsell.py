"""What customers will begin to buy: the share of others that began, by what goes with what they
buy.

Where fewer than 50 beginnings came in the half-year before there is no fit, and no chance is told.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from storage.entities import entity
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._origins import Plan
from storage.forecasts._report import Report
from storage.forecasts._statement import Issued
from storage.forecasts._upsell_fit import begins, firsts
from storage.forecasts._upsell_past import POPULARITY, looked_back
from storage.known import Named
from storage.known.baskets import Taken, taken
from storage.known.customers import identities

DAYS = 180


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """How often which items were begun in the last half-year, and how that goes with the lift."""
    every = _taken(session, now, zone)
    today = now.astimezone(zone).date()
    made = begins(every, today.toordinal() + 1, DAYS)  # what was ordered today is known
    if made is None:
        return None
    return Fit(made.as_json(every), made.begun, today - timedelta(days=DAYS), today)


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """How such fits did in the past, beside the popularity of items alone."""
    every = _taken(session, now, zone)
    if not len(every):
        return Report(MODEL.id, 0, None, None)
    start, end = (date.fromordinal(int(one)) for one in (every.on.min(), every.on.max()))
    report = Report(MODEL.id, len(every), start, end)
    today = now.astimezone(zone).date()
    return looked_back(report, every, plan, plan.horizon or DAYS, today, progress)


def judge(
    session: Session, told: Sequence[Issued], now: datetime, zone: ZoneInfo
) -> Mapping[int, bool | None]:
    """Whether customers began to buy what they were told to begin, by the day that was told; null
    where they had it already, and left out while it may still come."""
    first = _first_days(_taken(session, now, zone), told)
    today = now.astimezone(zone).date()
    found: dict[int, bool | None] = {}
    for one in told:
        day = first.get((one.subject, one.event))
        if day and day < one.issued_on:
            found[one.id] = None
        elif day and day <= one.by:
            found[one.id] = True
        elif one.by < today:
            found[one.id] = False
    return found


def event(item: Named) -> str:
    """What is told of a customer: that it buys an item, which is named by its key."""
    return f"buys {entity('item', (item.source, item.ref))}"


def _first_days(every: Taken, told: Sequence[Issued]) -> dict[tuple[str, str], date]:
    """When the customer of each statement first bought its item, of those that have."""
    codes, first = firsts(every)
    whose = {entity("customer", key): at for at, key in enumerate(every.companies)}
    items = {event(one): at for at, one in enumerate(every.items)}
    found = {}
    for one in told:
        if one.subject not in whose or one.event not in items:
            continue
        code = whose[one.subject] * every.width + items[one.event]
        at = int(np.searchsorted(codes, code))
        if at < len(codes) and codes[at] == code:
            found[one.subject, one.event] = date.fromordinal(int(first[at]))
    return found


def _taken(session: Session, now: datetime, zone: ZoneInfo) -> Taken:
    return taken(session, now, identities(session), zone)


MODEL = Model(
    id="upsell",
    version=1,
    title="Upsell",
    baseline=POPULARITY,
    rests_on="beginnings",
    topic="customers",
    fit=fitted,
    backtest=backtest,
    judge=judge,
)
