"""Streams of one Odoo for the suite that all sources pass: a record of one model each."""

from dataclasses import dataclass, field
from decimal import Decimal

import httpx

from storage.sources._odoo_reader import PAGE
from tests.storage.sources.odoo_world import CUSTOMERS, FACTORY, STOCK, World


@dataclass(frozen=True)
class Kind:
    """A stream and its table; the model, what a new record holds, and which field changes.

    A changing text shows in the column `shown` as it is, a number as `Decimal`. `broken` is what
    a record that can't be believed holds in which field. `suffix`: what the id of a fact has
    behind the id of its record.
    """

    stream: str
    table: str
    model: str
    values: dict
    changing: str
    shown: str
    broken: tuple
    suffix: str = ""


MOVE = {"product_id": 1, "product_uom": 1, "state": "done", "location_id": STOCK}
KINDS = [
    Kind("purchases", "purchaseorder", "purchase.order", {"partner_id": 10, "state": "purchase"},
         "name", "number", ("date_order", "soon")),
    Kind("make_orders", "makeorder", "mrp.production",
         {"product_id": 1, "product_qty": 2.0, "product_uom_id": 1, "state": "done"},
         "name", "number", ("date_finished", "soon")),
    Kind("invoices", "invoice", "account.move",
         {"move_type": "out_invoice", "state": "posted", "partner_id": 11},
         "name", "number", ("invoice_date", "soon")),
    Kind("consumptions", "consumption", "stock.move",
         {**MOVE, "location_dest_id": FACTORY, "raw_material_production_id": 1},
         "quantity_done", "qty", ("date", "soon")),
    Kind("stock_moves", "stockmove", "stock.move", {**MOVE, "location_dest_id": CUSTOMERS},
         "quantity_done", "qty", ("date", "soon")),
    Kind("pegs", "peg", "stock.move",
         {**MOVE, "location_dest_id": CUSTOMERS, "sale_line_id": 1, "state": "assigned"},
         "product_uom_qty", "qty", ("product_uom_qty", "many"), f"/stock/location/{STOCK}"),
    Kind("bom_lines", "bomline", "mrp.bom.line",
         {"bom_id": 1, "product_id": 1, "product_uom_id": 1},
         "product_qty", "qty", ("product_uom_id", 3), "/3"),
]  # fmt: skip


@dataclass
class OdooHarness:
    """One Odoo that holds records of one kind."""

    kind: Kind
    world: World = field(default_factory=World)
    count: int = 100
    bad: set = field(default_factory=set)

    page_rows = PAGE
    faults = ("429", "429_retry_after", "500", "html", "drop")

    def __post_init__(self):
        write = self.world.write
        write("uom.uom", 3, name="Crates", factor_inv=0.0)
        write("product.template", 1, name="Table")
        write("product.product", 3, name="Table", type="product", uom_id=1, product_tmpl_id=1)
        if self.kind.stream == "bom_lines":
            self.world.bill(1, 1, [])
        if self.kind.stream == "pegs":
            self.world.sell(1)
        if self.kind.stream == "consumptions":
            self.world.make(1, product=3)

    @property
    def stream(self):
        return self.kind.stream

    @property
    def table(self):
        return self.kind.table

    def open(self):
        return self.world.source()

    def now(self):
        return self.world.now

    def advance(self, seconds):
        self.world.later(seconds=seconds)

    def create(self, n):
        return [f"{self._new()}{self.kind.suffix}" for _ in range(n)]

    def _new(self):
        self.count += 1
        times = {name: self.now() for name in ("date_order", "date", "date_start",
                 "date_finished", "invoice_date") if name in self._columns()}  # fmt: skip
        value = f"N{self.count}" if self.kind.changing == "name" else 1.0
        values = {**times, **self.kind.values, self.kind.changing: value}
        self.world.write(self.kind.model, self.count, **values)
        return self.count

    def _columns(self):
        from bot.demo.odoo_schema import columns

        return columns(self.kind.model)

    def change(self, ids, visible_after=0.0):
        for one in ids:
            id_ = self._record(one)
            old = self._value(id_)
            new = {self.kind.changing: f"{old}x" if isinstance(old, str) else old + 1}
            if visible_after:
                self.world.write_late(visible_after, self.kind.model, id_, **new)
            else:
                self.world.write(self.kind.model, id_, **new)

    def delete(self, ids):
        self.world.end_transactions()
        for one in ids:
            self.world.tables.delete(self.kind.model, self._record(one))

    def spoil(self):
        id_ = self._new()
        name, value = self.kind.broken
        self.world.tables._records[self.kind.model][id_][name] = value
        self.bad.add(id_)
        return [str(id_)]

    def truth(self):
        tables, model = self.world.tables, self.kind.model
        return {
            f"{one}{self.kind.suffix}": {self.kind.shown: self._as_shown(self._value(one))}
            for one in tables.ids(model)
            if one not in self.bad
        }

    def _value(self, id_):
        """The value that changes, of a transaction that is not over yet too."""
        for _, _, late, values, _ in reversed(self.world.late):
            if late == id_:
                return values[self.kind.changing]
        return self.world.tables.value(self.kind.model, id_, self.kind.changing)

    def _record(self, source_id):
        return int(source_id.partition("/")[0])

    def _as_shown(self, value):
        return Decimal(str(value)) if isinstance(value, float) else value

    def fail_next(self, kind):
        answers = {
            "429": lambda: httpx.Response(429, stream=httpx.ByteStream(b"")),
            "429_retry_after": lambda: httpx.Response(
                429, headers={"Retry-After": "7"}, stream=httpx.ByteStream(b"")
            ),
            "500": lambda: httpx.Response(500, stream=httpx.ByteStream(b"")),
            "html": lambda: httpx.Response(200, stream=httpx.ByteStream(b"<html>down</html>")),
            "drop": lambda: httpx.ReadError("dropped"),
        }
        self.world.fault = answers[kind]()
