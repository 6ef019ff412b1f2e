"""All that is open between a supplier and a customer, as known at `now`."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from storage.known.making import Making, Needed, bills, make_orders
from storage.known.pegs import Pegged, pegs
from storage.known.purchases import Line, purchase_lines
from storage.known.sales import SalesLine, sales_lines
from storage.known.stock import stocks
from storage.links import Key


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
    """Stock of each item over all sites, that at the dock too; never below 0."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for one in stocks(session, now, ZoneInfo("UTC")):
        found[one.item.source, one.item.ref] += one.on_hand
    return {item: max(qty, Decimal(0)) for item, qty in found.items()}
