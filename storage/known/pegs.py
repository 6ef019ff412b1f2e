"""Which supply the source itself means for which demand, as known at `now`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_qty
from storage.links import Key
from storage.models._types import instant_to_int

Demand = Literal["salesline", "makeorder"]
Supply = Literal["purchaseline", "makeorder", "stock"]


@dataclass(frozen=True, slots=True)
class Pegged:
    """A demand and the supply that is meant for it; `item` is what a make order needs of it."""

    demand_kind: Demand
    demand: Key
    supply_kind: Supply
    supply: Key
    item: Key | None
    qty: Decimal


def pegs(session: Session, now: datetime) -> Iterator[Pegged]:
    """All that still hold, as last stored: sources overwrite them and keep no past."""
    for row in session.execute(text(_PEGS), {"now": instant_to_int(now)}):
        source = row.source
        yield Pegged(
            row.demand_kind, (source, row.demand_ref), row.supply_kind, (source, row.supply_ref),
            (source, row.item_ref) if row.item_ref else None, as_qty(row.qty),
        )  # fmt: skip


_PEGS = """
SELECT source, demand_kind, demand_ref, supply_kind, supply_ref, item_ref, qty FROM peg
 WHERE deleted_at IS NULL AND qty > 0 AND first_seen_at < :now
 ORDER BY source, source_id"""
