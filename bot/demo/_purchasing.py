"""How the sample company buys: it fills up its store, and takes in at the dock what comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo._accounts import Accounts
from bot.demo._books import DOCK, EURO, FROM_SUPPLIERS, INCOMING, PIECE, STOCK
from bot.demo._cast import BUYERS, SLOW_DAYS, SLOW_SINCE, SLOWING, SUPPLIERS, Supplier
from bot.demo._range import COSTS
from bot.demo._stockroom import Supply
from bot.demo._works import Works

LEAST, MUCH = 10, 0.15
CALLED_OFF, IN_PARTS, TWO_LINES = 0.02, 0.12, 0.4
COMING, PUTTING_AWAY = (FROM_SUPPLIERS, DOCK), (DOCK, STOCK)


@dataclass
class Line:
    """A purchase line on its way: its two moves, what is to come, and for whom."""

    line: int
    move: int
    away: int
    qty: float
    supply: Supply


@dataclass
class Order:
    """A purchase: its partner and record, the transfer that is expected, and its open lines."""

    partner: int
    record: int
    name: str
    picking: int
    lines: list[Line]


def reach(supplier: Supplier) -> float:
    """For how many days what is in store and on its way should last after an order."""
    return supplier.days * 1.05 + supplier.every * len(supplier.items) + supplier.safety


class Purchasing:
    """Buys from all suppliers, each at its own pace."""

    def __init__(self, works: Works, accounts: Accounts) -> None:
        self.works, self.accounts = works, accounts
        for number, supplier in enumerate(SUPPLIERS):
            self._meet(supplier, BUYERS[number % len(BUYERS)].name)

    def _meet(self, supplier: Supplier, buyer: str) -> None:
        works, at = self.works, self.works.begin
        user = works.books.people[buyer]
        partner = works.books.partner(supplier.name, supplier.country, at, supplier_rank=1,
                                      user_id=user)  # fmt: skip
        first = works.after(at, supplier.every * works.rng.random(), 0.1)
        works.agenda.at(first, "buy", lambda when: self._review(supplier, partner, user, when))

    def _review(self, supplier: Supplier, partner: int, user: int, at: datetime) -> None:
        """Orders what is shortest, up to what will be used until the goods after these come."""
        works = self.works
        short = sorted(((self._short_by(item, supplier, at), item) for item in supplier.items),
                       reverse=True)  # fmt: skip
        count = 2 if works.rng.random() < TWO_LINES else 1
        wanted = [(item, qty) for _, item in short[:count]
                  if (qty := self._lot(item, supplier, at))]  # fmt: skip
        if wanted:
            order = self._order(supplier, partner, user, wanted, at)
            self._await(supplier, order, at)
        following = works.after(at, supplier.every, 0.4)
        works.agenda.at(following, "buy", lambda when: self._review(supplier, partner, user, when))

    def _level(self, item: str, supplier: Supplier, at: datetime) -> float:
        """Up to which an item is ordered: its use until then. The slower days are not known yet."""
        return self.works.stock.per_day(self.works.books.products[item], at) * reach(supplier)

    def _short_by(self, item: str, supplier: Supplier, at: datetime) -> float:
        level = self._level(item, supplier, at)
        return 1 - self.works.stock.position(self.works.books.products[item]) / max(level, 1.0)

    def _lot(self, item: str, supplier: Supplier, at: datetime) -> float:
        """How many are ordered: in tens, a few where there is just enough, none where there is
        much more.
        """
        level = self._level(item, supplier, at)
        missing = level - self.works.stock.position(self.works.books.products[item])
        least = LEAST if level > 0 and missing > -MUCH * level else 0
        return float(max(least, round(missing / 10) * 10))

    def _order(
        self, supplier: Supplier, partner: int, user: int, wanted: list[tuple[str, float]],
        at: datetime,
    ) -> Order:  # fmt: skip
        books, promised = self.works.books, at + timedelta(days=round(supplier.days * 1.1))
        name = f"P{books.number('purchase'):05}"
        record = books.new(
            "purchase.order", at, name=name, state="purchase", partner_id=partner, date_order=at,
            date_approve=at, date_planned=promised, currency_id=EURO, user_id=user,
            picking_type_id=INCOMING,
        )  # fmt: skip
        picking = self.works.picking("IN", "incoming", promised, at, purchase_id=record)
        lines = [self._line(record, picking, item, qty, promised, at) for item, qty in wanted]
        return Order(partner, record, name, picking, lines)

    def _line(
        self, record: int, picking: int, item: str, qty: float, promised: datetime, at: datetime
    ) -> Line:
        books, product, price = self.works.books, self.works.books.products[item], COSTS[item]
        line = books.new(
            "purchase.order.line", at, order_id=record, product_id=product, product_qty=qty,
            product_uom=PIECE, price_unit=price, price_subtotal=price * qty, date_planned=promised,
        )  # fmt: skip
        move, away = self._moves(line, product, qty, picking, promised, at)
        supply = Supply(product, [away], qty)
        self.works.stock.expect(supply, at)
        return Line(line, move, away, qty, supply)

    def _moves(
        self, line: int, product: int, qty: float, picking: int, planned: datetime, at: datetime
    ) -> tuple[int, int]:
        """From the supplier to the dock, and from there into stock."""
        stock = self.works.stock
        move = stock.plan(product, qty, COMING, planned, at, purchase_line_id=line,
                          picking_id=picking, state="assigned")  # fmt: skip
        later = planned + timedelta(days=1)
        return move, stock.plan(product, qty, PUTTING_AWAY, later, at, move_orig_ids=[move])

    def _await(self, supplier: Supplier, order: Order, at: datetime) -> None:
        works = self.works
        arrives = works.after(at, self._days(supplier, at), supplier.spread)
        chance = works.rng.random()
        if chance < CALLED_OFF:
            works.agenda.at(at + (arrives - at) * 0.5, "cancel",
                            lambda when: self._cancel(order, when))  # fmt: skip
            return
        share = works.rng.uniform(0.4, 0.8) if chance < CALLED_OFF + IN_PARTS - 0.02 else 1.0
        works.agenda.at(arrives, "receive", lambda when: self._receive(order, share, when))

    def _days(self, supplier: Supplier, at: datetime) -> float:
        """The median at the time of an order; the slow one has slowed some weeks ago."""
        is_slow = supplier.name == SLOWING and at > self.works.days_ago(SLOW_SINCE)
        return SLOW_DAYS if is_slow else supplier.days

    def _receive(self, order: Order, share: float, at: datetime) -> None:
        """Goods come in; of a `share` below 1 the rest is expected by a transfer of its own."""
        works, books = self.works, self.works.books
        rest, planned = [], at + timedelta(days=5)
        picking = order.picking
        if share < 1:
            order.picking = works.picking("IN", "incoming", planned, at, purchase_id=order.record,
                                          backorder_id=picking)  # fmt: skip
        worth = 0.0
        for line in order.lines:
            got = line.qty if share >= 1 else max(1.0, round(line.qty * share))
            cost = COSTS[books.names[line.supply.product]]
            worth += got * cost
            works.stock.done(line.move, line.supply.product, got, COMING, at, value=got * cost)
            works.stock.arrived(line.supply, got)
            self._add_received(line, got, at)
            self._put_away_soon(line, line.away, got, got >= line.qty, at)
            if got < line.qty:
                rest.append(self._rest(line, line.qty - got, order.picking, planned, at))
        books.write("stock.picking", picking, at, state="done", date_done=at)
        books.write("purchase.order", order.record, at, effective_date=at)
        self.accounts.bill(order.partner, worth, order.name, at)
        order.lines = rest
        if rest:
            later = works.after(at, 4.0, 0.3)
            works.agenda.at(later, "receive", lambda when: self._receive(order, 1.0, when))

    def _add_received(self, line: Line, got: float, at: datetime) -> None:
        books = self.works.books
        before = books.tables.value("purchase.order.line", line.line, "qty_received")
        books.write("purchase.order.line", line.line, at, qty_received=before + got)

    def _rest(self, line: Line, qty: float, picking: int, planned: datetime, at: datetime) -> Line:
        move, away = self._moves(line.line, line.supply.product, qty, picking, planned, at)
        self.works.stock.divert(line.supply, away, at)
        return Line(line.line, move, away, qty, line.supply)

    def _put_away_soon(
        self, line: Line, away: int, qty: float, is_last: bool, at: datetime
    ) -> None:
        product, stock = line.supply.product, self.works.stock
        self.works.books.write("stock.move", away, at, state="assigned", product_uom_qty=qty)

        def put_away(when: datetime) -> None:
            stock.done(away, product, qty, PUTTING_AWAY, when)
            if is_last:
                stock.forget(line.supply)
            stock.serve(product, when)

        self.works.agenda.at(self.works.after(at, 0.8, 0.5), "put away", put_away)

    def _cancel(self, order: Order, at: datetime) -> None:
        books, stock = self.works.books, self.works.stock
        books.write("purchase.order", order.record, at, state="cancel")
        books.write("stock.picking", order.picking, at, state="cancel")
        for line in order.lines:
            for move in (line.move, line.away):
                books.write("stock.move", move, at, state="cancel")
            stock.arrived(line.supply, line.qty)
            stock.forget(line.supply)
        books.tables.touch("purchase.order.line", [line.line for line in order.lines], at)
