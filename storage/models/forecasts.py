"""What was fitted."""

from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from storage.models._base import At, Day


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
