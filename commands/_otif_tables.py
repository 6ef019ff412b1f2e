"""Tables and the chart of what was on time and in full: by a dimension, by month, line by line."""

from collections.abc import Callable, Sequence
from datetime import date

from commands._contract import Chart, Column, Series, Table, Topic, Value
from commands._deliveries import Deliveries, name_of, topic_of
from commands._keys import keys_of
from commands._otif_words import FEW
from commands._window import month_starts
from storage.entities import Kind, entity
from storage.known import Named
from storage.metrics._due import Due, Share, split
from storage.metrics.in_full import METRIC as IN_FULL
from storage.metrics.on_time import METRIC as ON_TIME
from storage.metrics.on_time import days_late
from storage.metrics.otif import METRIC, holds, how_missed, on_time
from storage.metrics.otif import misses as ways_of

MONTHS, FEWEST_POINTS = 6, 3
MUCH = 0.1


def by_dimension(
    seen: Deliveries, dimension: str, due: Sequence[Due], before: Sequence[Due]
) -> Table:
    """A row for each value, the worst first, those with too few lines to tell last."""
    groups, old = split(due, dimension), split(before, dimension)
    whole = seen.share(due, _both(seen))
    found = {value: seen.share(lines, _both(seen)) for value, lines in groups.items()}
    ranked = sorted(groups, key=lambda value: _rank(found[value], len(groups[value]), value))
    rows = [
        _row(seen, name_of(value), groups[value], seen.share(old.get(value, ()), _both(seen)))
        for value in ranked
    ]
    bold = {
        at for at, value in enumerate(ranked)
        if len(groups[value]) >= FEW and _is_worse(found[value], whole)
    }  # fmt: skip
    topic = topic_of(dimension, seen.asked.topic)
    return Table(_columns(seen, dimension.capitalize(), topic), tuple(rows), frozenset(bold),
                 len(rows), keys_of(ranked))  # fmt: skip


def by_month(seen: Deliveries) -> Table:
    """A row for each of the last months and the one that runs, the newest first."""
    rows = []
    months = _months(seen)
    for number, (start, end) in enumerate(months):
        lines = seen.due_between(start, end).lines
        earlier = seen.due_between(*months[number - 1]).lines if number else ()
        rows.append(_row(seen, f"{start:%b %Y}", lines, seen.share(earlier, _both(seen))))
    columns = _columns(seen, "Month due", seen.asked.topic)
    return Table(columns, tuple(reversed(rows)), total=len(rows))


def chart(seen: Deliveries) -> Chart | None:
    """The shares of the last months in percent; a month of too few lines is left open."""
    months = _months(seen)
    due = [seen.due_between(*month).lines for month in months]
    both, in_time = (
        tuple(_drawn(seen, lines, test) for lines in due) for test in (_both(seen), _in_time(seen))
    )
    if sum(value is not None for value in both) < FEWEST_POINTS:
        return None
    return Chart(
        "line",
        f"Of {'the value' if seen.asked.level == 'value' else seen.asked.level + 's'} due, percent",
        tuple(f"{start:%b %Y}" for start, _ in months),
        _series(both, in_time),
        "revenue" if seen.asked.level == "value" and not seen.asked.is_supply else seen.asked.topic,
        "%",
    )


def _series(
    both: tuple[float | None, ...], in_time: tuple[float | None, ...]
) -> tuple[Series, ...]:
    """On time stands beside OTIF where it is not the same throughout."""
    drawn = Series("on time and in full", both)
    return (drawn,) if both == in_time else (drawn, Series("on time", in_time))


def misses(seen: Deliveries, due: Sequence[Due]) -> Table | None:
    """The lines that were missed, those late the longest first; null where none was."""
    asked, today = seen.asked, seen.ask.today
    found = [
        (one, day, how)
        for one in due
        if (how := how_missed(one, "due", asked.tolerance)) and (day := one.day())
    ]
    found.sort(key=lambda miss: (-days_late(miss[0], miss[1], today), miss[1], miss[0].key))
    if not found:
        return None
    has_party = not asked.parties
    rows: list[tuple[Value, ...]] = [
        (one.number, name_of(one.party if has_party else one.item), day.isoformat(),
         days_late(one, day, today), one.wanted(day) - one.came_by(day), how)
        for one, day, how in found
    ]  # fmt: skip
    second = (
        Column(asked.party.capitalize(), asked.topic) if has_party else Column("Item", "supply")
    )
    columns = (
        Column("Order", asked.topic),
        second,
        Column("Due", asked.topic),
        Column("Days late", asked.topic, "d", ON_TIME.id),
        Column("Missing on the day", asked.topic, "", IN_FULL.id),
        Column("What happened", asked.topic),
    )
    bold = frozenset(at for at, (one, _, _) in enumerate(found) if one.is_open)
    kind: Kind = "purchaseline" if asked.is_supply else "salesline"
    keys = tuple(entity(kind, one.key) for one, _, _ in found)
    return Table(columns, tuple(rows), bold, len(rows), keys, is_fleeting=True)


def _row(seen: Deliveries, name: str, lines: Sequence[Due], before: Share) -> tuple[Value, ...]:
    ways = ways_of(lines, "due", seen.asked.tolerance)
    late = ways["late"] + ways["not come"] + ways["called off"]
    both = seen.share(lines, _both(seen))
    return name, both.rate, before.rate, late, ways["short"], len(lines)


def _columns(seen: Deliveries, first: str, topic: Topic) -> tuple[Column, ...]:
    of = seen.asked.topic
    weighed: Topic = "revenue" if seen.asked.level == "value" and of == "customers" else of
    return (
        Column(first, topic),
        Column("OTIF", weighed, "share", METRIC.id),
        Column("Before", weighed, "share", METRIC.id),
        Column("Late", of, "", ON_TIME.id),
        Column("Short", of, "", IN_FULL.id),
        Column("Lines", of, "", METRIC.id),
    )


def _rank(found: Share, lines: int, value: Named | str | None) -> tuple[bool, float, int, str]:
    return (
        found.rate is None or lines < FEW,
        1.0 if found.rate is None else found.rate,
        -lines,
        name_of(value),
    )


def _is_worse(found: Share, whole: Share) -> bool:
    """Whether it is worse than the whole beyond chance."""
    if found.rate is None or whole.rate is None:
        return False
    if found.high is None:
        return found.rate < whole.rate - MUCH
    return found.high < whole.rate


def _drawn(seen: Deliveries, lines: Sequence[Due], test: Callable[[Due], bool]) -> float | None:
    if len(lines) < FEW or (rate := seen.share(lines, test).rate) is None:
        return None
    return round(100 * rate, 1)


def _months(seen: Deliveries) -> list[tuple[date, date]]:
    starts = month_starts(MONTHS, seen.ask.today)
    return list(zip(starts, [*starts[1:], seen.ask.today], strict=True))


def first_month(today: date) -> date:
    """The day from which on the chart and the table of months look."""
    return month_starts(MONTHS, today)[0]


def _both(seen: Deliveries) -> Callable[[Due], bool]:
    return holds("due", seen.asked.tolerance)


def _in_time(seen: Deliveries) -> Callable[[Due], bool]:
    return on_time("due", seen.asked.tolerance)
