"""Tables of what is owed past its day: line by line, the oldest first, or by a dimension."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from commands._contract import Column, Table, Topic, Value
from commands._deliveries import Asked, Deliveries, name_of, topic_of
from storage.known import Named
from storage.metrics._due import Due, split
from storage.metrics.backorders import METRIC, Backorders, Owed, backorders


def line_by_line(asked: Asked, owed: Backorders, usual: float | None) -> Table | None:
    """Every line, the oldest first; bold what has waited longer than 9 in 10 do."""
    if not owed.lines:
        return None
    money, unit = _money(owed.lines)
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
    return Table(columns, tuple(rows), late, len(rows))


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
    rows: list[tuple[Value, ...]] = [
        (name_of(value), len(one.lines), one.share.rate, one.oldest, amounts(one.value.by_currency))
        for value, one in ((value, found[value]) for value in ranked)
    ]
    columns = (
        Column("Month due" if by == "month" else by.capitalize(), topic_of(by, asked.topic)),
        Column("Lines late", asked.topic, "", METRIC.id),
        Column("Of open", asked.topic, "share", METRIC.id),
        Column("Oldest", asked.topic, "d", METRIC.id),
        Column("Value", _worth(asked), "", METRIC.id),
    )
    return Table(columns, tuple(rows), total=len(rows))


def amounts(by_currency: Mapping[str, Decimal]) -> str | None:
    """Money as one says it, each currency by itself: "1,200 EUR + 300 USD"."""
    parts = [f"{value:,.0f} {currency}".strip() for currency, value in by_currency.items()]
    return " + ".join(parts) or None


def _by_month(every: Sequence[Due]) -> dict[Named | str | None, list[Due]]:
    groups: dict[Named | str | None, list[Due]] = defaultdict(list)
    for one in every:
        if day := one.day():
            groups[f"{day:%b %Y}"].append(one)
    return groups


def _money(lines: Sequence[Owed]) -> tuple[list[Value], str]:
    """What each line is worth and the unit of the column; texts where there are several."""
    currencies = {one.due.currency or "" for one in lines if one.value is not None}
    if len(currencies) == 1:
        return [one.value for one in lines], currencies.pop()
    return [
        None if one.value is None else amounts({one.due.currency or "": one.value})
        for one in lines
    ], ""  # fmt: skip


def _worth(asked: Asked) -> Topic:
    return "supply" if asked.is_supply else "revenue"
