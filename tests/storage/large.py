"""Many rows in little time: written past the models, as a sync writes them."""

import random
from datetime import timedelta
from decimal import Decimal

from storage.bulk import check, shape, write
from storage.models._types import instant_to_int
from storage.sources import event
from tests.commands.dialogue import NOW
from tests.storage.world import BERLIN

SUPPLIERS, ITEMS, CUSTOMERS, PAGE = 200, 500, 2_000, 5_000


def fill(world, lines):
    """So many lines in all, half of them bought, half of them sold, over two years to now."""
    rng = random.Random(7)
    rows = {table: [] for table in TABLES}
    rows["party"] = [
        {"source_id": f"s{at}", "name": f"Supplier {at}", "kind": "supplier", "country": "DE"}
        for at in range(SUPPLIERS)
    ] + [
        {"source_id": f"c{at}", "name": f"Customer {at}", "kind": "customer", "country": "SE"}
        for at in range(CUSTOMERS)
    ]
    rows["item"] = [{"source_id": f"i{at}", "name": f"Item {at}"} for at in range(ITEMS)]
    for number in range(lines // 2):
        _bought(rows, rng, number)
        _sold(rows, rng, number)
    _write(world, rows)


def pull(world, lines, number):
    """What one pull brings that changes so many lines: half of them are new, half of those that
    there are were put off; `number` says which pull it is."""
    rng = random.Random(number)
    rows = {table: [] for table in TABLES}
    first = 10**7 * number
    for at in range(lines // 4):
        _bought(rows, rng, first + at)
        _sold(rows, rng, first + at)
    for table, name in (("purchaseline", "pl"), ("salesline", "ol")):
        old = {table: [] for table in TABLES}
        for _ in range(lines // 4):
            at = rng.randrange(lines)
            (_bought if table == "purchaseline" else _sold)(old, rng, at)
            put_off = old[table][-1]
            put_off["promised_on"] += timedelta(days=number)
            assert put_off["source_id"] == f"{name}{at}"
        rows[table] += old[table]
    _write(world, rows)


def _bought(rows, rng, number):
    day = NOW.date() - timedelta(days=rng.randrange(1, 730))
    takes = round(rng.lognormvariate(3, 0.4))
    rows["purchaseorder"].append({
        "source_id": f"p{number}", "number": f"P{number}", "supplier_ref": f"s{number % SUPPLIERS}",
        "currency": "EUR", **event("ordered", day, BERLIN),
    })  # fmt: skip
    promised = day + timedelta(days=22)
    rows["purchaseline"].append({
        "source_id": f"pl{number}", "order_ref": f"p{number}", "item_ref": f"i{number % ITEMS}",
        "qty": 10, "unit_price": 5, "promised_first": promised, "promised_on": promised,
    })  # fmt: skip
    if (came := day + timedelta(days=takes)) < NOW.date():
        rows["receipt"].append({
            "source_id": f"r{number}", "line_ref": f"pl{number}", "qty": 10,
            **event("received", came, BERLIN),
        })  # fmt: skip


def _sold(rows, rng, number):
    day = NOW.date() - timedelta(days=rng.randrange(1, 730))
    promised = day + timedelta(days=9)
    rows["salesorder"].append({
        "source_id": f"o{number}", "number": f"S{number}", "customer_ref": f"c{number % CUSTOMERS}",
        "amount": 70, "currency": "EUR", **event("ordered", day, BERLIN),
    })  # fmt: skip
    rows["salesline"].append({
        "source_id": f"ol{number}", "order_ref": f"o{number}", "item_ref": f"i{number % ITEMS}",
        "qty": 7, "unit_price": 10, "promised_first": promised, "promised_on": promised,
    })  # fmt: skip
    if (sent := day + timedelta(days=rng.randrange(2, 14))) < NOW.date():
        rows["shipment"].append({
            "source_id": f"h{number}", "line_ref": f"ol{number}", "qty": 7,
            **event("shipped", sent, BERLIN),
        })  # fmt: skip


def _write(world, rows):
    stamp = instant_to_int(NOW - timedelta(days=1))
    for table, found in rows.items():
        made = shape(table)
        checked = [
            check({k: Decimal(v) if k in AMOUNTS else v for k, v in row.items()}, made)
            for row in found
        ]
        for at in range(0, len(checked), PAGE):
            with world.store.bulk() as connection:
                write(connection, world.store, world.erp, made, checked[at : at + PAGE], stamp)


AMOUNTS = ("qty", "unit_price", "amount")
TABLES = (
    "party", "item", "purchaseorder", "purchaseline", "receipt", "salesorder", "salesline",
    "shipment",
)  # fmt: skip
