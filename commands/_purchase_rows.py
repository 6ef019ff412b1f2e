"""Purchase lines row by row: what figures about suppliers rest on, to be checked in a file."""

from collections.abc import Iterable

from commands._contract import Column, Table, Value
from storage.known.purchases import Line

COLUMNS = ("Order", "Supplier", "Item", "Ordered", "Acknowledged", "Shipped", "First promise",
           "Promised now", "Planned", "Quantity", "Received", "Complete", "Cancelled",
           "State")  # fmt: skip


def purchase_rows(lines: Iterable[Line]) -> Table:
    """One row a line, the newest order first."""
    ranked = sorted(lines, key=lambda line: (line.ordered_at, line.key), reverse=True)
    rows = tuple(_row(line) for line in ranked)
    return Table(tuple(Column(name, "supply") for name in COLUMNS), rows, total=len(rows))


def state(line: Line) -> str:
    """What a line counts as in a lead time."""
    if line.completed_on:
        is_absurd = line.completed_on < line.ordered_on
        return "left out: received before it was ordered" if is_absurd else "received"
    return "cancelled" if line.cancelled_on else "open"


def _row(line: Line) -> tuple[Value, ...]:
    days = (line.ordered_on, line.acknowledged_on, line.shipped_on, line.promised_first,
            line.promised_on, line.planned_on)  # fmt: skip
    ends = (line.completed_on, line.cancelled_on)
    return (
        line.number,
        line.supplier.name if line.supplier else None,
        line.item.name if line.item else None,
        *(day.isoformat() if day else None for day in days),
        line.qty,
        line.received,
        *(day.isoformat() if day else None for day in ends),
        state(line),
    )
