"""Fitted models as rows: made anew each night and after a back-fill; used if they proved well."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, select

from storage.forecasts import Fit, Model, Progress
from storage.forecasts._origins import Plan
from storage.forecasts._report import DIGITS, IN_USE, Report
from storage.forecasts._scores import Scores
from storage.models import ForecastFit, SyncRun
from storage.store import Store

AT_NIGHT = time(2)
NIGHTLY_ORIGINS = 6
KEPT = 30
# of fewer than so many outcomes luck would decide what is used
FEWEST_TOLD = 20
# fits are made each night: one that none has followed for so long speaks no more
OLDEST = timedelta(days=30)
TOO_OLD = f"it is older than {OLDEST.days} days, and none was made since"
# a back-fill: one run since a fit wrote a share of what it rests on, and not a handful
FILLED = 0.2
FEWEST_FILLED = 200
# in hundredths: what would be shown as 0.0
LEAST_CHANGE = 0.05

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """The last fit of a model, without its parameters."""

    id: int
    model: str
    version: int
    fitted_at: datetime
    rows: int
    backtest: dict[str, Any]
    is_used: bool
    why: str


def due(session: Session, models: Iterable[Model], now: datetime, zone: ZoneInfo) -> list[Model]:
    """The models to fit anew: not yet fitted since this night, of another version, or filled up."""
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), AT_NIGHT, zone)
    last = {one.model: one for one in standing(session, now)}
    filled = _filled(session, list(last.values()))
    return [
        model for model in models
        if (one := last.get(model.id)) is None or one.version != model.version
        or one.fitted_at < night <= now or model.id in filled
    ]  # fmt: skip


def _filled(session: Session, last: Sequence[Standing]) -> set[str]:
    """The models of which a run since wrote so much; the runs are read once for all of them."""
    if not last:
        return set()
    most = columns_of(*(
        func.max(SyncRun.written).filter(col(SyncRun.ended_at) > one.fitted_at) for one in last
    )).where(col(SyncRun.ended_at) > min(one.fitted_at for one in last))  # fmt: skip
    return {
        one.model for one, written in zip(last, session.execute(most).one(), strict=True)
        if (written or 0) > max(FEWEST_FILLED, FILLED * one.rows)
    }  # fmt: skip


def refit(
    store: Store, models: Sequence[Model], now: datetime, zone: ZoneInfo, progress: Progress
) -> list[Standing]:
    """Fits models to the store as known at `now`, looks back on them, and keeps both.

    A model for which there is nothing to fit has no row; where one is in use of when there was,
    it is so no longer.
    """
    kept = []
    for model in models:
        with store.reader() as session:
            made = model.fit(session, now, zone)
            if made is None and not in_use(session, model, now):
                continue
            if made is None:
                day = now.astimezone(zone).date()
                made, report = Fit({}, 0, day, day), Report(model.id, 0, None, None)
            else:
                report = model.backtest(session, now, zone, Plan(most=NIGHTLY_ORIGINS), progress)
        kept.append(_keep(store, model, made, report, now))
    return kept


def _keep(store: Store, model: Model, made: Fit, report: Report, now: datetime) -> Standing:
    is_used, why = judged(model, report)
    why = why if made.rows else "there is nothing to fit any more"
    row = ForecastFit(
        model=model.id, version=model.version, fitted_at=now, starts_on=made.start,
        ends_on=made.end, rows=made.rows, params=msgspec.json.encode(made.params).decode(),
        backtest=report.as_json(), is_used=is_used, why=why,
    )  # fmt: skip
    with store.writer() as session:
        session.add(row)
        session.flush()
        old = select(ForecastFit.id).where(ForecastFit.model == model.id)
        newest = session.exec(old.order_by(col(ForecastFit.id).desc()).limit(KEPT)).all()
        session.exec(
            delete(ForecastFit).where(
                col(ForecastFit.model) == model.id, col(ForecastFit.id).not_in(newest)
            )
        )
        return Standing(*(getattr(row, one.name) for one in fields(Standing)))


def judged(model: Model, report: Report) -> tuple[bool, str]:
    """Whether a fit is used, and why in words: it must have done no worse than its baseline; of one
    of several parts any must, and only such are used."""
    if len(report.parts) < 2:
        days = f"{len(report.origins)} day{'s' if len(report.origins) != 1 else ''} in the past"
        return _proved(model, report.methods, f" from {days}")
    each = {name: _proved(model, methods) for name, methods in report.parts.items()}
    words = "; ".join(f"{name}: {why}" for name, (_, why) in each.items())
    return any(is_good for is_good, _ in each.values()), words


def _proved(model: Model, methods: Mapping[str, Scores], where: str = "") -> tuple[bool, str]:
    figures = {name: one.figures() for name, one in methods.items()}
    mine, other = figures.get(IN_USE), figures.get(model.baseline)
    loss, least = error_of(mine), error_of(other)
    if mine is None or loss is None or least is None:
        return False, "too little history to look back on"
    n = mine["n"] or 0
    if n < FEWEST_TOLD:
        return False, f"too little history to look back on ({n} told, {FEWEST_TOLD} wanted)"
    why = f"its error was {_against(loss, least)} {model.baseline} ({n:,} told{where})"
    return did_no_worse(mine, other), why


def _against(loss: float, least: float) -> str:
    """How an error stands to that of a baseline, which may have none."""
    if not least and loss:
        return f"{loss:.2g} above that of"
    change = 100 * (loss / least - 1) if least else 0.0
    if abs(change) < LEAST_CHANGE:
        return "a shade above that of" if loss > least else "as large as that of"
    return f"{abs(change):.1f} % {'above' if change > 0 else 'below'} that of"


def did_no_worse(mine: Figures | None, other: Figures | None) -> bool:
    """Whether a method told enough to be judged, and its error was no larger than another's; not
    where either is not known."""
    loss, least = error_of(mine), error_of(other)
    if mine is None or loss is None or least is None:
        return False
    return (mine["n"] or 0) >= FEWEST_TOLD and loss <= least


def error_of(figures: Figures | None) -> float | None:
    """The error of a method by its figures (see `Scores`), as it was scored or as that was kept:
    the pinball loss; of one that tells chances the Brier score. With the digits that are kept:
    less is no difference."""
    found = (figures or {}).get("pinball")
    if found is None:
        found = (figures or {}).get("brier")
    return None if found is None else round(found, DIGITS)


def standing(session: Session, now: datetime) -> list[Standing]:
    """The last fit of each model by `now`; one that is older than `OLDEST` is not used."""
    return _standing(session, now)


def last_of(session: Session, model: str, now: datetime) -> Standing | None:
    """The same of one model; null where it has none."""
    return next(iter(_standing(session, now, ForecastFit.model == model)), None)


def _standing(
    session: Session, now: datetime, *which: ColumnElement[bool] | bool
) -> list[Standing]:
    last = (
        select(func.max(ForecastFit.id))
        .where(col(ForecastFit.fitted_at) <= now, *which)
        .group_by(col(ForecastFit.model))
    )
    columns = [col(getattr(ForecastFit, one.name)) for one in fields(Standing)]
    found = columns_of(*columns).where(col(ForecastFit.id).in_(last))
    every = (Standing(*row) for row in session.execute(found.order_by(col(ForecastFit.model))))
    return [
        replace(one, is_used=False, why=TOO_OLD) if one.is_used and _is_old(one, now) else one
        for one in every
    ]


def _is_old(last: Standing | ForecastFit, now: datetime) -> bool:
    return last.fitted_at < now - OLDEST


def in_use(session: Session, model: Model, now: datetime) -> ForecastFit | None:
    """The last fit of a model by `now`, with its parameters; null where it is not to be used, or is
    older than `OLDEST`."""
    every = select(ForecastFit).where(
        ForecastFit.model == model.id, col(ForecastFit.fitted_at) <= now
    )
    last = session.exec(every.order_by(col(ForecastFit.id).desc()).limit(1)).first()
    is_current = last and last.version == model.version and not _is_old(last, now)
    return last if last and last.is_used and is_current else None
