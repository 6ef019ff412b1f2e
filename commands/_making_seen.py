"""Open production orders: which are in work, and what the others wait for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commands._supply import Supply
from commands._supply_words import day, item_name, late
from storage.known.making import Making
from storage.links import Key
from storage.metrics._trace import Node
from storage.metrics.expected_arrival import Forecast, lateness


@dataclass(frozen=True)
class Missing:
    """So much of a component that is not in stock: what brings it, null where nothing is known."""

    item: Key
    name: str
    qty: Decimal
    supply: Node | None
    forecast: Forecast | None


@dataclass(frozen=True)
class Open:
    """An open production order, what it lacks, and when it will be done."""

    make: Making
    missing: tuple[Missing, ...]
    forecast: Forecast | None

    @property
    def node(self) -> Node:
        return Node("makeorder", self.make.key)

    @property
    def waits(self) -> bool:
        """Whether it can't be begun yet; one in work may lack something that comes later."""
        return bool(self.missing) and self.make.started_on is None

    def last(self) -> Missing | None:
        """What comes last of all that is missing; what nothing is known for comes never."""
        return max(self.missing, key=lambda one: lateness(one.forecast), default=None)

    def is_late(self, today: date) -> bool:
        planned = self.make.planned_finish_on
        return planned is not None and planned < today


def open_orders(chain: Supply, makes: Iterable[Making]) -> list[Open]:
    """Those of the orders that are open and more than a plan: who waits first, then the oldest."""
    found = [
        seen(chain, make)
        for make in makes
        if make.key in chain.chain.makes and (make.released_on or make.started_on)
    ]
    return sorted(found, key=lambda one: (not one.waits, _begun(one.make), one.make.number))


def seen(chain: Supply, make: Making) -> Open:
    """An open order as the trace sees it."""
    node = Node("makeorder", make.key)
    coming = [
        Missing(
            hop.item, item_name(chain.chain, hop.item), hop.qty, hop.supply,
            chain.arrivals.forecast(hop.supply),
        )
        for hop in chain.trace.up.get(node, ())
        if hop.supply.kind != "stock"
    ]  # fmt: skip
    gaps = [
        Missing(gap.item, item_name(chain.chain, gap.item), gap.qty, None, None)
        for gap in chain.trace.gaps.get(node, ())
    ]
    return Open(make, (*coming, *gaps), chain.arrivals.forecast(node))


def stands(one: Open, today: date) -> str:
    """How an open order stands: "in work 4 d", "waits 12 d, 3 d late", "released 2 d ago"."""
    make = one.make
    begun = make.started_on or make.released_on
    days = (today - begun).days if begun else 0
    text = f"in work {days} d" if make.started_on else f"released {days} d ago"
    if one.waits:
        text = f"waits {days} d"
    if one.is_late(today):
        return f"{text}, {late(make.planned_finish_on, today)}"
    return text


def waits_for(chain: Supply, one: Open) -> str | None:
    """What it waits for, the last to come: "Coil 2 mm (P00900)"; null where all is there."""
    last = one.last()
    if last is None:
        return None
    number = chain.number_of(last.supply) if last.supply else "nothing ordered"
    more = len({missing.item for missing in one.missing}) - 1
    return f"{last.name} ({number})" + (f" and {more} more" if more else "")


def comes(one: Missing, today: date) -> str:
    """The day by which half of such are there: "24 Mar"; said where it can't be told."""
    if one.supply is None:
        return "nothing is ordered"
    half = one.forecast.by(0.5) if one.forecast else None
    return day(half, today) or "can't be told"


def _begun(make: Making) -> date:
    return make.released_on or make.started_on or date.max
