"""Purchase lines in few words, days ago from a fixed day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from storage.known import Named
from storage.known.purchases import Line, Received, completed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
STEEL = Named("supplier", "odoo:erp", "s1", "Borealis")
GLASS = Named("supplier", "odoo:erp", "s2", "Cobalt")
COIL = Named("item", "odoo:erp", "i1", "Coil")


def ago(days):
    return None if days is None else date.fromordinal(TODAY.toordinal() - days)


def bought(
    ordered, *received, qty=1, cancelled=None, acknowledged=None, shipped=None, first=None,
    latest=None, planned=None, order=None, supplier=STEEL, item=COIL, category=None, country=None,
    price=10, source="odoo:erp",
):  # fmt: skip
    """A line of which parts were `received` so many days ago: days alone (all of it) or (days,
    quantity). Every other day is days ago too."""
    number = str(next(_COUNT))
    parts = [one if isinstance(one, tuple) else (one, qty) for one in received]
    receipts = tuple(Received(ago(day), Decimal(count)) for day, count in parts)
    done = completed(Decimal(qty), receipts)
    order = order or f"P{number}"
    return Line(
        (source, number), (source, order, None), (source, order), order, supplier, item,
        category, None, country, "Ada", None, Decimal(qty),
        None if price is None else Decimal(price), "EUR",
        datetime.combine(ago(ordered), datetime.min.time(), UTC) + timedelta(hours=9), ago(ordered),
        ago(acknowledged), ago(shipped), None, ago(first),
        ago(latest if latest is not None else first), ago(planned), receipts, done,
        None if done else ago(cancelled),
    )  # fmt: skip


def _numbers():
    number = 0
    while True:
        number += 1
        yield number


_COUNT = _numbers()
