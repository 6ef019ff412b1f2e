"""How goods pass through the house: what leaves stock is what lay there longest.

Every receipt and every finished production is a lot; what production takes and what is sent to
customers comes out of the oldest lot. So each part of what left has a day on which it came, and,
through production, the day on which its material was taken in. That is exact where stock really
moves first in, first out, and on the average right wherever what lies in it is alike.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storage.known.goods import Came, Took, Went
from storage.known.making import Making
from storage.known.stock_changes import Change
from storage.links import Key

ZERO = Decimal(0)
DEEPEST = 20
SENT, SET_RIGHT = 10**6, 10**7
KNOWN_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Lot:
    """So much that came on a day; nulls: it lay there already when what is known begins.

    `usable_on`: from when it could be used. `born`: the day (as an ordinal) on which its material
    was taken in, on the average of all that went into it.
    """

    qty: Decimal
    came_on: date | None = None
    usable_on: date | None = None
    born: float | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A part of one movement out of stock: the parts of a movement have shares that make 1.

    `out_on`: when it left the books; `left_on`: when it left in fact, for production the beginning
    of the work. `into`: the item that it went into; null for what was sent to a customer, which
    is `at_customer_on` that day, where that is told, else the day it left.
    """

    item: Key
    share: float
    lot: Lot
    out_on: date
    left_on: date
    into: Key | None
    at_customer_on: date | None = None

    @property
    def lay(self) -> int | None:
        """Days in stock from when it could be used; null where its lot is unknown."""
        since = self.lot.usable_on or self.lot.came_on
        return None if since is None else max(0, (self.left_on - since).days)

    @property
    def lay_by_books(self) -> int | None:
        """Days from coming to leaving as the books have it: what a count of stock sees."""
        came = self.lot.came_on
        return None if came is None else (self.out_on - came).days

    @property
    def took(self) -> float | None:
        """Days from the receipt of its material to the customer; null where that is unknown."""
        if self.lot.born is None or self.into is not None:
            return None
        return (self.at_customer_on or self.out_on).toordinal() - self.lot.born


@dataclass(frozen=True)
class Movements:
    """All that came and went, and what lies there now by item, where that is known."""

    came: Collection[Came]
    took: Collection[Took]
    makes: Collection[Making]
    went: Collection[Went]
    corrections: Collection[Change]
    on_hand: Mapping[Key, Decimal]


class _Shelf:
    """The lots of an item, the oldest first; `owed` is what left before it had come."""

    def __init__(self) -> None:
        self.lots: deque[Lot] = deque()
        self.owed = ZERO

    def put(self, lot: Lot) -> None:
        paid = min(self.owed, lot.qty)
        self.owed -= paid
        if lot.qty > paid:
            self.lots.append(Lot(lot.qty - paid, lot.came_on, lot.usable_on, lot.born))

    def take(self, qty: Decimal) -> list[Lot]:
        """The oldest lots that make up a quantity; what is not there is a lot unknown."""
        found = []
        while qty > 0 and self.lots:
            lot = self.lots.popleft()
            part = min(qty, lot.qty)
            found.append(Lot(part, lot.came_on, lot.usable_on, lot.born))
            qty -= part
            if lot.qty > part:
                self.lots.appendleft(Lot(lot.qty - part, lot.came_on, lot.usable_on, lot.born))
        if qty > 0:
            self.owed += qty
            found.append(Lot(qty))
        return found


Event = tuple[date, int, Came | Took | Making | Went | Change]


