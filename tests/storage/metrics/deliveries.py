"""Deliveries in few words, and a year of them drawn at random for judges to work on."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from storage.known import Named
from storage.known.sales import SalesLine, Sent, sales_lines
from storage.metrics._due import of_sales
from tests.sizes import ROWS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
ACME = Named("customer", "odoo:erp", "acme", "Acme")


def ago(days):
    return TODAY - timedelta(days=days)


def sold(
    qty=1, *sent, ordered=60, requested=None, first=None, latest=None, cancelled=None, price=10,
    currency="EUR", order="S1", key=None, customer=ACME, item=None, uom=None,
):  # fmt: skip
    """A sales line; days are days ago, `sent` (days ago, quantity) or (…, …, delivered ago)."""
    shipments = tuple(
        Sent(ago(one[0]), Decimal(one[1]), ago(one[2]) if len(one) > 2 else None) for one in sent
    )
    gone = sum(max(one.qty, Decimal(0)) for one in shipments)
    rest = Decimal(qty) - gone if cancelled is not None and 0 < gone < qty else Decimal(0)
    gross, done = Decimal(0), None
    for one in sorted(shipments, key=lambda one: one.arrived_on):
        gross += max(one.qty, Decimal(0))
        done = done or (one.arrived_on if gross >= qty - rest else None)
    return SalesLine(
        ("odoo:erp", str(key or next(_COUNT))), ("odoo:erp", order), order, customer, item,
        None, None, None, None, None, uom, Decimal(qty),
        None if price is None else Decimal(price), currency,
        datetime.combine(ago(ordered), datetime.min.time(), UTC), ago(ordered),
        _ago(requested), _ago(first), _ago(latest if latest is not None else first),
        shipments, done, None if done else _ago(cancelled), rest, _ago(cancelled) if rest else None,
    )  # fmt: skip


def due(*args, **more):
    """The same as what is due."""
    (one,) = of_sales([sold(*args, **more)])
    return one


def fill(world, seed, lines=400):
    """Random sales of a year in the world: parts, returns, cancellations, no dates, absurd ones."""
    rng = random.Random(seed)
    customers = [world.customer(f"Customer {number}") for number in range(8)]
    items = [world.item(f"Item {number}") for number in range(5)]
    left = lines
    while left > 0:
        ordered = ago(rng.randint(1, 365))
        size = rng.choice((1, 1, 2, 3, 5))
        off = rng.random() < 0.05
        order = world.fact(
            "salesorder", number=f"S{left}", customer_ref=rng.choice(customers),
            currency=rng.choice(("EUR", "EUR", "USD")), **world.when("ordered", ordered),
            **world.when("cancelled", ordered + timedelta(rng.randint(0, 40)) if off else None),
        )  # fmt: skip
        for _ in range(size):
            _line(world, rng, order, rng.choice(items), ordered)
        left -= size


def _line(world, rng, order, item, ordered):
    promised = _day(rng, ordered, 0.85)
    requested = _day(rng, ordered, 0.5)
    qty = rng.randint(1, 12)
    line = world.fact(
        "salesline", order_ref=order, item_ref=item, qty=Decimal(qty),
        unit_price=None if rng.random() < 0.1 else Decimal(rng.randint(1, 50)),
        promised_first=promised, requested_on=requested,
        promised_on=promised and promised + timedelta(rng.choice((0, 0, 0, 7, -2))),
        **world.when(
            "cancelled",
            ordered + timedelta(rng.randint(0, 40)) if rng.random() < 0.08 else None,
        ),
    )  # fmt: skip
    rest, day = qty, ordered
    while rest > 0 and rng.random() < 0.9:
        day += timedelta(rng.randint(0, 12))
        part = rng.randint(1, rest + rng.choice((0, 0, 1)))
        world.ship(line, day, qty=part)
        rest -= part
        if rng.random() < 0.1:
            world.ship(line, day + timedelta(rng.randint(0, 20)), qty=-rng.randint(1, part))


def _day(rng, ordered, often):
    return ordered + timedelta(rng.randint(-1, 30)) if rng.random() < often else None


def fill_with_many_rows(world, today):
    """Orders of two lines, each line sent once: of a year, by 200 customers."""
    rng = random.Random(1)
    customers = [world.customer(f"Customer {number}") for number in range(200)]
    items = [world.item(f"Item {number}") for number in range(50)]
    for number in range(ROWS // 5):
        ordered = today - timedelta(rng.randint(2, 365))
        order = world.fact(
            "salesorder", number=f"S{number}", customer_ref=rng.choice(customers), currency="EUR",
            **world.when("ordered", ordered),
        )  # fmt: skip
        for _ in range(2):
            line = world.sales_line(
                order, item=rng.choice(items), unit_price=Decimal(9), qty=3,
                promised=ordered + timedelta(14), requested=ordered + timedelta(10),
            )  # fmt: skip
            world.ship(line, ordered + timedelta(rng.randint(1, 30)), qty=3)


def known(world, now=NOW):
    with world.reader() as session:
        return list(sales_lines(session, now))


def _ago(days):
    return None if days is None else date.fromordinal(TODAY.toordinal() - days)


def _numbers():
    number = 0
    while True:
        number += 1
        yield number


_COUNT = _numbers()
