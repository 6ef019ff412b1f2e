"""Which supply is for which demand, at any depth: reserved by the source, or inferred.

What a source has reserved holds; what came of a reserved purchase or production that is over lies
in stock for it. The rest is inferred first in, first out: of each item the
demand that is due first gets what is there or comes first, stock before all. What no supply is
left for is a gap: it can't be traced, which is not the same as nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from storage.known import Named
from storage.known.chain import Chain
from storage.known.pegs import Pegged
from storage.links import Key

NONE = Decimal(0)
LONGEST_PATH = 20

T = TypeVar("T")


class Node(NamedTuple):
    """One end of a hop: a sales line, production order or purchase line; or stock of an item."""

    kind: Literal["salesline", "makeorder", "purchaseline", "stock"]
    key: Key


@dataclass(frozen=True, slots=True)
class Hop:
    """So much of an item from a supply for a demand; `how` we know."""

    demand: Node
    supply: Node
    item: Key
    qty: Decimal
    how: Literal["reserved", "inferred"]


@dataclass(frozen=True, slots=True)
class Gap:
    """So much of an item that a demand needs, and nothing known is for it."""

    demand: Node
    item: Key
    qty: Decimal


@dataclass(frozen=True)
class Trace:
    """All hops, by the demand and by the supply; the gaps by their demand."""

    up: Mapping[Node, tuple[Hop, ...]]
    down: Mapping[Node, tuple[Hop, ...]]
    gaps: Mapping[Node, tuple[Gap, ...]]

    def causes(self, demand: Node) -> Iterator[tuple[Hop, ...]]:
        """Each way up from a demand, to a purchase, to stock, or to where it can't be traced."""
        yield from self._ways(demand, (), upwards=True)

    def affected(self, supply: Node) -> Iterator[tuple[Hop, ...]]:
        """Each way down from a supply, to a sales line or to where nobody waits for it."""
        yield from self._ways(supply, (), upwards=False)

    def _ways(self, at: Node, way: tuple[Hop, ...], *, upwards: bool) -> Iterator[tuple[Hop, ...]]:
        passed = {hop.demand if upwards else hop.supply for hop in way}
        hops = [] if at in passed else (self.up if upwards else self.down).get(at, ())
        if way and (not hops or len(way) >= LONGEST_PATH):
            yield way
            return
        for hop in hops:
            following = hop.supply if upwards else hop.demand
            yield from self._ways(following, (*way, hop), upwards=upwards)


class _Ledger:
    """What is still wanted and still there while supplies are given out."""

    def __init__(self, chain: Chain) -> None:
        self.wanted: dict[tuple[Node, Key], Decimal] = {}
        self.due: dict[Node, tuple[date, Key]] = {}
        self.there: dict[tuple[Node, Key], Decimal] = {}
        self.comes: dict[Node, tuple[date, Key]] = {}
        self._demands(chain)
        self._supplies(chain)
        self.hops: list[Hop] = []

    def _demands(self, chain: Chain) -> None:
        for line in chain.sales.values():
            if line.item:
                sent = sum((one.qty for one in line.shipments), NONE)
                self._want(Node("salesline", line.key), _key(line.item), line.qty - sent)
                due = line.due_on or line.promised_on or date.max
                self.due[Node("salesline", line.key)] = (due, line.key)
        for make in chain.makes.values():
            node = Node("makeorder", make.key)
            self.due[node] = (make.planned_start_on or make.released_on or date.max, make.key)
            for need in chain.bills.get(_key(make.item), ()) if make.item else ():
                item = _key(need.component)
                self._want(node, item, need.qty * make.qty - make.used.get(item, NONE))

    def _supplies(self, chain: Chain) -> None:
        for item, qty in chain.on_hand.items():
            self._have(Node("stock", item), item, qty, date.min)
        for make in chain.makes.values():
            if make.item:
                finish = make.planned_finish_on or date.max
                self._have(Node("makeorder", make.key), _key(make.item), make.rest, finish)
        for line in chain.purchases.values():
            if line.item:
                comes = line.promised_on or line.planned_on or date.max
                rest = line.qty - line.received
                self._have(Node("purchaseline", line.key), _key(line.item), rest, comes)

    def _want(self, node: Node, item: Key, qty: Decimal) -> None:
        if qty > 0:
            self.wanted[node, item] = self.wanted.get((node, item), NONE) + qty

    def _have(self, node: Node, item: Key, qty: Decimal, comes: date) -> None:
        self.comes[node] = (comes, node.key)
        if qty > 0:
            self.there[node, item] = qty

    def is_coming(self, peg: Pegged) -> bool:
        """Whether what is reserved is still to come; else it lies in stock."""
        return peg.supply_kind != "stock" and Node(peg.supply_kind, peg.supply) in self.comes

    def reserve(self, peg: Pegged) -> None:
        """Gives what the source says is meant for a demand, as far as both still stand."""
        demand, coming = Node(peg.demand_kind, peg.demand), self.is_coming(peg)
        for item in [peg.item] if peg.item else [i for node, i in self.wanted if node == demand]:
            supply = Node(peg.supply_kind, peg.supply) if coming else Node("stock", item)
            self._give(demand, supply, item, peg.qty, "reserved")

    def infer(self) -> None:
        """Gives what is left: who is due first gets what comes first."""
        demands: dict[Key, list[Node]] = defaultdict(list)
        supplies: dict[Key, list[Node]] = defaultdict(list)
        for node, item in self.wanted:
            demands[item].append(node)
        for node, item in self.there:
            supplies[item].append(node)
        for item, waiting in demands.items():
            coming = sorted(supplies[item], key=self.comes.__getitem__)
            for demand in sorted(waiting, key=self.due.__getitem__):
                coming = [supply for supply in coming if self.there[supply, item] > 0]
                for supply in coming:
                    if not self.wanted[demand, item]:
                        break
                    if demand != supply:
                        self._give(demand, supply, item, None, "inferred")

    def _give(
        self, demand: Node, supply: Node, item: Key, most: Decimal | None,
        how: Literal["reserved", "inferred"],
    ) -> None:  # fmt: skip
        left, there = self.wanted.get((demand, item), NONE), self.there.get((supply, item), NONE)
        qty = min(left, there) if most is None else min(left, there, most)
        if qty <= 0:
            return
        self.wanted[demand, item] = left - qty
        self.there[supply, item] = there - qty
        self.hops.append(Hop(demand, supply, item, qty, how))


def trace(chain: Chain) -> Trace:
    """Gives every supply of a chain out to its demands."""
    ledger = _Ledger(chain)
    # what is there already goes first: then what comes is left for those who still wait
    for peg in sorted(chain.pegs, key=ledger.is_coming):
        ledger.reserve(peg)
    ledger.infer()
    gaps = [Gap(node, item, qty) for (node, item), qty in ledger.wanted.items() if qty > 0]
    return Trace(
        _by(ledger.hops, lambda hop: hop.demand),
        _by(ledger.hops, lambda hop: hop.supply),
        _by(gaps, lambda gap: gap.demand),
    )


def _by(found: Iterable[T], node_of: Callable[[T], Node]) -> dict[Node, tuple[T, ...]]:
    groups: dict[Node, list[T]] = defaultdict(list)
    for one in found:
        groups[node_of(one)].append(one)
    return {node: tuple(every) for node, every in groups.items()}


def _key(thing: Named) -> Key:
    return thing.source, thing.ref
