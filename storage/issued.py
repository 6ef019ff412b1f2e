"""What was told of the future: kept once it was told, and scored once the truth is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session, and_, col, delete, or_, select

from storage.forecasts import Model
from storage.forecasts._statement import Issued, Statement
from storage.models import ForecastIssued
from storage.models._types import instant_to_int
from storage.store import Store

LAST = 50
KEPT = timedelta(days=3 * 365)
# so many are judged at a time
PART = 5_000
# what did not come by its day is looked at again for so long, as it may be booked late
LATE = timedelta(days=7)
# by then a day that began half a day ago is over wherever on earth it was told
OVER = timedelta(hours=12)


@dataclass(frozen=True)
class Record:
    """How statements came out: how many `held` of `n` about so many different `things`, how many
    were `expected` to, the sum of their chances, which `shares` these were, and whether they told
    `amounts`, between bounds."""

    n: int
    things: int
    held: int
    expected: float
    shares: frozenset[float] = frozenset()
    amounts: bool = False


def keep(
    session: Session, statements: Iterable[Statement], versions: Mapping[str, int], now: datetime,
    zone: ZoneInfo,
) -> None:  # fmt: skip
    """Keeps what was told, once per subject, event, share and local day: the first time counts.

    `versions` are those of the models; what a model says that is not among them is left out. What
    was told without a fit has version 0.
    """
    day = now.astimezone(zone).date().isoformat()
    rows = [
        {
            "model": one.model, "version": 0 if one.is_fallback else versions[one.model],
            "subject": one.subject, "event": one.event, "share": one.share,
            "by_on": one.by.isoformat(), "low": one.low, "high": one.high,
            "now": instant_to_int(now), "day": day,
        }
        for one in statements if one.model in versions
    ]  # fmt: skip
    if rows:
        session.execute(text(_KEEP), rows)


def score(store: Store, models: Iterable[Model], now: datetime, zone: ZoneInfo) -> int:
    """Has each model judge what it told and is not settled by `now`; how many were decided."""
    decided = 0
    for model in models:
        last = 0
        while model.judge:
            with store.reader() as session:
                told = unsettled(session, model.id, now, after=last)
                verdicts = model.judge(session, told, now, zone) if told else {}
            if verdicts:
                _write(store, verdicts, now)
            decided += len(verdicts)
            if len(told) < PART:
                break
            last = told[-1].id
    return decided


def unsettled(session: Session, model: str, now: datetime, after: int = 0) -> list[Issued]:
    """What a model told by `now` and was not scored by then, or lately as not held: the first of
    those whose number is above `after`."""
    failed = and_(
        col(ForecastIssued.held).is_(False), col(ForecastIssued.by_on) >= (now - LATE).date()
    )
    query = select(ForecastIssued).where(
        ForecastIssued.model == model, col(ForecastIssued.id) > after,
        col(ForecastIssued.issued_at) <= now,
        or_(
            col(ForecastIssued.scored_at).is_(None), col(ForecastIssued.scored_at) > now, failed
        ),
    )  # fmt: skip
    return [
        _issued(row) for row in session.exec(query.order_by(col(ForecastIssued.id)).limit(PART))
    ]


def _issued(row: ForecastIssued) -> Issued:
    assert row.id is not None
    return Issued(
        row.model, row.subject, row.event, row.share, row.by_on, row.low, row.high,
        not row.version, id=row.id, version=row.version, issued_at=row.issued_at,
        issued_on=row.issued_on,
    )  # fmt: skip


def _write(store: Store, verdicts: Mapping[int, bool | None], now: datetime) -> None:
    stamp = instant_to_int(now)
    rows = [{"id": id_, "held": held, "now": stamp} for id_, held in verdicts.items()]
    with store.writer() as session:
        session.execute(text(_SCORE), rows)


def scored(
    session: Session, model: str, now: datetime, last: int = LAST, share: float | None = None,
    by_fit: bool | None = None,
) -> Record:  # fmt: skip
    """How the `last` statements of a model came out whose day was over by `now`; of one `share`,
    and of those that were told by a fit or without one, where that is given.

    What came early is known before what did not come: until its day is over it would make the
    record look better than it is. What will never be known does not count.
    """
    query = select(
        ForecastIssued.subject, ForecastIssued.share, ForecastIssued.low, ForecastIssued.held
    ).where(
        ForecastIssued.model == model, col(ForecastIssued.by_on) < day_over(now),
        col(ForecastIssued.scored_at) <= now, col(ForecastIssued.held).is_not(None),
    )  # fmt: skip
    if share is not None:
        query = query.where(ForecastIssued.share == share)
    if by_fit is not None:
        version = col(ForecastIssued.version)
        query = query.where(version > 0 if by_fit else version == 0)
    newest = query.order_by(
        col(ForecastIssued.by_on).desc(), col(ForecastIssued.id).desc()
    )  # fmt: skip
    return _record(session.exec(newest.limit(last)).all())


def _record(rows: Sequence[Any]) -> Record:
    shares = [share for _, share, *_ in rows]
    return Record(
        len(rows), len({subject for subject, *_ in rows}), sum(held for *_, held in rows),
        sum(shares), frozenset(shares), any(low is not None for *_, low, _ in rows),
    )  # fmt: skip


def told_last(session: Session, model: str, now: datetime, most: int) -> list[tuple[Issued, str]]:
    """The last statements of a model, each with what it counted as: "held", "did not hold", or why
    it is left out of its record. Those whose day is over come first, then the newest: of what is
    told for a year most is open, and none of those that count would be among the last."""
    query = select(ForecastIssued).where(
        ForecastIssued.model == model, col(ForecastIssued.issued_at) <= now
    )
    over = day_over(now)
    newest = query.order_by(
        (col(ForecastIssued.by_on) < over).desc(), col(ForecastIssued.by_on).desc(),
        col(ForecastIssued.id).desc(),
    )  # fmt: skip
    return [(_issued(row), _state(row, now, over)) for row in session.exec(newest.limit(most))]


def _state(row: ForecastIssued, now: datetime, over: date) -> str:
    if row.scored_at is None or row.scored_at > now:
        return "left out: not decided yet"
    if row.held is None:
        return "left out: will never be known"
    if row.by_on >= over:
        return "left out: its day is not over"
    return "held" if row.held else "did not hold"


def day_over(now: datetime) -> date:
    """Days before this one were over by `now` wherever on earth."""
    return (now - OVER).astimezone(UTC).date()


def forget_old(session: Session, now: datetime) -> None:
    """Removes what was to be decided years ago, in the caller's transaction."""
    old = col(ForecastIssued.by_on) < (now - KEPT).date()
    session.exec(delete(ForecastIssued).where(old))


_KEEP = """
INSERT INTO forecastissued
  (model, version, subject, event, share, by_on, low, high, issued_at, issued_on)
VALUES (:model, :version, :subject, :event, :share, :by_on, :low, :high, :now, :day)
ON CONFLICT DO NOTHING"""

_SCORE = """
UPDATE forecastissued SET held = :held, scored_at = :now
 WHERE id = :id AND (scored_at IS NULL OR scored_at > :now OR held IS DISTINCT FROM :held)"""

__all__ = [
    "Issued", "Record", "Statement", "day_over", "forget_old", "keep", "score", "scored",
    "told_last", "unsettled",
]  # fmt: skip
