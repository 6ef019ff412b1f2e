"""Allocation: who of those that wait for an item gets what is there and what comes, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storage.known.chain import Chain
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._arrivals import Arrivals
from storage.metrics._trace import Node, Trace

METRIC = Metric(
    id="allocation",
    version=1,
    title="Allocation",
    formula=(
        "Open order lines of an item against what is in stock and the median day of each receipt"
        " and production to come. First come: in the order in which they were placed. Proposed: as"
        " many promises kept as can be (Moore 1968: by date, and whenever one can't be kept the"
        " largest gives way; of equals who has no notice deadline within 60 days, then who is"
        " worth less); each of them is served just in time, what is left goes to the others:"
        " notice deadlines within 60 days first, then revenue of 12 months, then the date; and"
        " what nobody needed earlier is moved forward."
    ),
    unit="d",
    better="lower",
    needs=(
        "salesorder", "salesline", "shipment", "stocklevel", "purchaseline", "receipt",
        "makeorder", "contract",
    ),
    dimensions=(),
    caveats=(
        "It is a proposal; nothing is changed, and what the source has reserved stays so.",
        "What production needs of the item itself is left to it.",
        "A line is filled once all of it is there; a promise is kept if that is by its day.",
        "Median days: each comes later as often as earlier. Days for picking are not in it.",
        "Supply of which no day can be told fills nothing.",
    ),
    synonyms=("allocate", "split", "fair share", "who gets it"),
)  # fmt: skip

ZERO = Decimal(0)
SOON = 60


@dataclass(frozen=True)
class Waiting:
    """A line that waits for so much. `notice_by`: its customer's next notice deadline, where it is
    within `SOON` days; `revenue` of 12 months, null where it can't be told or compared."""

    line: SalesLine
    qty: Decimal
    notice_by: date | None = None
    revenue: Decimal | None = None

    @property
    def due(self) -> date | None:
        return self.line.due_on


@dataclass(frozen=True)
class Coming:
    """So much of an item from a supply, and the median day of it; null where it can't be told."""

    supply: Node
    qty: Decimal
    on: date | None


@dataclass(frozen=True)
class Split:
    """The day on which each line can be filled whole; null where what is in sight does not do."""

    by: Mapping[Key, date | None]

    def kept(self, waiting: Iterable[Waiting]) -> int:
        """How many promises it keeps."""
        return sum(1 for one in waiting if _is_kept(one, self.by[one.line.key]))


def supplies(item: Key, chain: Chain, trace: Trace, arrivals: Arrivals) -> list[Coming]:
    """What is there and what comes of an item, less what production needs; the first first."""
    totals = {Node("stock", item): chain.on_hand.get(item, ZERO)}
    for make in chain.makes.values():
        if make.item and (make.item.source, make.item.ref) == item:
            totals[Node("makeorder", make.key)] = make.rest
    for line in chain.purchases.values():
        if line.item and (line.item.source, line.item.ref) == item:
            totals[Node("purchaseline", line.key)] = line.qty - line.received
    found = []
    for node, total in totals.items():
        used = sum(
            (hop.qty for hop in trace.down.get(node, ())
             if hop.item == item and hop.demand.kind != "salesline"), ZERO,
        )  # fmt: skip
        if total > used:
            forecast = arrivals.forecast(node)
            found.append(Coming(node, total - used, forecast.by(0.5) if forecast else None))
    return sorted(found, key=lambda one: (one.on or date.max, one.supply.kind, one.supply.key))


def first_come(waiting: Iterable[Waiting], coming: Iterable[Coming]) -> Split:
    """In the order in which the orders were placed, each takes what is there first."""
    pool = _Pool(coming)
    ranked = sorted(waiting, key=lambda one: (one.line.ordered_at, one.line.key))
    return Split({one.line.key: pool.earliest(one.qty) for one in ranked})


def proposed(waiting: Sequence[Waiting], coming: Sequence[Coming], today: date) -> Split:
    """As many promises kept as can be; then notice deadlines, then revenue."""
    kept = _keepable(waiting, coming, today)
    pool = _Pool(coming)
    for one in reversed(kept):
        pool.latest(one.qty, one.due or date.max)
    others = sorted((one for one in waiting if one not in kept), key=_need)
    # one that can't be filled takes nothing from those that can
    by = {one.line.key: pool.earliest(one.qty) if one.qty <= pool.total else None for one in others}
    # what the others took is gone; the kept ones move forward to what is left
    rest = _Pool(coming)
    for day, qty in pool.taken:
        rest.remove(day, qty)
    return Split(by | {one.line.key: rest.earliest(one.qty) for one in kept})


def _keepable(waiting: Iterable[Waiting], coming: Sequence[Coming], today: date) -> list[Waiting]:
    """The most lines of which every promise can be kept, by date (Moore 1968)."""
    ahead = [one for one in waiting if one.due and one.due >= today]
    kept: list[Waiting] = []
    for one in sorted(ahead, key=lambda one: (one.due or date.max, one.line.key)):
        kept.append(one)
        there = sum(
            (part.qty for part in coming if part.on and part.on <= (one.due or today)), ZERO
        )
        if sum((other.qty for other in kept), ZERO) > there:
            kept.remove(max(kept, key=_gives_way))
    return kept


def _gives_way(one: Waiting) -> tuple[Decimal, bool, Decimal, Key]:
    return one.qty, one.notice_by is None, -(one.revenue or ZERO), one.line.key


def _need(one: Waiting) -> tuple[date, Decimal, date, Key]:
    return (
        one.notice_by or date.max, -(one.revenue or ZERO), one.due or date.max, one.line.key
    )  # fmt: skip


def _is_kept(one: Waiting, by: date | None) -> bool:
    return one.due is not None and by is not None and by <= one.due


class _Pool:
    """What is still to be given out, by the day on which it is there."""

    def __init__(self, coming: Iterable[Coming]) -> None:
        self.left: dict[date, Decimal] = {}
        for one in coming:
            if one.on:
                self.left[one.on] = self.left.get(one.on, ZERO) + one.qty
        self.taken: list[tuple[date, Decimal]] = []

    @property
    def total(self) -> Decimal:
        return sum(self.left.values(), ZERO)

    def earliest(self, qty: Decimal) -> date | None:
        """Takes what is there first; the day on which it is all there, null if it never is."""
        last = None
        for day in sorted(self.left):
            part = min(qty, self.left[day])
            if part > 0:
                self.remove(day, part)
                self.taken.append((day, part))
                qty, last = qty - part, day
            if not qty:
                return last
        return None

    def latest(self, qty: Decimal, due: date) -> None:
        """Takes what is there last by a day."""
        for day in sorted((day for day in self.left if day <= due), reverse=True):
            part = min(qty, self.left[day])
            self.remove(day, part)
            qty -= part

    def remove(self, day: date, qty: Decimal) -> None:
        self.left[day] -= qty
