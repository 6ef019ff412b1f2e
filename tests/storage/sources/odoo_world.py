"""An Odoo on the wire for the tests of its source: the demo's, with a clock that tests move."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.demo.odoo import OdooFace
from bot.demo.odoo_tables import Tables
from storage.sources._http import Http
from storage.sources.odoo import Settings, open_odoo

T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
SAMPLES = Path(__file__).parents[4] / "shared/samples"
SUPPLIERS, STOCK, CUSTOMERS, SCRAP, FACTORY, DOCK = 4, 8, 5, 9, 15, 16


def sample(name):
    """An answer recorded from a real Odoo 16."""
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip(f"the recorded answers are not on this machine: {name}")
    return json.loads(file.read_text("utf-8"))


class World:
    """One small company in one Odoo. `now` is the server's clock; `without`: apps it lacks.

    `late`: transactions under way, as (seen from, model, id, values, stamp): Odoo stamps a record
    with the time at which its transaction began, and shows it once that is over.
    """

    def __init__(self, series="16.0", without=()):
        self.now, self.tables, self.fault, self.asked = T0, Tables(), None, []
        self.late = []
        self.face = OdooFace(self.tables, lambda: self.now, series=series, without=without)
        write = self.write
        write("res.currency", 1, name="EUR")
        write("res.company", 1, name="Works", currency_id=1)
        write("uom.uom", 1, name="Units", factor_inv=1.0)
        write("uom.uom", 2, name="Dozens", factor_inv=12.0)
        write("res.country", 1, name="Germany", code="DE")
        write("res.users", 2, name="Ann", login="leadline", tz="Europe/Berlin")
        write("res.partner", 1, name="Site", tz="Europe/Berlin")
        write("res.partner", 10, name="Acme", supplier_rank=1, country_id=1, is_company=True,
              email="sales@acme.example", vat="DE1")  # fmt: skip
        write("res.partner", 11, name="Nord", customer_rank=1)
        write("stock.location", STOCK, name="Stock", complete_name="WH/Stock", usage="internal")
        write("stock.location", SUPPLIERS, name="Vendors", usage="supplier")
        write("stock.location", CUSTOMERS, name="Customers", usage="customer")
        write("stock.location", SCRAP, name="Scrap", usage="inventory")
        write("stock.location", FACTORY, name="Production", usage="production")
        write("stock.location", DOCK, name="Input", complete_name="WH/Input", usage="internal")
        write("stock.warehouse", 1, name="Main", code="WH", partner_id=1, lot_stock_id=STOCK)
        write("stock.location", STOCK, warehouse_id=1)
        write("stock.location", DOCK, warehouse_id=1)
        write("stock.warehouse", 1, wh_input_stock_loc_id=DOCK)
        write("stock.picking.type", 1, name="In", code="incoming", warehouse_id=1)
        write("product.product", 1, name="Bolt", type="product", uom_id=1, default_code="B-1")
        write("product.product", 2, name="Advice", type="service", uom_id=1)

    def write(self, model, id_, **values):
        self.tables.write(model, id_, values, self.now)

    def write_late(self, seconds, model, id_, **values):
        self.late.append((self.now + timedelta(seconds=seconds), model, id_, values, self.now))

    def end_transactions(self):
        over = [one for one in self.late if one[0] <= self.now]
        self.late = [one for one in self.late if one[0] > self.now]
        for _, model, id_, values, stamp in over:
            self.tables.write(model, id_, values, stamp)

    def buy(self, id_, qty=10, unit=1, state="purchase", product=1):
        self.write("purchase.order", id_, name=f"P{id_}", state=state, partner_id=10,
                   date_order=self.now, date_approve=None if state == "draft" else self.now,
                   picking_type_id=1, currency_id=1)  # fmt: skip
        self.write("purchase.order.line", id_, order_id=id_, product_id=product, product_qty=qty,
                   product_uom=unit, price_unit=3.0, price_subtotal=3.0 * qty,
                   date_planned=self.now + timedelta(days=14))  # fmt: skip

    def move(self, id_, line, qty, state="done", start=SUPPLIERS, end=STOCK, **more):
        self.write("stock.move", id_, product_id=1, product_uom=1, state=state, date=self.now,
                   location_id=start, location_dest_id=end, quantity_done=qty,
                   product_uom_qty=qty, purchase_line_id=line, **more)  # fmt: skip

    def transfer(self, id_, qty, start, end, state="done", product=1, **more):
        """A move that is for no purchase."""
        self.write("stock.move", id_, product_id=product, product_uom=1, state=state,
                   date=self.now, location_id=start, location_dest_id=end, product_uom_qty=qty,
                   quantity_done=qty if state == "done" else 0.0, **more)  # fmt: skip

    def sell(self, id_, qty=3.0, product=1):
        self.write("sale.order", id_, name=f"S{id_}", state="sale", partner_id=11,
                   date_order=self.now, commitment_date=self.now + timedelta(days=7),
                   warehouse_id=1)  # fmt: skip
        self.write("sale.order.line", id_, order_id=id_, product_id=product, product_uom=1,
                   product_uom_qty=qty, price_unit=5.0)  # fmt: skip

    def make(self, id_, qty=3.0, product=1, state="confirmed", **more):
        self.write("mrp.production", id_, name=f"MO{id_}", state=state, product_id=product,
                   product_qty=qty, product_uom_id=1, picking_type_id=1, **more)  # fmt: skip

    def bill(self, id_, template, needs, qty=1.0, **more):
        """A bill of material; `needs` are (product, quantity) pairs. Its lines are 10 × id on."""
        self.write("mrp.bom", id_, product_tmpl_id=template, product_qty=qty, product_uom_id=1,
                   **more)  # fmt: skip
        for at, (product, much) in enumerate(needs):
            self.write("mrp.bom.line", 10 * id_ + at, bom_id=id_, product_id=product,
                       product_qty=much, product_uom_id=1)  # fmt: skip

    def invoice(self, id_, what="out_invoice", amount=100.0, state="posted", **more):
        self.write("account.move", id_, name=f"INV{id_}", move_type=what, state=state,
                   partner_id=11, invoice_date=self.now, amount_untaxed=amount, currency_id=1,
                   invoice_date_due=self.now + timedelta(days=30), **more)  # fmt: skip

    def later(self, **how):
        self.now += timedelta(**how)

    def answer(self, request):
        self.asked.append(request)
        self.end_transactions()
        if self.fault is not None:
            fault, self.fault = self.fault, None
            if isinstance(fault, Exception):
                raise fault
            return fault
        status, headers, body = self.face.handle(
            request.method, request.url.path, request.headers, request.content
        )
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    def http(self, *args, **more):
        url = args or ("http://erp.example",)
        return Http(*url, transport=httpx.MockTransport(self.answer), sleep=self.sleep, **more)

    def sleep(self, seconds):
        self.later(seconds=seconds)

    def source(self, key="demo-key", **more):
        settings = Settings(key="odoo:erp", kind="odoo", url="http://erp.example", user="leadline",
                            database="demo", secret=key, zone="Europe/Berlin", **more)  # fmt: skip
        return open_odoo(settings, self.http)

    def rows(self, stream, state=None, source=None):
        """Rows by table, the rejected, and the state after a pull of one stream."""
        source = source or self.source()
        spec = next(one for one in source.streams if one.name == stream)
        found, rejected = [], []
        for page in source.pull(spec, state):
            state = page.state
            found += [row for rows in page.rows.values() for row in rows]
            rejected += page.rejected
        return found, rejected, state
