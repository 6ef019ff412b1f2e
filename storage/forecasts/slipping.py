"""Suppliers that slip or fall silent: what is usual of each is fitted, and days are told by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from sqlmodel import Session

from storage.fits import in_use
from storage.forecasts import Fit, Model, Progress
from storage.forecasts._origins import Plan
from storage.forecasts._pace import Evidence, evidence
from storage.forecasts._placed import Placed, placed
from storage.forecasts._report import Report
from storage.forecasts._slipping_fit import Usual, fit, usual_from
from storage.forecasts._slipping_now import Slip, slips
from storage.forecasts._slipping_past import look_back
from storage.known import Named, columns
from storage.known.columns import Lines
from storage.metrics import lead_time

YEARS = timedelta(days=5 * 365)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fitted:
    """What is usual of suppliers, and what their purchases say by it."""

    usual: Usual
    says: Evidence


def fitted(session: Session, now: datetime, zone: ZoneInfo) -> Fit | None:
    """What is usual of each supplier of which enough was ordered, as known at `now`."""
    today = now.astimezone(zone).date()
    yesterday = (today - DAY).toordinal()
    names, known = _known(_ordered(session, now, zone))
    known = known.by(yesterday)
    usual = fit(names, known, yesterday) if len(known) else None
    if usual is None or np.isnan(usual.slow[:, 0]).all():
        return None
    first, last = (date.fromordinal(int(one)) for one in (known.start.min(), known.start.max()))
    return Fit(usual.as_json(), len(np.unique(known.purchase)), first, last)


def backtest(
    session: Session, now: datetime, zone: ZoneInfo, plan: Plan, progress: Progress
) -> Report:
    """Whether those that were told to slip in the past took longer in the time after."""
    names, known = _known(columns.purchases(session, now, zone=zone))
    return look_back(MODEL.id, names, known, now.astimezone(zone).date(), plan, progress)


def used(session: Session, now: datetime) -> Fitted | None:
    """What was fitted last by `now`; null where there is nothing to be used."""
    found = in_use(session, MODEL, now)
    return _fitted(found.params) if found else None


@lru_cache(maxsize=2)
def _fitted(params: str) -> Fitted:
    usual = usual_from(msgspec.json.decode(params))
    return Fitted(usual, evidence(usual.days))


def told(session: Session, now: datetime, zone: ZoneInfo) -> dict[str, Slip]:
    """Calm suppliers at the end of yesterday, by "source/reference"; none without a fit."""
    found = used(session, now)
    if found is None:
        return {}
    yesterday = (now.astimezone(zone).date() - DAY).toordinal()
    # what was placed long ago tells when anything came last
    names, known = _known(_ordered(session, now, zone), found.usual.names)
    return slips(found.usual, found.says, known, yesterday) if names else {}


def _ordered(session: Session, now: datetime, zone: ZoneInfo) -> Lines:
    """The lines ordered in the last years."""
    start = datetime.combine(now.astimezone(zone).date() - YEARS, time(), zone)
    return columns.purchases(session, now, start, now, zone)


def _known(lines: Lines, wanted: tuple[str, ...] | None = None) -> tuple[tuple[str, ...], Placed]:
    """The names of suppliers and what was placed with them, by the numbers of the wanted ones."""
    split = lines.by("supplier")
    found = [f"{one.source}/{one.ref}" if isinstance(one, Named) else "" for one in split.values]
    names = tuple(name for name in found if name) if wanted is None else wanted
    number: Mapping[str, int] = {name: at for at, name in enumerate(names)}
    places = np.array([number.get(name, -1) for name in found], np.int64)
    rows = placed(lead_time.columns(lines, split), places, len(names))
    return names, rows


MODEL = Model(
    id="slipping",
    version=1,
    title="Slipping suppliers",
    baseline="recency",
    rests_on="orders",
    topic="supply",
    fit=fitted,
    backtest=backtest,
)
