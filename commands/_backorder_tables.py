"""Tables of what is owed past its day: line by line, the oldest first, or by a dimension."""

from collections.abc import Sequence
from datetime import date

from commands._contract import Column, Table, Topic, Value
from commands._deliveries import Asked, name_of, topic_of
from commands._keys import keys_of
from commands._money import column
from storage.curves_by import Ints
from storage.entities import Kind, entity
from storage.known import Named
from storage.known.rates import Rates, Sums
from storage.metrics._backorders_by import backlogs
from storage.metrics._due_by import Dues, months
from storage.metrics.backorders import METRIC, Backorders, Owed


def line_by_line(asked: Asked, owed: Backorders, usual: float | None) -> Table | None:
    """Every line, the oldest first; bold what has waited longer than 9 in 10 do."""
    if not owed.lines:
        return None
    money, unit = column([_value(one) for one in owed.lines])
    rows = [
        (
            one.due.number,
            name_of(one.due.party),
            name_of(one.due.item),
            one.days,
            one.due.owed,
            value,
        )
        for one, value in zip(owed.lines, money, strict=True)
    ]
    columns = (
        Column("Order", asked.topic),
        Column(asked.party.capitalize(), asked.topic),
        Column("Item", "supply"),
        Column("Late", asked.topic, "d", METRIC.id),
        Column("Owed", asked.topic, "", METRIC.id),
        Column("Value", _worth(asked), unit, METRIC.id),
    )
    late = frozenset(
        at for at, one in enumerate(owed.lines) if usual is not None and one.days > usual
    )
    kind: Kind = "purchaseline" if asked.is_supply else "salesline"
    keys = tuple(entity(kind, one.due.key) for one in owed.lines)
    return Table(columns, tuple(rows), late, len(rows), keys, is_fleeting=True)


def by_dimension(asked: Asked, open_: Dues, rates: Rates, today: date) -> Table:
    """A row for each value with something owed late, the most lines first."""
    by, into = asked.query.by or "", asked.query.currency or ""
    if by == "month":
        open_ = open_.only(open_.is_dated)
    places, values = _split(open_, by)
    every = backlogs(open_, places, len(values), today, rates, into)
    found = {value: one for value, one in zip(values, every, strict=True) if one.ages}
    ranked = sorted(found, key=lambda value: (-len(found[value].ages), name_of(value), str(value)))
    money, unit = column([found[value].value for value in ranked])
    rows: list[tuple[Value, ...]] = [
        (name_of(value), len(one.ages), one.share.rate, one.oldest, worth)
        for value, one, worth in zip(ranked, map(found.__getitem__, ranked), money, strict=True)
    ]
    columns = (
        Column("Month due" if by == "month" else by.capitalize(), topic_of(by, asked.topic)),
        Column("Lines late", asked.topic, "", METRIC.id),
        Column("Of open", asked.topic, "share", METRIC.id),
        Column("Oldest", asked.topic, "d", METRIC.id),
        Column("Value", _worth(asked), unit, METRIC.id),
    )
    return Table(columns, tuple(rows), total=len(rows), keys=keys_of(ranked), is_fleeting=True)


def _split(dues: Dues, by: str) -> tuple[Ints, Sequence[Named | str | None]]:
    """For each line the place of its value, and the values."""
    if by == "month":
        return months(dues.day)
    split = dues.lines.by(by)
    return split.places, split.values


def _value(one: Owed) -> Sums:
    """What a line is worth; unknown without a price."""
    return Sums({}, 1) if one.value is None else Sums({one.due.currency or "": one.value})


def _worth(asked: Asked) -> Topic:
    return "supply" if asked.is_supply else "revenue"
