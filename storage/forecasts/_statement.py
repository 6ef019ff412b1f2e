"""What an answer tells of the future, and the same once it was told to somebody."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Statement:
    """Something told of the future, as shown: with the chance `share` it holds.

    `model` is the model's id; `subject` what it is about, a key of `storage/entities.py`; `event`
    what is told, a word of the model's ("arrives", "leaves", "runs out", "brings"). `by` is the
    day by which it is decided at the latest; `low` and `high` are bounds of an amount, where one
    is told. `is_fallback`: told without a fit of the model, as none is in use.
    """

    model: str
    subject: str
    event: str
    share: float
    by: date
    low: float | None = None
    high: float | None = None
    is_fallback: bool = False


@dataclass(frozen=True, kw_only=True)
class Issued(Statement):
    """A statement that was told: its number, by which version of the model (0: by none of its
    fits), when, and on which local day."""

    id: int
    version: int
    issued_at: datetime
    issued_on: date
