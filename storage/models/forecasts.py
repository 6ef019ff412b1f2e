"""What was fitted, and what was told of days to come."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.models._base import At, Day, MaybeAt, MaybeDay


class ForecastFit(SQLModel, table=True):
    """A model fitted to the store at an instant: its `params` (JSON text), on what it rests, and
    how well such fits did in the past. `why` says in words why it is used, or is not."""

    __table_args__ = (Index("ix_forecastfit_model", "model", "fitted_at"),)
    id: int | None = Field(default=None, primary_key=True)
    model: str
    version: int
    fitted_at: At
    starts_on: Day
    ends_on: Day
    rows: int
    params: str
    backtest: dict[str, Any] = Field(sa_type=JSON)
    is_used: bool
    why: str


class ForecastIssued(SQLModel, table=True):
    """A forecast that someone was shown on a day: that `subject` (of `model`, as its source names
    it) comes by `by_on`, with the probability `share`. `fit` is the fit that said so.

    `scored_at` is null until the truth is known, or that it never will be; then `held` says
    whether it came by that day, and is null where it can't be known, as of what was called off.
    """

    __table_args__ = (
        Index("uq_forecastissued", "model", "subject", "share", "issued_on", unique=True),
        Index("ix_forecastissued_open", "model", "scored_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    model: str
    version: int
    fit: int
    subject: str
    share: float
    issued_on: Day
    by_on: Day
    scored_at: MaybeAt = None
    came_on: MaybeDay = None
    held: bool | None = None
