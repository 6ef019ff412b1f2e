"""The orders that a question about production looks at: as a chart, as a table, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commands._contract import Ask, Chart, Column, Series, Table, Value
from commands._duration_words import is_slower
from commands._grammar import Query
from commands._making_seen import Open, stands, waits_for
from commands._supply import Supply
from commands._supply_words import by
from commands._window import Window, midnight, month_starts
from storage.known import Named
from storage.known.making import Making
from storage.metrics._durations import Duration
from storage.metrics.manufacturing_lead_time import (
    METRIC,
    Parts,
    behind,
    course,
    now,
    placed,
    split,
)

CHART_MONTHS, FEWEST_POINTS = 6, 3
STATES = {
    "ended": "finished", "cancelled": "cancelled", "open": "open",
    "absurd": "left out: finished before it was released",
}  # fmt: skip


@dataclass(frozen=True)
class Makes:
    """All orders that a question looks at, and the open ones among them."""

    ask: Ask
    query: Query
    every: list[Making]
    open: list[Open]
    chain: Supply

    @property
    def today(self) -> date:
        return self.ask.today

    @property
    def asked(self) -> list[Making]:
        return self.within(self.every, self.query.window) if self.query.is_named else self.every

    def within(self, makes: Sequence[Making], window: Window) -> list[Making]:
        return [
            one
            for one in makes
            if one.released_on
            and window.start <= midnight(one.released_on, self.ask.zone) < window.end
        ]

    def figures(self, makes: Sequence[Making]) -> Parts:
        if self.query.is_named:
            return placed(self.within(makes, self.query.window), self.today)
        return now(makes, self.today)

    def before(self, makes: Sequence[Making], since: date | None) -> Duration:
        """The same of the time before; `since`: where the time of these days begins."""
        if self.query.is_named:
            return placed(self.within(makes, self.query.prior), self.today).whole
        then = self.today - timedelta(days=365) if self.query.versus_year else since
        return course(makes, [then or self.today])[0]


def chart(seen: Makes) -> Chart | None:
    """How long production took at the beginning of each of the last months, and takes now."""
    days_ = _months(seen)
    found = course(seen.every, days_)
    if sum(one.median is not None and not one.is_thin for one in found) < FEWEST_POINTS:
        return None
    return Chart(
        "line",
        "Days from release to finish, 30 days to each date",
        tuple(f"{day:%-d %b}" for day in days_),
        (
            Series("median", tuple(None if one.is_thin else one.median for one in found)),
            Series("9 in 10 within", tuple(None if one.is_thin else one.p90 for one in found)),
        ),
        "supply",
        "d",
    )


def _months(seen: Makes) -> list[date]:
    return [*month_starts(CHART_MONTHS, seen.today), seen.today]


def table(seen: Makes, whole: Duration) -> Table | None:
    if seen.query.by == "month":
        return _by_month(seen)
    if seen.query.by or not seen.open:
        return _by(seen, seen.query.by or "item", whole)
    rows: list[tuple[Value, ...]] = [
        (
            one.make.number,
            f"{one.make.rest:g} × {one.make.item.name if one.make.item else 'unknown'}",
            stands(one, seen.today), waits_for(seen.chain, one),
            by(one.forecast, 0.5), by(one.forecast, 0.8),
        )
        for one in seen.open
    ]  # fmt: skip
    names = ("Order", "To make", "Stands", "Waits for", "Half by", "8 in 10 by")
    bold = frozenset(at for at, one in enumerate(seen.open) if one.waits)
    return Table(tuple(Column(name, "supply") for name in names), tuple(rows), bold, len(rows))


def _by(seen: Makes, dimension: str, whole: Duration) -> Table:
    groups = split(seen.every, dimension)
    found = {value: seen.figures(makes).whole for value, makes in groups.items()}
    ranked = sorted(
        (value for value in found if found[value].n),
        key=lambda value: (-found[value].n, _name(value)),
    )
    rows: list[tuple[Value, ...]] = []
    bold = set()
    for number, value in enumerate(ranked):
        figures, before = found[value], seen.before(groups[value], whole.since)
        rows.append(
            (_name(value), figures.median, figures.p90, before.median, figures.n, figures.open)
        )
        if is_slower(figures, before):
            bold.add(number)
    return Table(_columns(dimension.capitalize()), tuple(rows), frozenset(bold), len(rows))


def _by_month(seen: Makes) -> Table:
    """A row for each month's beginning and for today, the newest first."""
    days_ = _months(seen)
    found = course(seen.every, days_)
    rows = [
        (f"to {day:%-d %b %Y}", one.median, one.p90, before.median if before else None,
         one.n, one.open)
        for day, one, before in zip(days_, found, [None, *found], strict=False)
    ]  # fmt: skip
    return Table(_columns("30 days"), tuple(reversed(rows)), total=len(rows))


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column(first, "supply"),
        Column("Median", "supply", "d", METRIC.id),
        Column("9 in 10", "supply", "d", METRIC.id),
        Column("Before", "supply", "d", METRIC.id),
        Column("Orders", "supply", "", METRIC.id),
        Column("Open", "supply", "", METRIC.id),
    )


def evidence(seen: Makes, found: Duration) -> Table:
    """Orders by their release; what is open has not ended, and its days are its age."""
    rows: list[tuple[Value, ...]] = [
        (
            make.number, _name(make.item), make.site, _iso(make.released_on),
            _iso(make.started_on), None if one.state == "open" else one.until.isoformat(),
            STATES[one.state], None if one.state == "absurd" else one.days,
        )
        for one, make in behind(seen.asked, found, seen.today)
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[3], row[0]))
    columns = (
        *(Column(name, "supply") for name in
          ("Order", "Item", "Site", "Released", "Started", "Ended", "State")),
        Column("Days", "supply", "d", METRIC.id),
    )  # fmt: skip
    return Table(columns, tuple(rows), total=len(rows))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _name(value: Named | str | None) -> str:
    if value is None:
        return "unknown"
    return value.name if isinstance(value, Named) else value
