"""The rows behind shares of deliveries: every line of the window, as it was judged."""

from commands._contract import Column, Table, Topic, Value
from commands._deliveries import Deliveries, name_of
from storage.metrics._due import Due, DueIn, without_day
from storage.metrics.on_time import METRIC, days_late
from storage.metrics.otif import how_missed


def rows_behind(seen: Deliveries, found: DueIn) -> Table | None:
    """Lines due in the window by their day, then what was left out; null where nobody asked."""
    if not seen.ask.wants_evidence:
        return None
    states: list[tuple[Due, str]] = [
        (one, how_missed(one, "due", seen.asked.tolerance) or "met") for one in found.lines
    ]
    states += [(one, "left out: called off in time") for one in found.called_off]
    none = without_day(seen.every, *seen.days(seen.asked.query.window))
    states += [(one, "left out: without a date") for one in none]
    rows = [_row(seen, one, state) for one, state in states]
    return Table(_columns(seen), tuple(rows), total=len(rows))


def _columns(seen: Deliveries) -> tuple[Column, ...]:
    of = seen.asked.topic
    money: Topic = "supply" if seen.asked.is_supply else "revenue"
    names = ("Ordered", "Asked for", "First promise", "Latest promise", "Due")
    return (
        Column("Order", of),
        Column(seen.asked.party.capitalize(), of),
        Column("Item", "supply"),
        *(Column(name, of) for name in names),
        Column("Quantity", of),
        Column("There on the day", of),
        Column("Complete", of),
        Column("Days late", of, "d", METRIC.id),
        Column("Value", money),
        Column("Currency", money),
        Column("State", of),
    )


def _row(seen: Deliveries, one: Due, state: str) -> tuple[Value, ...]:
    day, is_judged = one.day(), not state.startswith("left out")
    days = (one.ordered_on, one.requested_on, one.promised_first, one.promised_on, day)
    return (
        one.number,
        name_of(one.party),
        name_of(one.item),
        *(each.isoformat() if each else None for each in days),
        one.qty,
        one.came_by(seen.asked.tolerance.last(day)) if day and is_judged else None,
        one.completed_on.isoformat() if one.completed_on else None,
        days_late(one, day, seen.ask.today) if day and is_judged else None,
        one.value,
        one.currency,
        state,
    )
