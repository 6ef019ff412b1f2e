"""All that is open between a supplier and a customer, as known at `now`."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_qty
from storage.known.making import Making, Needed, bills, make_orders
from storage.known.pegs import Pegged, pegs
from storage.known.purchases import Line, purchase_lines
from storage.known.sales import SalesLine, sales_lines
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True)
class Chain:
    """Open sales lines, production orders and purchase lines by key, and what joins them.

    `on_hand`: what lies in stock by item; `bills`: what goes into one unit of an item.
    """

    sales: Mapping[Key, SalesLine]
    makes: Mapping[Key, Making]
    purchases: Mapping[Key, Line]
    bills: Mapping[Key, tuple[Needed, ...]]
    pegs: tuple[Pegged, ...]
    on_hand: Mapping[Key, Decimal]


def chain(session: Session, now: datetime) -> Chain:
    """What is open at `now`, and what lies in stock."""
    return Chain(
        {one.key: one for one in sales_lines(session, now, open_only=True)},
        {one.key: one for one in make_orders(session, now, open_only=True)},
        {one.key: one for one in purchase_lines(session, now, open_only=True)},
        bills(session),
        tuple(pegs(session, now)),
        _on_hand(session, now),
    )


def _on_hand(session: Session, now: datetime) -> dict[Key, Decimal]:
    """Stock of each item over all places, by the last snapshot; never below 0."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for row in session.execute(text(_LEVELS), {"now": instant_to_int(now)}):
        found[row.source, row.item_ref] += as_qty(row.on_hand)
    return {item: max(qty, Decimal(0)) for item, qty in found.items()}


_LEVELS = """
SELECT s.source, s.item_ref, s.on_hand
  FROM stocklevel s
  LEFT JOIN location w ON w.source = s.source AND w.source_id = s.location_ref
 WHERE s.deleted_at IS NULL AND s.as_of <= :now
   AND COALESCE(w.kind, 'internal') IN ('warehouse', 'internal', 'input', 'output')"""
