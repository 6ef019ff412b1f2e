"""The rows behind a lead time: one an observation, as it was counted."""

from collections.abc import Iterable, Sequence
from datetime import date

from commands._contract import Column, Table
from storage.known import Named
from storage.known.purchases import Line
from storage.metrics._durations import Duration
from storage.metrics.lead_time import METRIC, behind

STATES = {
    "ended": "received", "cancelled": "cancelled", "open": "open",
    "absurd": "left out: received before it was ordered",
}  # fmt: skip
COLUMNS = (
    Column("Order", "supply"),
    Column("Supplier", "supply"),
    Column("Item", "supply"),
    Column("Ordered", "supply"),
    Column("Ended", "supply"),
    Column("State", "supply"),
    Column("Days", "supply", "d", METRIC.id),
)


def rows_behind(lines: Sequence[Line], found: Duration, today: date) -> Table:
    """Orders by the day of the order; what is open has not ended, and its days are its age."""
    rows = [
        (
            group[0].number, _names(line.supplier for line in group),
            _names(line.item for line in group), group[0].ordered_on.isoformat(),
            None if one.state == "open" else one.until.isoformat(), STATES[one.state],
            None if one.state == "absurd" else one.days,
        )
        for one, group in behind(lines, found, today)
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[3], row[0], row[2]))
    return Table(COLUMNS, tuple(rows), total=len(rows))


def _names(things: Iterable[Named | None]) -> str:
    return ", ".join(dict.fromkeys(one.name for one in things if one))
