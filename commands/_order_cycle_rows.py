"""The rows behind an order cycle: every order as it was counted."""

from collections.abc import Sequence
from datetime import date

from commands._contract import Column, Table
from commands._deliveries import name_of
from storage.metrics._durations import Duration
from storage.metrics.order_cycle import METRIC, Order, behind, dwell

STATES = {
    "ended": "delivered", "cancelled": "cancelled", "open": "open",
    "absurd": "left out: delivered before it was ordered",
}  # fmt: skip
COLUMNS = (
    Column("Order", "customers"),
    Column("Customer", "customers"),
    Column("Ordered", "customers"),
    Column("Asked for", "customers"),
    Column("Ended", "customers"),
    Column("Gross", "customers", "d", METRIC.id),
    Column("Dwell", "customers", "d", METRIC.id),
    Column("State", "customers"),
)


def rows_behind(every: Sequence[Order], found: Duration, today: date, usual: float | None) -> Table:
    """Orders by the day of the order; what is open has not ended, and its days are its age. The
    dwell is null where the usual cycle is not known."""
    rows = [
        (
            order.lines[0].number,
            name_of(order.lines[0].customer),
            order.span.start.isoformat(),
            order.requested_on.isoformat() if order.requested_on else None,
            None if one.state == "open" else one.until.isoformat(),
            None if one.state == "absurd" else one.days,
            None if usual is None or one.state == "absurd" else dwell(order, one.until, usual),
            STATES[one.state],
        )
        for one, order in behind(every, found, today)
    ]
    rows.sort(key=lambda row: (row[2], row[0]))
    return Table(COLUMNS, tuple(rows), total=len(rows))
