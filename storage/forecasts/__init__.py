"""What is to come, each way of telling it once: one module per model, each with a `MODEL`.

A model is fitted from the store and kept as a row (`storage/fits.py`); questions read that row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.forecasts._origins import Plan
from storage.forecasts._statement import Issued
from storage.registry import discover

if TYPE_CHECKING:
    # it brings numpy, of which a long `sync` has no use
    from storage.forecasts._report import Report

Progress = Callable[[str, int, int | None], None]
Verdicts = Mapping[int, bool | None]


@dataclass(frozen=True)
class Fit:
    """What a model made of the store: `params` are its own, as JSON.

    It rests on `rows` observations that began in [start, end].
    """

    params: Mapping[str, Any]
    rows: int
    start: date
    end: date


@dataclass(frozen=True)
class Model:
    """A way to tell what is to come. `baseline` names the method that it must beat to be used;
    `rests_on` what a fit counts as its rows, and `topic` who may hear of it.

    `fit(session, now, zone)` gives null where there is nothing to fit. `backtest(session, now,
    zone, plan, progress)` looks back from origins in the past; its report is without origins
    where there is too little to look back on.

    `judge(session, told, now, zone)` says of statements of the model, by their ids, whether they
    held, null where the truth will never be known, as of what was called off; it leaves out what
    is not decided yet. What is told to come by a day is decided once it came, or the day is over.
    """

    id: str
    version: int
    title: str
    baseline: str
    rests_on: str
    topic: Literal["supply", "customers"]
    fit: Callable[[Session, datetime, ZoneInfo], Fit | None]
    backtest: Callable[[Session, datetime, ZoneInfo, Plan, Progress], "Report"]
    judge: Callable[[Session, Sequence[Issued], datetime, ZoneInfo], Verdicts] | None = None


def load(package: str = __name__) -> dict[str, Model]:
    """All models by id; `BadModule` for one without MODEL, or an id used twice."""
    return discover(package, "MODEL", Model, lambda model: model.id)