def flow(moves: Movements, scope: Collection[Key] | None = None) -> list[Passed]:
    """Every movement out of stock with the lots that it came from, in the order of their days.

    `scope`: the items whose material counts for when something was born; null for all.
    """
    makes = {one.key: one for one in moves.makes}
    shelves = _shelves(moves)
    births: dict[Key, list[tuple[float, float | None]]] = defaultdict(list)
    passed: list[Passed] = []
    for day, _, one in _events(moves, makes):
        if isinstance(one, Came):
            shelf = shelves[one.item]
            usable = one.available_on or one.on
            _change(shelf, one.qty, Lot(one.qty, one.on, usable, float(one.on.toordinal())))
        elif isinstance(one, Change):
            _change(shelves[one.item], one.qty, Lot(one.qty))
        elif isinstance(one, Making):
            assert one.item
            shelf = shelves[one.item.source, one.item.ref]
            shelf.put(Lot(_made(one), day, day, _born(births.pop(one.key, []))))
        elif one.qty <= 0:
            shelves[one.item].put(Lot(-one.qty, day, day))
        else:
            parts = _out(one, shelves[one.item].take(one.qty), makes)
            passed += parts
            if isinstance(one, Took) and (scope is None or one.item in scope):
                births[one.make] += [(part.share, part.lot.born) for part in parts]
    return passed


def _change(shelf: _Shelf, qty: Decimal, lot: Lot) -> None:
    if qty > 0:
        shelf.put(lot)
    elif qty < 0:
        shelf.take(-qty)


def _out(one: Took | Went, lots: Iterable[Lot], makes: Mapping[Key, Making]) -> list[Passed]:
    left, into, arrived = one.on, None, None
    if isinstance(one, Went):
        arrived = one.delivered_on
    elif make := makes.get(one.make):
        into = (make.item.source, make.item.ref) if make.item else one.make
        if make.started_on and make.started_on < one.on:
            left = make.started_on
    else:
        into = one.make
    return [
        Passed(one.item, float(lot.qty / one.qty), lot, one.on, left, into, arrived) for lot in lots
    ]


def _born(parts: Iterable[tuple[float, float | None]]) -> float | None:
    """The mean day on which material came; null where more than half of it is unknown."""
    every = list(parts)
    known = [(share, born) for share, born in every if born is not None]
    weight = sum(share for share, _ in known)
    if not weight or weight < KNOWN_SHARE * sum(share for share, _ in every):
        return None
    return sum(share * born for share, born in known) / weight


def _made(one: Making) -> Decimal:
    return one.qty if one.done_qty is None else one.done_qty


def _events(moves: Movements, makes: Mapping[Key, Making]) -> list[Event]:
    """All movements by day; within a day what comes precedes what leaves, and components precede
    what is made of them."""
    depth = _depths(moves.took, makes)
    events: list[Event] = [(one.on, 2 * depth[one.item], one) for one in moves.came]
    events += [(one.on, 2 * depth[one.item] + 1, one) for one in moves.took]
    events += [
        (one.finished_on, 2 * depth[one.item.source, one.item.ref], one)
        for one in moves.makes
        if one.finished_on and one.item and _made(one) > 0
    ]
    events += [(one.on, SENT, one) for one in moves.went]
    events += [(one.on, SET_RIGHT, one) for one in moves.corrections]
    return sorted(events, key=lambda event: event[:2])


def _depths(took: Iterable[Took], makes: Mapping[Key, Making]) -> dict[Key, int]:
    """How many productions lie before an item; what goes in a ring stops at `DEEPEST`."""
    edges = set()
    for one in took:
        make = makes.get(one.make)
        if make and make.item:
            edges.add((one.item, (make.item.source, make.item.ref)))
    depth: dict[Key, int] = defaultdict(int)
    for _ in range(DEEPEST):
        longer = {made: depth[part] + 1 for part, made in edges if depth[part] + 1 > depth[made]}
        if not longer:
            break
        depth.update(longer)
    return depth


def _shelves(moves: Movements) -> dict[Key, _Shelf]:
    """The shelves before the first movement: what lies there now less all that came since."""
    start = defaultdict(Decimal, moves.on_hand)
    for came in moves.came:
        start[came.item] -= came.qty
    for change in moves.corrections:
        start[change.item] -= change.qty
    for make in moves.makes:
        if make.finished_on and make.item:
            start[make.item.source, make.item.ref] -= _made(make)
    for used in moves.took:
        start[used.item] += used.qty
    for sent in moves.went:
        start[sent.item] += sent.qty
    shelves: dict[Key, _Shelf] = defaultdict(_Shelf)
    for item, qty in start.items():
        if item in moves.on_hand and qty > 0:
            shelves[item].put(Lot(qty))
    return shelves
