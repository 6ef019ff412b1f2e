"""Purchases, sales, production and invoices in a real Tryton, made through proteus.

It runs in the environment that has Tryton.

`make CONFIG DATABASE LEDGER` fills a new database and writes what it did, as JSON; `averages
CONFIG DATABASE` prints what Tryton itself says: average lead time by supplier, in seconds, and
inventory turnover by product.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from pathlib import Path

from proteus import Model, Wizard, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company

TODAY = dt.datetime.now(dt.UTC).date()
FAR = 300

# supplier, ordered days ago, quantity, receipts (days after the order, quantity), what is special
PURCHASES = [
    ("Borealis", 200, 10, [(9, 10)], ""),
    ("Borealis", 170, 4, [(14, 4)], ""),
    ("Borealis", 140, 10, [(7, 6), (21, 4)], ""),
    ("Borealis", 100, 3, [(12, 3)], "manual"),
    ("Borealis", 60, 8, [(10, 5)], ""),
    ("Borealis", 20, 2, [], ""),
    ("Borealis", 500, 5, [(90, 5)], ""),
    ("Cirrus", 150, 12, [(30, 12)], ""),
    ("Cirrus", 120, 12, [(55, 12)], ""),
    ("Cirrus", 80, 6, [], "called off"),
    ("Cirrus", 70, 9, [(25, 4)], "rest called off"),
    ("Cirrus", 40, 7, [], "cancelled"),
    ("Cirrus", 10, 1, [], ""),
    ("Distant", 90, 20, [(41, 20)], ""),
    ("Distant", 30, 20, [], ""),
    ("Distant", 5, 20, [], "draft"),
]
SALES = [("Elm & Sons", 50, 2, [(3, 2)]), ("Elm & Sons", 12, 1, [])]
# started and finished days ago, quantity; null for what has not come so far
PRODUCTIONS = [(40, 35, 4), (8, None, 2), (None, None, 6)]
RECIPE = (3, 2)  # so many bearings for so many gearboxes
BEARING_COST = Decimal("30.0000")
# customer's invoices: days ago, amount, what became of them
INVOICES = [(20, "500.00", "paid"), (10, "80.00", "posted"), (5, "-30.00", "posted"),
            (4, "60.00", "cancelled"), (3, "10.00", "draft")]  # fmt: skip
TURNING = 180
LEAD_DAYS = {"Borealis": 10, "Cirrus": None, "Distant": FAR}


def make(database, ledger):
    """The company, its suppliers and one product; then the purchases and the sales."""
    create_company(currency="EUR")
    create_chart()
    product = _product()
    Model.get("party.party")(name="Elm & Sons").save()
    made = [_purchase(product, *row) for row in PURCHASES]
    sold = [_sale(product, *row) for row in SALES]
    gearbox, bill = _recipe(product)
    found = {
        "made_on": TODAY.isoformat(), "purchases": made, "sales": sold,
        "productions": [_production(gearbox, bill, *row) for row in PRODUCTIONS],
        "invoices": _invoices(),
    }  # fmt: skip
    ledger.write_text(json.dumps(found, indent=1))


def averages():
    """What Tryton says of each supplier, in seconds, and of each product: the output a day, the
    average quantity and the turnover of the warehouse in the `TURNING` days before today."""
    config.get_config()._context = Model.get("res.user").get_preferences(True, {})
    found = Model.get("purchase.product_supplier").find([])
    lead_times = {
        one.party.name: one.average_lead_time.total_seconds()
        for one in found
        if one.average_lead_time is not None
    }
    return {"lead_times": lead_times, "turnovers": _turnovers()}


def _turnovers():
    (house,) = Model.get("stock.location").find([("type", "=", "warehouse")])
    days = {
        "from_date": TODAY - dt.timedelta(days=TURNING), "to_date": TODAY - dt.timedelta(days=1),
        "location": house.id, "product_type": "product.product",
    }  # fmt: skip
    with config.get_config().set_context(**days):
        return {
            one.product.template.name: [one.output_quantity, one.average_quantity, one.turnover]
            for one in Model.get("stock.reporting.inventory.turnover").find([])
        }


def _product():
    accounts = get_accounts()
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
    category.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    template = Model.get("product.template")(name="Bearing", type="goods", default_uom=unit)
    template.purchasable = template.salable = True
    template.sale_uom = unit
    template.list_price = Decimal(20)
    template.account_category = category
    for name, days in LEAD_DAYS.items():
        party = Model.get("party.party")(name=name)
        party.save()
        supplier = template.product_suppliers.new(party=party)
        supplier.lead_time = None if days is None else dt.timedelta(days=days)
    (product,) = template.products
    product.cost_price = BEARING_COST
    template.save()
    return template.products[0]


def _recipe(bearing):
    """A product made of bearings, and its bill."""
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    template = Model.get("product.template")(name="Gearbox", type="goods", default_uom=unit)
    template.producible = True
    template.list_price = Decimal(90)
    template.save()
    bill = Model.get("production.bom")(name="Gearbox")
    needed, made = RECIPE
    component = bill.inputs.new(product=bearing)
    component.quantity = needed
    output = bill.outputs.new(product=template.products[0])
    output.quantity = made
    bill.save()
    (gearbox,) = template.products
    gearbox.boms.append(Model.get("product.product-production.bom")(bom=bill))
    gearbox.save()
    return gearbox, bill


def _production(gearbox, bill, started, finished, quantity):
    one = Model.get("production")(product=gearbox, bom=bill, quantity=quantity)
    days = [None if ago is None else TODAY - dt.timedelta(days=ago) for ago in (started, finished)]
    one.effective_start_date, one.effective_date = days
    one.save()
    if started is not None:
        for step in ("wait", "assign_try", "run"):
            one.click(step)
    if finished is not None:
        one.click("do")
    one.reload()
    return {"id": one.id, "state": one.state, "quantity": quantity,
            "started": days[0] and days[0].isoformat(),
            "finished": days[1] and days[1].isoformat()}  # fmt: skip


def _invoices():
    year = create_fiscalyear(today=(TODAY - dt.timedelta(days=60), TODAY))
    year = set_fiscalyear_invoice_sequences(year)
    year.click("create_period")
    (company,) = Model.get("company.company").find([])
    company.cancel_invoice_out = True
    company.save()
    accounts = get_accounts()
    (journal,) = Model.get("account.journal").find([("type", "=", "cash")])
    method = Model.get("account.invoice.payment.method")(name="Cash", journal=journal)
    method.credit_account = method.debit_account = accounts["cash"]
    method.save()
    (party,) = Model.get("party.party").find([("name", "=", "Elm & Sons")])
    return [_invoice(party, accounts, method, *row) for row in INVOICES]


def _invoice(party, accounts, method, ago, amount, fate):
    one = Model.get("account.invoice")(type="out", party=party)
    one.invoice_date = TODAY - dt.timedelta(days=ago)
    one.account = accounts["receivable"]
    line = one.lines.new(account=accounts["revenue"], unit_price=abs(Decimal(amount)))
    line.quantity = -1 if amount.startswith("-") else 1
    one.save()
    if fate != "draft":
        one.click("post")
    if fate == "cancelled":
        one.click("cancel")
    paid = one.invoice_date + dt.timedelta(days=6)
    if fate == "paid":
        pay = one.click("pay")
        pay.form.payment_method, pay.form.date = method, paid
        pay.execute("choice")
    one.reload()
    return {"id": one.id, "number": one.number, "state": one.state, "amount": amount,
            "issued": one.invoice_date.isoformat(),
            "paid": paid.isoformat() if fate == "paid" else None}  # fmt: skip


def _purchase(product, supplier, ago, quantity, receipts, special):
    ordered = TODAY - dt.timedelta(days=ago)
    (party,) = Model.get("party.party").find([("name", "=", supplier)])
    purchase = Model.get("purchase.purchase")(party=party, purchase_date=ordered)
    purchase.invoice_method = "manual"
    if special == "manual":
        purchase.delivery_date = ordered + dt.timedelta(days=11)
    line = purchase.lines.new(product=product)
    line.quantity, line.unit_price = quantity, Decimal("42.0000")
    (line.product_supplier,) = [one for one in product.template.product_suppliers
                              if one.party.name == supplier]  # fmt: skip
    purchase.save()
    if special != "draft":
        purchase.click("quote")
    if special == "cancelled":
        purchase.click("cancel")
    elif special != "draft":
        purchase.click("confirm")
    for days, part in receipts:
        _receive(purchase, ordered + dt.timedelta(days=days), part)
    if "called off" in special:
        _call_off(purchase)
    purchase.reload()
    return {
        "number": purchase.number, "id": purchase.id, "line": purchase.lines[0].id,
        "supplier": supplier, "ordered": ordered.isoformat(), "quantity": quantity,
        "state": purchase.state, "special": special,
        "receipts": [[(ordered + dt.timedelta(days=days)).isoformat(), part]
                     for days, part in receipts],
    }  # fmt: skip


def _open(order):
    order.reload()
    return [move for move in order.moves if move.state not in ("done", "cancelled")]


def _receive(purchase, day, quantity):
    shipment = Model.get("stock.shipment.in")(supplier=purchase.party, effective_date=day)
    (move,) = _open(purchase)
    incoming = Model.get("stock.move")(id=move.id)
    incoming.quantity = quantity
    shipment.incoming_moves.append(incoming)
    shipment.save()
    shipment.click("receive")
    shipment.click("do")


def _call_off(purchase):
    """The rest will not come: the move is cancelled and the purchase told to leave it at that."""
    shipment = Model.get("stock.shipment.in")(supplier=purchase.party)
    for move in _open(purchase):
        shipment.incoming_moves.append(Model.get("stock.move")(id=move.id))
    shipment.save()
    shipment.click("cancel")
    purchase.reload()
    handle = Wizard("purchase.handle.shipment.exception", [purchase])
    for move in list(handle.form.recreate_moves):
        handle.form.recreate_moves.remove(move)
    for move in [one for one in purchase.moves if one.state == "cancelled"]:
        if move.id not in [one.id for one in handle.form.ignore_moves]:
            handle.form.ignore_moves.append(Model.get("stock.move")(move.id))
    handle.execute("handle")


def _sale(product, customer, ago, quantity, deliveries):
    ordered = TODAY - dt.timedelta(days=ago)
    (party,) = Model.get("party.party").find([("name", "=", customer)])
    sale = Model.get("sale.sale")(party=party, sale_date=ordered, invoice_method="manual")
    line = sale.lines.new(product=product)
    line.quantity, line.unit_price = quantity, Decimal("60.0000")
    sale.save()
    for step in ("quote", "confirm"):
        sale.click(step)
    for days, _ in deliveries:
        sale.reload()
        (shipment,) = sale.shipments
        shipment.effective_date = ordered + dt.timedelta(days=days)
        shipment.save()
        for step in ("assign_force", "pick", "pack", "do"):
            shipment.click(step)
    return {"number": sale.number, "customer": customer, "ordered": ordered.isoformat(),
            "deliveries": [[(ordered + dt.timedelta(days=days)).isoformat(), part]
                           for days, part in deliveries]}  # fmt: skip


def main(task, conf, database, *more):
    config.set_trytond(database=database, config_file=conf)
    if task == "make":
        make(database, Path(more[0]))
    else:
        sys.stdout.write(json.dumps(averages()))


if __name__ == "__main__":
    main(*sys.argv[1:])
