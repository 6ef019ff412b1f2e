"""The columns that every fact has, and the short names of column types."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from storage.models._types import Instant, LocalDate, Money, Qty

At = Annotated[datetime, Field(sa_type=Instant)]
MaybeAt = Annotated[datetime | None, Field(sa_type=Instant)]
Day = Annotated[date, Field(sa_type=LocalDate)]
MaybeDay = Annotated[date | None, Field(sa_type=LocalDate)]
MaybeMoney = Annotated[Decimal | None, Field(sa_type=Money)]
Quantity = Annotated[Decimal, Field(sa_type=Qty)]
MaybeQty = Annotated[Decimal | None, Field(sa_type=Qty)]


class Fact(SQLModel):
    """What a source told us, once per (source, source_id).

    `source` is the instance's key (`odoo:main`); references to other facts of the same source are
    its own ids as text (`order_ref`), so that rows may arrive in any order. An event has two
    columns: `x_on`, the local day at the site, and `x_at`, the instant from which it is known;
    for a date-only event that is the last microsecond of the day.
    """

    id: int | None = Field(default=None, primary_key=True)
    source: str
    source_id: str
    source_updated_at: MaybeAt = None
    row_hash: int = Field(sa_type=BigInteger)
    first_seen_at: At
    deleted_at: MaybeAt = None


BOOKKEEPING = frozenset(Fact.model_fields)


def fact_key(table: str, *more: Index) -> tuple[Index, ...]:
    """The unique key every fact table has, and its other indexes."""
    return (Index(f"uq_{table}_source", "source", "source_id", unique=True), *more)
