"""How often what was told of the future came true, beside the chance it was told with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.issued import LAST, day_over
from storage.metrics import Metric
from storage.models import ForecastIssued

METRIC = Metric(
    id="forecast-record",
    version=1,
    title="Track record of forecasts",
    formula=(
        f"Of the last {LAST} statements about the future whose day is over: how many held, beside"
        " how many were expected to, the sum of the chances they were told with. A statement is one"
        " thing, told in an answer on one day with one chance; told again on that day it counts"
        " once."
    ),
    unit="",
    better="higher",
    needs=(),
    dimensions=("model", "chance"),
    caveats=(
        "What came early counts only once its day is over, like what did not come.",
        "What was called off will never be known and does not count.",
        "What did not come by its day is looked at again for a week, as it may be booked late.",
        "Statements on several days about one thing are several, and hold or fail together.",
        "Looking back is another measure: it tells the past anew with the model of today.",
    ),
    synonyms=("track record", "forecast accuracy", "calibration"),
)


@dataclass(frozen=True)
class Tally:
    """Statements of a model: how many were told, since when (null: never), and how many of them
    count in its record, are `open`, or will `never` be known."""

    told: int
    since: datetime | None
    counts: int
    open: int
    never: int


def tally(session: Session, model: str, now: datetime) -> Tally:
    """What became of all that a model told, as known at `now`."""
    is_scored = col(ForecastIssued.scored_at) <= now
    is_known = is_scored & col(ForecastIssued.held).is_not(None)
    is_over = col(ForecastIssued.by_on) < day_over(now)
    query = select(
        func.count(), func.min(ForecastIssued.issued_at),
        func.count().filter(is_known & is_over),
        func.count().filter(is_scored & col(ForecastIssued.held).is_(None)),
    ).where(ForecastIssued.model == model, col(ForecastIssued.issued_at) <= now)  # fmt: skip
    told, since, counts, never = session.exec(query).one()
    return Tally(told, since, counts, told - counts - never, never)
