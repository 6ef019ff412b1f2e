"""The rows behind backorders: every open line, and whether its day is over."""

from collections.abc import Iterable

from commands._contract import Ask, Column, Table, Topic, Value
from commands._deliveries import Asked, name_of
from storage.metrics._due import Due
from storage.metrics.backorders import METRIC


def rows_behind(ask: Ask, asked: Asked, every: Iterable[Due]) -> Table | None:
    """All open lines by their day, those without one last; null where nobody asked."""
    if not ask.wants_evidence:
        return None
    open_ = sorted((one for one in every if one.is_open), key=_by_day)
    rows = tuple(_row(ask, one) for one in open_)
    return Table(_columns(asked), rows, total=len(rows))


def _by_day(one: Due) -> tuple[bool, str, tuple[str, str]]:
    day = one.day()
    return day is None, day.isoformat() if day else "", one.key


def _columns(asked: Asked) -> tuple[Column, ...]:
    of = asked.topic
    money: Topic = "supply" if asked.is_supply else "revenue"
    return (
        Column("Order", of),
        Column(asked.party.capitalize(), of),
        Column("Item", "supply"),
        Column("Ordered", of),
        Column("Due", of),
        Column("Days late", of, "d", METRIC.id),
        Column("Quantity", of),
        Column("Owed", of, "", METRIC.id),
        Column("Value of all", money),
        Column("Currency", money),
        Column("State", of),
    )


def _row(ask: Ask, one: Due) -> tuple[Value, ...]:
    day = one.day()
    late = max(0, (ask.today - day).days) if day else None
    return (
        one.number, name_of(one.party), name_of(one.item), one.ordered_on.isoformat(),
        day.isoformat() if day else None, late, one.qty, one.owed, one.value, one.currency,
        "left out: without a date" if day is None else "owed late" if late else "open, in time",
    )  # fmt: skip
