"""Supplier impact: which customers' orders wait for what a supplier has not delivered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storage.known.chain import Chain
from storage.known.rates import Amount, Rates, Sums
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import Hop, Node, Trace
from storage.metrics.revenue_exposed import Waiting, waiting

METRIC = Metric(
    id="supplier-impact",
    version=1,
    title="Supplier impact",
    formula=(
        "Open sales lines that wait for open purchases of a supplier (or for a purchase, or an"
        " item), however many productions lie between, with their customers and the value of what"
        " has not gone out. A hop between two orders is reserved where the source says so, else"
        " inferred first in, first out."
    ),
    unit="money",
    better="lower",
    needs=("salesorder", "salesline", "shipment", "purchaseorder", "purchaseline", "receipt"),
    dimensions=(),
    caveats=(
        "Purchases that nobody waits for are counted and have no impact.",
        "What can't be traced is said to be so and is not 0.",
    ),
    synonyms=("impact", "blast radius", "who is affected"),
)

ZERO = Decimal(0)


@dataclass(frozen=True)
class Hit:
    """A sales line that waits for one of the purchases; `way` from the purchase down to it.

    `how`: inferred if any hop of the shortest way is.
    """

    state: Waiting | None
    line: SalesLine
    way: tuple[Hop, ...]
    rest: Amount

    @property
    def how(self) -> str:
        return "inferred" if any(hop.how == "inferred" for hop in self.way) else "reserved"


@dataclass(frozen=True)
class Impact:
    """All that waits for some open purchase lines. `idle` of the purchases nobody waits for."""

    hits: tuple[Hit, ...]
    purchases: int
    idle: int
    value: Sums

    @property
    def customers(self) -> int:
        return len({hit.line.customer for hit in self.hits if hit.line.customer})

    @property
    def late(self) -> tuple[Hit, ...]:
        """Those past their date, or more likely than not to miss it."""
        return tuple(
            hit for hit in self.hits
            if hit.state and (hit.state.is_late or (hit.state.chance or 0) > 0.5)
        )  # fmt: skip


def impact(
    purchases: Iterable[Key], chain: Chain, trace: Trace, arrivals: Arrivals, rates: Rates,
    today: date, into: str = "",
) -> Impact:  # fmt: skip
    """What waits for open purchase lines, the first due first; each sales line once."""
    ways: dict[Key, tuple[Hop, ...]] = {}
    count = idle = 0
    for key in purchases:
        count += 1
        found = list(trace.affected(Node("purchaseline", key)))
        ends = [way for way in found if way[-1].demand.kind == "salesline"]
        idle += not ends
        for way in ends:
            line = way[-1].demand.key
            if line not in ways or len(way) < len(ways[line]):
                ways[line] = way
    arrivals.tell([Node("salesline", line) for line in ways])
    hits = [_hit(chain.sales[line], way, arrivals, today) for line, way in ways.items()]
    ranked = sorted(hits, key=lambda hit: (hit.line.due_on or date.max, hit.line.number))
    return Impact(tuple(ranked), count, idle, rates.total((hit.rest for hit in hits), into))


def purchases_of(chain: Chain, *, suppliers: Sequence[Key], items: Sequence[Key]) -> list[Key]:
    """Open purchase lines of suppliers, or of items, ordered by when they were placed."""
    found = [
        line
        for line in chain.purchases.values()
        if (line.supplier and (line.supplier.source, line.supplier.ref) in suppliers)
        or (line.item and (line.item.source, line.item.ref) in items)
    ]
    return [line.key for line in sorted(found, key=lambda line: (line.ordered_at, line.key))]


def _hit(line: SalesLine, way: tuple[Hop, ...], arrivals: Arrivals, today: date) -> Hit:
    state = waiting(line, arrivals, today) if line.due_on else None
    sent = sum((one.qty for one in line.shipments), ZERO)
    rest = None if line.price is None else line.price * max(line.qty - sent, ZERO)
    return Hit(state, line, way, Amount(rest, line.currency, today))
