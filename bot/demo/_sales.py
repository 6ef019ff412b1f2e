"""How the sample company sells: to order, from what it makes and what it bought."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.demo._accounts import Accounts
from bot.demo._books import EURO, PIECE, STOCK, TO_CUSTOMERS, WAREHOUSE
from bot.demo._cast import AWAITED, Customer
from bot.demo._production import Production
from bot.demo._range import BY_NAME, RESOLD, TASTES, price_of
from bot.demo._stockroom import Need
from bot.demo._works import Works

DELIVERED = (STOCK, TO_CUSTOMERS)
RESOLD_SHARE, RESOLD_TIMES, HELD_UP = 0.25, 0.2, 0.035
AWAITED_TIMES = 1.5


@dataclass
class Sale:
    """A customer's order: its record, the transfer to them, and what is ready for it so far."""

    customer: Customer
    partner: int
    record: int
    name: str
    picking: int
    promised: datetime
    amount: float = 0.0
    waits_for: int = 0
    needs: list[Need] = field(default_factory=list)
    shipped_at: datetime | None = None


class Sales:
    """Takes orders of all customers; `on_sale` is told of each."""

    def __init__(
        self, works: Works, production: Production, accounts: Accounts,
        on_sale: Callable[[Sale, datetime], None],
    ) -> None:  # fmt: skip
        self.works, self.production, self.accounts = works, production, accounts
        self.on_sale = on_sale

    def meet(self, customer: Customer) -> None:
        works, at = self.works, self.works.begin
        partner = works.books.partner(
            customer.name, customer.country, at, customer_rank=1, website=customer.domain,
            user_id=works.books.people[customer.seller.name],
        )  # fmt: skip
        first = at + timedelta(days=customer.every * works.rng.random())
        works.agenda.at(first, "sell", lambda when: self._order_and_again(customer, partner, when))
        for days in AWAITED.get(customer.name, ()):
            works.agenda.at(works.days_ago(days), "sell", lambda when: self._sell(
                customer, partner, _of_steel(customer), AWAITED_TIMES, when))  # fmt: skip

    def _order_and_again(self, customer: Customer, partner: int, at: datetime) -> None:
        works = self.works
        if customer.has_left(at, works.opened_at):
            return
        self._sell(customer, partner, self._wishes(customer), 1.0, at)
        following = works.after(at, customer.every * _season(at), 0.3)
        works.agenda.at(following, "sell",
                        lambda when: self._order_and_again(customer, partner, when))  # fmt: skip

    def _wishes(self, customer: Customer) -> list[str]:
        rng = self.works.rng
        made = list(TASTES[customer.segment])
        count = min(rng.choice((1, 1, 2, 3)), len(made))
        wishes = rng.sample(made, count)
        return [rng.choice(RESOLD) if rng.random() < RESOLD_SHARE else one for one in wishes]

    def _sell(
        self, customer: Customer, partner: int, wishes: list[str], times: float, at: datetime
    ) -> None:
        """A confirmed order: what is made is released at once, what was bought is reserved."""
        works, books, rng = self.works, self.works.books, self.works.rng
        is_made = any(wish in BY_NAME for wish in wishes)
        promised = at + timedelta(days=rng.randrange(9, 14) if is_made else rng.randrange(4, 8))
        name = f"S{books.number('sale'):05}"
        record = books.new(
            "sale.order", at, name=name, state="sale", partner_id=partner, date_order=at,
            commitment_date=promised, currency_id=EURO, warehouse_id=WAREHOUSE,
            user_id=books.people[customer.seller.name],
        )  # fmt: skip
        picking = works.picking("OUT", "outgoing", promised, at, sale_id=record)
        sale = Sale(customer, partner, record, name, picking, promised)
        names = dict.fromkeys(wishes)
        sale.waits_for = len(names)
        for wish in names:
            size = times if wish in BY_NAME else times * RESOLD_TIMES
            basket = customer.basket * size / len(names) * rng.uniform(0.6, 1.4)
            self._line(sale, wish, float(max(1, round(basket / price_of(wish)))), at)
        books.write("sale.order", record, at, amount_untaxed=round(sale.amount, 2),
                    amount_total=round(sale.amount * 1.19, 2))  # fmt: skip
        self.on_sale(sale, at)

    def _line(self, sale: Sale, wish: str, qty: float, at: datetime) -> None:
        works, books, price = self.works, self.works.books, price_of(wish)
        product = books.products[wish]
        sale.amount += price * qty
        line = books.new(
            "sale.order.line", at, order_id=sale.record, product_id=product, product_uom_qty=qty,
            product_uom=PIECE, price_unit=price, price_subtotal=round(price * qty, 2),
        )  # fmt: skip
        move = works.stock.plan(product, qty, DELIVERED, sale.promised, at, sale_line_id=line,
                                picking_id=sale.picking)  # fmt: skip
        need = Need(move, product, qty, lambda when: self._is_ready(sale, when))
        sale.needs.append(need)
        if wish not in BY_NAME:
            works.stock.ask(need, at)
            return
        made = self.production.make(product, qty, sale.name, sale.promised,
                                    lambda when: works.stock.hold(need, when), at)  # fmt: skip
        books.write("stock.move", move, at, move_orig_ids=[made])

    def _is_ready(self, sale: Sale, at: datetime) -> None:
        """Everything is there: it leaves within some days, mostly before it is promised."""
        sale.waits_for -= 1
        if sale.waits_for:
            return
        rng = self.works.rng
        wished = sale.promised - timedelta(days=rng.uniform(0.2, 3))
        leaves = max(at + timedelta(days=rng.uniform(0.3, 1.2)), wished)
        if rng.random() < HELD_UP:
            leaves = max(leaves, sale.promised) + timedelta(days=rng.uniform(1, 6))
        self.works.agenda.at(leaves, "ship", lambda when: self._ship(sale, when))

    def _ship(self, sale: Sale, at: datetime) -> None:
        books, stock = self.works.books, self.works.stock
        sale.shipped_at = at
        for need in sale.needs:
            stock.release(need)
            stock.done(need.move, need.product, need.qty, DELIVERED, at)
            line = books.tables.value("stock.move", need.move, "sale_line_id")
            books.write("sale.order.line", line, at, qty_delivered=need.qty)
        books.write("stock.picking", sale.picking, at, state="done", date_done=at)
        books.write("sale.order", sale.record, at, effective_date=at)
        self.accounts.invoice(sale.partner, sale.amount, sale.name, at)


def _of_steel(customer: Customer) -> list[str]:
    """What a customer likes that needs the steel that is late."""
    coil = "Cold-rolled coil 2 mm"
    return [wish for wish in TASTES[customer.segment] if coil in BY_NAME[wish].needs][:2]


def _season(at: datetime) -> float:
    """Less is ordered in summer and around the new year."""
    return 1.25 if at.month in (1, 7, 8) else 0.95
