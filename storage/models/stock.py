"""Stock: what lay where, what moved, which lots."""

from sqlmodel import Index

from storage.models._base import (
    At,
    Day,
    Fact,
    MaybeDay,
    MaybeMoney,
    MaybeQty,
    Quantity,
    fact_key,
)


class StockLevel(Fact, table=True):
    """A snapshot of one item at one place. `reserved` is a part of `on_hand`.

    `part`: which lot or package of it, where a source keeps each and overwrites it when it
    changes: it has been so since `as_of`, and they add up. Rows without one are a series in time.
    """

    __table_args__ = fact_key("stocklevel", Index("ix_stocklevel_item", "source", "item_ref"))
    item_ref: str
    location_ref: str | None = None
    part: str | None = None
    as_of: At
    on_hand: Quantity
    reserved: MaybeQty = None
    on_order: MaybeQty = None
    value: MaybeMoney = None
    currency: str | None = None


class StockMove(Fact, table=True):
    """A done move of `qty` (positive) from a place to another.

    `value` is what the stock gained or lost by it, as a positive amount; null for a move within.
    """

    __table_args__ = fact_key(
        "stockmove",
        Index("ix_stockmove_item", "source", "item_ref"),
        Index("ix_stockmove_moved", "moved_at"),
    )
    item_ref: str
    from_ref: str | None = None
    to_ref: str | None = None
    qty: Quantity
    value: MaybeMoney = None
    currency: str | None = None
    moved_at: At
    moved_on: Day
    doc: str | None = None


class Lot(Fact, table=True):
    """A batch of an item and when it expires."""

    __table_args__ = fact_key("lot")
    item_ref: str
    number: str
    expires_on: MaybeDay = None
    qty: MaybeQty = None
