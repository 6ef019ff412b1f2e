"""The sample company's store: what lies where, who waits for what, and what is on its way."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.demo._books import DOCK, EURO, PIECE, STOCK, WORKS, Books
from bot.demo._range import cost_of

HELD = (STOCK, DOCK)
MEMORY_DAYS = 90.0


@dataclass
class Need:
    """A planned move out of stock; `then` is called once its goods are reserved.

    `unpromised`: how much of it no goods on their way are meant for.
    """

    move: int
    product: int
    qty: float
    then: Callable[[datetime], None]
    is_met: bool = False
    unpromised: float = field(init=False)

    def __post_init__(self) -> None:
        self.unpromised = self.qty


@dataclass
class Supply:
    """Goods of a purchase line on their way.

    `moves` will put them away; `free` is promised to nobody, and `promised` to whom the rest is.
    """

    product: int
    moves: list[int]
    free: float
    promised: list[tuple[Need, float]] = field(default_factory=list)


class Stockroom:
    """Keeps levels that are never negative. Who came first gets goods first."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.on_hand: dict[tuple[int, int], float] = defaultdict(float)
        self.reserved: dict[int, float] = defaultdict(float)
        self.on_order: dict[int, float] = defaultdict(float)
        self._waiting: dict[int, deque[Need]] = defaultdict(deque)
        self._supplies: dict[int, list[Supply]] = defaultdict(list)
        self._asked: dict[int, tuple[float, datetime]] = {}
        self._quants: dict[tuple[int, int], int] = {}
        self._changed: dict[tuple[int, int], datetime] = {}

    # moves

    def plan(
        self, product: int, qty: float, way: tuple[int, int], planned: datetime, at: datetime,
        **links: object,
    ) -> int:  # fmt: skip
        """A move that is to come; `way` is its two places."""
        return self.books.new(
            "stock.move", at,
            **{"product_id": product, "product_uom": PIECE, "state": "waiting", "date": planned,
               "location_id": way[0], "location_dest_id": way[1], "product_uom_qty": qty,
               "company_id": WORKS, **links},
        )  # fmt: skip

    def done(
        self, move: int, product: int, qty: float, way: tuple[int, int], at: datetime,
        value: float | None = None, **more: object,
    ) -> None:  # fmt: skip
        """The move has happened. What comes in or goes out is valued, at cost or at `value`."""
        self.books.write("stock.move", move, at, state="done", date=at, quantity_done=qty,
                         product_uom_qty=qty, **more)  # fmt: skip
        start, end = way
        for place, change in ((start, -qty), (end, qty)):
            if place in HELD:
                self.on_hand[product, place] += change
                self._changed[product, place] = at
        if self.on_hand[product, start] < 0:
            raise ValueError(f"{self.books.names[product]}: more goes out than there is")
        if (start in HELD) != (end in HELD):
            worth = qty * cost_of(self.books.names[product]) if value is None else value
            sign = 1 if end in HELD else -1
            self.books.new("stock.valuation.layer", at, stock_move_id=move, product_id=product,
                           quantity=sign * qty, value=round(sign * worth, 2),
                           company_id=WORKS)  # fmt: skip

    # needs

    def ask(self, need: Need, at: datetime) -> None:
        """Reserves goods for a need, or lets it wait for the next ones."""
        total, when = self._asked.get(need.product, (0.0, at))
        self._asked[need.product] = (total * _faded(when, at) + need.qty, at)
        if not self._waiting[need.product] and self.available(need.product) >= need.qty:
            self._meet(need, at)
            return
        self._waiting[need.product].append(need)
        for supply in self._supplies[need.product]:
            self._promise(supply, need, at)

    def hold(self, need: Need, at: datetime) -> None:
        """Reserves for a need what was made for it."""
        self._meet(need, at)

    def serve(self, product: int, at: datetime) -> None:
        """Goods have come: those who wait get them, in their order."""
        waiting = self._waiting[product]
        while waiting and self.available(product) >= waiting[0].qty:
            self._meet(waiting.popleft(), at)

    def expect(self, supply: Supply, at: datetime) -> None:
        """Goods are on their way; those who wait and have no promise yet are promised them."""
        self._supplies[supply.product].append(supply)
        self.on_order[supply.product] += supply.free
        for need in self._waiting[supply.product]:
            self._promise(supply, need, at)

    def divert(self, supply: Supply, move: int, at: datetime) -> None:
        """A part of the goods comes later, by another move."""
        supply.moves.append(move)
        for need, _ in supply.promised:
            self._link(need, supply, at)

    def arrived(self, supply: Supply, qty: float) -> None:
        """Some of the goods are here, at the dock."""
        self.on_order[supply.product] -= qty

    def forget(self, supply: Supply) -> None:
        """All of the goods are here, or what is not will never come."""
        self._supplies[supply.product].remove(supply)
        for need, qty in supply.promised:
            need.unpromised += qty

    def available(self, product: int) -> float:
        """What lies in stock and is reserved for nobody."""
        return self.on_hand[product, STOCK] - self.reserved[product]

    def position(self, product: int) -> float:
        """What there is and will be, less what is promised."""
        wanted = sum(need.qty for need in self._waiting[product])
        return (self.available(product) + self.on_hand[product, DOCK]
                + self.on_order[product] - wanted)  # fmt: skip

    def per_day(self, product: int, at: datetime) -> float:
        """How much is asked for a day, the last months counting most."""
        total, when = self._asked.get(product, (0.0, at))
        return total * _faded(when, at) / MEMORY_DAYS

    def start_with(self, product: int, per_day: float, at: datetime) -> None:
        """What is expected to be asked for before anyone has asked."""
        self._asked[product] = (per_day * MEMORY_DAYS, at)

    def release(self, need: Need) -> None:
        """What was reserved for a need leaves the store."""
        self.reserved[need.product] -= need.qty

    def count(self) -> None:
        """Writes what lies where into the ERP, as of its last change."""
        for (product, place), at in self._changed.items():
            held = self.reserved[product] if place == STOCK else 0.0
            qty = self.on_hand[product, place]
            values = {"product_id": product, "location_id": place, "quantity": qty,
                      "reserved_quantity": held, "currency_id": EURO,
                      "value": round(qty * cost_of(self.books.names[product]), 2)}  # fmt: skip
            quant = self._quants.get((product, place))
            if quant is None:
                self._quants[product, place] = self.books.new("stock.quant", at, **values)
            else:
                self.books.write("stock.quant", quant, at, **values)
        self._changed.clear()

    def _meet(self, need: Need, at: datetime) -> None:
        need.is_met = True
        self.reserved[need.product] += need.qty
        self._changed[need.product, STOCK] = at
        self.books.write("stock.move", need.move, at, state="assigned")
        need.then(at)

    def _promise(self, supply: Supply, need: Need, at: datetime) -> None:
        qty = min(supply.free, need.unpromised)
        if qty > 0:
            supply.free -= qty
            need.unpromised -= qty
            supply.promised.append((need, qty))
            self._link(need, supply, at)

    def _link(self, need: Need, supply: Supply, at: datetime) -> None:
        if not need.is_met:
            known = self.books.tables.value("stock.move", need.move, "move_orig_ids")
            links = sorted({*known, *supply.moves})
            self.books.write("stock.move", need.move, at, move_orig_ids=links)


def _faded(since: datetime, at: datetime) -> float:
    return math.exp(-(at - since).total_seconds() / 86_400 / MEMORY_DAYS)
