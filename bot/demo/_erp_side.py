"""How the sample company writes its day into the ERP: orders, receipts, deliveries, stock."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo._cast import SUPPLIERS, Customer
from bot.demo.odoo_tables import Tables

EURO, PIECE, ADMIN = 1, 1, 2
STOCK, FROM_SUPPLIERS, TO_CUSTOMERS = 8, 4, 5
INCOMING, OUTGOING, WAREHOUSE = 1, 2, 1


@dataclass(frozen=True)
class Wanted:
    """One line of an order and the move that is to fulfil it."""

    line: int
    move: int
    product: int
    qty: float


class Erp:
    """Writes records as people in the ERP would; every method is one thing that happens at `at`."""

    def __init__(self, tables: Tables, rng: random.Random, at: datetime) -> None:
        self.tables, self.rng = tables, rng
        self.products: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._reference_data(at)

    def partner(self, name: str, country: int, at: datetime, **more: object) -> int:
        return self._new("res.partner", at, name=name, is_company=True, country_id=country, **more)

    def country(self, code: str, at: datetime) -> int:
        found = {self.tables.value("res.country", one, "code"): one
                 for one in self.tables.ids("res.country")}  # fmt: skip
        return found.get(code) or self._new("res.country", at, name=code, code=code)

    def buy(
        self, supplier: int, items: list[str], promised: datetime, at: datetime
    ) -> tuple[int, int, list[Wanted]]:
        """A confirmed purchase: its order, the picking that is expected, and its lines."""
        number = self._number("purchase.order")
        order = self._new(
            "purchase.order", at, name=f"P{number:05}", state="purchase", partner_id=supplier,
            date_order=at, date_approve=at, date_planned=promised, currency_id=EURO,
            user_id=ADMIN, picking_type_id=INCOMING,
        )  # fmt: skip
        picking = self._picking("incoming", f"IN/{number:05}", promised, at, purchase_id=order)
        wanted = []
        for item in items:
            qty, price = float(self.rng.randrange(10, 400, 10)), self._price(item)
            line = self._new(
                "purchase.order.line", at, order_id=order, product_id=self.products[item],
                product_qty=qty, product_uom=PIECE, price_unit=price, price_subtotal=price * qty,
                date_planned=promised,
            )  # fmt: skip
            wanted.append(self._wanted(item, qty, picking, promised, at, purchase_line_id=line))
        return order, picking, wanted

    def receive(
        self, order: int, picking: int, wanted: list[Wanted], share: float, at: datetime
    ) -> tuple[int, list[Wanted]]:
        """Goods come in; of a `share` below 1 the rest is expected by a picking of its own."""
        rest = self._fulfil(picking, wanted, share, at)
        missing = [one.qty for one in rest] or [0.0] * len(wanted)
        for one, left in zip(wanted, missing, strict=True):
            got = one.qty - left
            self._add("purchase.order.line", one.line, "qty_received", got, at)
        self.tables.write("purchase.order", order, {"effective_date": at}, at)
        return self._last_picking if rest else picking, rest

    def cancel_purchase(self, order: int, picking: int, wanted: list[Wanted], at: datetime) -> None:
        self.tables.write("purchase.order", order, {"state": "cancel"}, at)
        self.tables.write("stock.picking", picking, {"state": "cancel"}, at)
        for one in wanted:
            self.tables.write("stock.move", one.move, {"state": "cancel"}, at)
        self.tables.touch("purchase.order.line", [one.line for one in wanted], at)

    def sell(
        self, partner: int, customer: Customer, promised: datetime, at: datetime
    ) -> tuple[int, list[Wanted]]:
        """A confirmed sale: the picking that is to go out, and its lines."""
        number = self._number("sale.order")
        order = self._new(
            "sale.order", at, name=f"S{number:05}", state="sale", partner_id=partner,
            date_order=at, commitment_date=promised, currency_id=EURO, user_id=ADMIN,
            warehouse_id=WAREHOUSE,
        )  # fmt: skip
        picking = self._picking("outgoing", f"OUT/{number:05}", promised, at, sale_id=order)
        total, wanted = 0.0, []
        count = self.rng.choice((1, 1, 2, 3))
        for item in self.rng.sample(sorted(self.products), count):
            price = self._price(item) * 1.4
            value = customer.basket / count * self.rng.uniform(0.6, 1.4)
            qty = float(max(1, round(value / price)))
            line = self._new(
                "sale.order.line", at, order_id=order, product_id=self.products[item],
                product_uom_qty=qty, product_uom=PIECE, price_unit=price,
                price_subtotal=price * qty,
            )  # fmt: skip
            total += price * qty
            wanted.append(self._wanted(item, qty, picking, promised, at, sale_line_id=line))
        amounts = {"amount_untaxed": total, "amount_total": total * 1.19}
        self.tables.write("sale.order", order, amounts, at)
        return picking, wanted

    def ship(self, picking: int, wanted: list[Wanted], at: datetime) -> None:
        self._fulfil(picking, wanted, 1.0, at)
        for one in wanted:
            self._add("sale.order.line", one.line, "qty_delivered", one.qty, at)

    def _fulfil(
        self, picking: int, wanted: list[Wanted], share: float, at: datetime
    ) -> list[Wanted]:
        """Marks moves as done; what is left of them waits in a new picking."""
        rest = []
        planned = at + timedelta(days=5)
        if share < 1:
            self._last_picking = self._picking(
                "incoming", f"IN/{self._number('backorder'):05}B", planned, at, backorder_id=picking
            )
        for one in wanted:
            got = one.qty if share >= 1 else max(1.0, round(one.qty * share))
            done = {"state": "done", "date": at, "quantity_done": got, "product_uom_qty": got}
            self.tables.write("stock.move", one.move, done, at)
            if share < 1:
                line = self.tables.value("stock.move", one.move, "purchase_line_id")
                item = self.tables.value("product.product", one.product, "name")
                rest.append(
                    self._wanted(
                        item, one.qty - got, self._last_picking, planned, at, purchase_line_id=line
                    )
                )
        self.tables.write("stock.picking", picking, {"state": "done", "date_done": at}, at)
        return rest

    def _wanted(
        self, item: str, qty: float, picking: int, planned: datetime, at: datetime, **line: int
    ) -> Wanted:
        is_in = "purchase_line_id" in line
        ends = (FROM_SUPPLIERS, STOCK) if is_in else (STOCK, TO_CUSTOMERS)
        move = self._new(
            "stock.move", at, product_id=self.products[item], product_uom=PIECE, state="assigned",
            date=planned, location_id=ends[0], location_dest_id=ends[1], product_uom_qty=qty,
            picking_id=picking, **line,
        )  # fmt: skip
        return Wanted(next(iter(line.values())), move, self.products[item], qty)

    def _picking(self, code: str, name: str, planned: datetime, at: datetime, **of: int) -> int:
        return self._new(
            "stock.picking", at, name=name, state="assigned", picking_type_code=code,
            scheduled_date=planned, **of,
        )  # fmt: skip

    def _add(self, model: str, id_: int, name: str, more: float, at: datetime) -> None:
        self.tables.write(model, id_, {name: self.tables.value(model, id_, name) + more}, at)

    def _price(self, item: str) -> float:
        return float(self.tables.value("product.product", self.products[item], "standard_price"))

    def _number(self, what: str) -> int:
        self._next[f"number of {what}"] = self._next.get(f"number of {what}", 0) + 1
        return self._next[f"number of {what}"]

    def _new(self, model: str, at: datetime, **values: object) -> int:
        id_ = self._next.get(model) or self.tables.next_id(model)
        self._next[model] = id_ + 1
        self.tables.write(model, id_, values, at)
        return id_

    def _reference_data(self, at: datetime) -> None:
        write = self.tables.write
        write("res.currency", EURO, {"name": "EUR"}, at)
        write("uom.uom", PIECE, {"name": "Units", "factor_inv": 1.0}, at)
        write("res.users", ADMIN, {"name": "Leadline", "login": "leadline",
                                   "tz": "Europe/Berlin"}, at)  # fmt: skip
        germany = self.country("DE", at)
        site = self.partner("Main site", germany, at, tz="Europe/Berlin")
        write("stock.location", FROM_SUPPLIERS, {"name": "Vendors", "usage": "supplier"}, at)
        write("stock.location", TO_CUSTOMERS, {"name": "Customers", "usage": "customer"}, at)
        write("stock.location", STOCK, {"name": "Stock", "complete_name": "WH/Stock",
                                        "usage": "internal"}, at)  # fmt: skip
        write("stock.warehouse", WAREHOUSE, {"name": "Main site", "code": "WH", "partner_id": site,
                                             "lot_stock_id": STOCK}, at)  # fmt: skip
        write("stock.location", STOCK, {"warehouse_id": WAREHOUSE}, at)
        for id_, code in ((INCOMING, "incoming"), (OUTGOING, "outgoing")):
            values = {"name": code, "code": code, "warehouse_id": WAREHOUSE}
            write("stock.picking.type", id_, values, at)
        self._items(at)

    def _items(self, at: datetime) -> None:
        for supplier in SUPPLIERS:
            category = self._new("product.category", at, name=supplier.name.split()[-1])
            for item in supplier.items:
                price = round(self.rng.lognormvariate(2.5, 0.9), 2)
                self.products[item] = self._new(
                    "product.product", at, name=item, type="product", uom_id=PIECE,
                    default_code=f"A-{len(self.products) + 101}", categ_id=category,
                    standard_price=price, currency_id=EURO,
                )  # fmt: skip
                self._new(
                    "stock.quant", at, product_id=self.products[item], location_id=STOCK,
                    quantity=float(self.rng.randrange(50, 2_000)),
                )  # fmt: skip
