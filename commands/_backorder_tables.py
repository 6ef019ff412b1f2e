"""Tables of what is owed past its day: line by line, the oldest first, or by a dimension."""

from collections import defaultdict
from collections.abc import Sequence

from commands._contract import Column, Table, Topic, Value
from commands._deliveries import Asked, Deliveries, name_of, topic_of
from commands._keys import keys_of
from commands._money import column
from storage.entities import Kind, entity
from storage.known import Named
from storage.known.rates import Sums
from storage.metrics._due import Due, split
from storage.metrics.backorders import METRIC, Backorders, Owed, backorders


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


def by_dimension(seen: Deliveries, every: Sequence[Due]) -> Table:
    """A row for each value with something owed late, the most lines first."""
    asked, by = seen.asked, seen.asked.query.by or ""
    found = {
        value: backorders(lines, seen.ask.today, seen.rates, asked.query.currency or "")
        for value, lines in (_by_month(every) if by == "month" else split(every, by)).items()
    }
    ranked = sorted(
        (value for value in found if found[value].lines),
        key=lambda value: (-len(found[value].lines), name_of(value)),
    )
    money, unit = column([found[value].value for value in ranked])
    rows: list[tuple[Value, ...]] = [
        (name_of(value), len(one.lines), one.share.rate, one.oldest, worth)
        for value, one, worth in zip(ranked, map(found.get, ranked), money, strict=True)
        if one
    ]
    columns = (
        Column("Month due" if by == "month" else by.capitalize(), topic_of(by, asked.topic)),
        Column("Lines late", asked.topic, "", METRIC.id),
        Column("Of open", asked.topic, "share", METRIC.id),
        Column("Oldest", asked.topic, "d", METRIC.id),
        Column("Value", _worth(asked), unit, METRIC.id),
    )
    return Table(columns, tuple(rows), total=len(rows), keys=keys_of(ranked), is_fleeting=True)


def _by_month(every: Sequence[Due]) -> dict[Named | str | None, list[Due]]:
    groups: dict[Named | str | None, list[Due]] = defaultdict(list)
    for one in every:
        if day := one.day():
            groups[f"{day:%b %Y}"].append(one)
    return groups


def _value(one: Owed) -> Sums:
    """What a line is worth; unknown without a price."""
    return Sums({}, 1) if one.value is None else Sums({one.due.currency or "": one.value})


def _worth(asked: Asked) -> Topic:
    return "supply" if asked.is_supply else "revenue"
