"""What was fitted, and what was told of the future."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.models._base import At, Day, MaybeAt


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
    """What an answer told of the future, once per subject, event, share and day (see `Statement`
    in `storage/issued.py`), by which `version` of a model (0: without a fit), and how it came out.

    `held` is null until it is scored, and stays so where the truth will never be known.
    """

    __table_args__ = (
        Index(
            "uq_forecastissued_told", "model", "subject", "event", "share", "issued_on", unique=True
        ),
        Index("ix_forecastissued_scored", "model", "scored_at"),
        Index("ix_forecastissued_by", "model", "by_on"),
        Index("ix_forecastissued_share", "model", "share", "by_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    model: str
    version: int
    subject: str
    event: str
    share: float
    by_on: Day
    low: float | None = None
    high: float | None = None
    issued_at: At
    issued_on: Day
    held: bool | None = None
    scored_at: MaybeAt = None
