"""How often a year is the stock sold or used up, and for how many days does it last?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session

from commands import (
    Answer,
    Ask,
    Basis,
    Chart,
    Column,
    Command,
    FollowUp,
    Notice,
    Reading,
    Sentence,
    Series,
    Table,
    Value,
)
from commands._basis import basis
from commands._grammar import Query, read
from commands._money import column, readings, said
from commands._stock_seen import Shelf, left_out, no_stock, shelf
from commands._stock_words import days
from commands._turning import Turning, turning
from storage.metrics import days_of_inventory, holding_cost
from storage.metrics.turnover import FEWEST_DAYS, METRIC, Turn

CHANGED, SLOW = 0.15, 2.0


@dataclass(frozen=True)
class _Found:
    """The turnover of all that is asked about, in the window and before."""

    query: Query
    shelf: Shelf
    turning: Turning
    now: Turn
    before: Turn
    rate: Decimal | None


def answer(session: Session, ask: Ask, words: Sequence[str]) -> Answer | Notice:
    query = read(
        session, ask, words, command=COMMAND.name, kinds=("item", "category"),
        by=METRIC.dimensions, days=365,
    )  # fmt: skip
    if isinstance(query, Notice):
        return query
    seen = shelf(session, ask, query)
    if not seen.stock:
        return no_stock(query)
    found = turning(session, ask, query, seen)
    now = found.turn(found.held, found.now, _fewest(found))
    if now.n == 0:
        return _too_young(query, seen, now)
    before = found.turn(found.held, found.before)
    return _answer(session, ask, _Found(query, seen, found, now, before, ask.carry_rate))


def _fewest(found: Turning) -> int:
    """A window that was asked for counts however short it is, if all of it is known."""
    return min(FEWEST_DAYS, max(1, (found.now[1] - found.now[0]).days + 1))


def _answer(session: Session, ask: Ask, found: _Found) -> Answer:
    return Answer(
        title=f"Turnover {found.query.label}".strip(),
        summary=Sentence(_summary(found), ("supply",)),
        detail=(Sentence(_compared(found), ("supply",)),),
        readings=_readings(found),
        chart=_chart(found.turning),
        table=_by_month(found.turning) if found.query.by == "month" else _table(found),
        evidence=found.turning.evidence() if ask.wants_evidence else None,
        basis=_basis(session, ask, found),
        notes=tuple(Sentence(text, ("supply",)) for text in _notes(found)),
        follow_ups=_follow_ups(found.query),
    )


def _summary(found: _Found) -> str:
    now, who = found.now, found.query.label or "Stock"
    lying = f"{said(now.average)} of stock on average"
    if now.turns is None:
        if len(now.average.by_currency) > 1 or len(now.cost.by_currency) > 1:
            return f"**{who}: no one figure** without rates of exchange: {lying}."
        return f"**{who}: nothing lay there** {found.query.when}, so nothing turned."
    if now.turns <= 0:
        return f"**{who}: nothing was sold** {found.query.when}; {lying}."
    lasts = days(days_of_inventory.days(now))
    return f"**{who} turns {now.turns:.1f} times a year** ({lasts} of inventory); {lying}."


def _compared(found: _Found) -> str:
    now, before, label = found.now.turns, found.before.turns, found.query.prior.label
    if before is None or now is None:
        return f"Too little is known {label} to compare with."
    if abs(now - before) < CHANGED * max(before, 0.1):
        return f"● About as {label}: {before:.1f} times a year then."
    word = "▼ slower" if now < before else "▲ faster"
    return f"{word} than {label}: {before:.1f} times a year then."


def _readings(found: _Found) -> tuple[Reading, ...]:
    now, before = found.now, found.before
    cost = holding_cost.holding_cost(now.average, found.rate)
    share = holding_cost.ASSUMED if found.rate is None else found.rate
    holding = "holding cost a year" + (f", assumed {share:.0%}" if found.rate is None else "")
    last = found.turning.value_on(found.turning.now[1])
    return (
        Reading("turnover", now.turns, "×/y", "supply", METRIC.id),
        Reading(
            "days of inventory", days_of_inventory.days(now), "d", "supply",
            days_of_inventory.METRIC.id,
        ),
        Reading("turnover before", before.turns, "×/y", "supply", METRIC.id),
        *readings("cost of goods a year", now.cost, "supply", METRIC.id),
        *readings("average stock", now.average, "supply", METRIC.id),
        *(readings("stock at the end", last, "supply", METRIC.id) if last.by_currency else ()),
        *readings(holding, cost, "supply", holding_cost.METRIC.id),
    )  # fmt: skip


def _chart(found: Turning) -> Chart | None:
    """What the stock was worth at the end of each month of the window, in its one currency."""
    ends = [last for _, last in reversed(found.months())]
    values = [found.value_on(day) for day in ends]
    codes = {code for sums in values for code in sums.by_currency}
    if len(codes) != 1 or sum(sums.single is not None for sums in values) < 3:
        return None
    points = tuple(float(sums.single[0]) if sums.single else None for sums in values)
    labels = tuple(f"{day:%-d %b %y}" for day in ends)
    series = (Series("stock at cost", points),)
    return Chart("line", "Stock at cost at the end of each month", labels, series, "supply",
                 codes.pop())  # fmt: skip


def _table(found: _Found) -> Table:
    query, seen = found.query, found.turning
    dimension = query.by or ("item" if query.named else "category")
    groups = seen.split(dimension)
    way = seen.of_items or dimension in ("item", "category")
    turns = {name: seen.turn(stock, seen.now, _fewest(seen), of_items=way)
             for name, stock in groups.items()}  # fmt: skip
    ranked = sorted(groups, key=lambda name: (-_weight(turns[name]), name))
    before = [seen.turn(groups[name], seen.before, of_items=way).turns for name in ranked]
    average, unit = column([turns[name].average for name in ranked])
    cost, cost_unit = column([turns[name].cost for name in ranked])
    rows: list[tuple[Value, ...]] = [
        (name, _round(turns[name].turns), days_of_inventory.days(turns[name]), lying, spent,
         _round(then))
        for name, lying, spent, then in zip(ranked, average, cost, before, strict=True)
    ]  # fmt: skip
    whole = days_of_inventory.days(found.now)
    bold = frozenset(
        at for at, row in enumerate(rows)
        if whole and isinstance(row[2], float) and row[2] > SLOW * whole
    )  # fmt: skip
    columns = _columns(dimension.capitalize(), unit, cost_unit)
    return Table((*columns, Column("Before", "supply", "×/y", METRIC.id)), tuple(rows), bold,
                 len(rows))  # fmt: skip


def _by_month(found: Turning) -> Table:
    months = found.months()
    turns = [found.turn(found.held, days_, 1) for days_ in months]
    average, unit = column([one.average for one in turns])
    cost, cost_unit = column([one.cost for one in turns])
    rows: list[tuple[Value, ...]] = [
        (f"{first:%b %Y}", _round(one.turns), days_of_inventory.days(one), lying, spent)
        for (first, _), one, lying, spent in zip(months, turns, average, cost, strict=True)
    ]
    return Table(_columns("Month", unit, cost_unit), tuple(rows), total=len(rows))


def _columns(first: str, unit: str, cost_unit: str) -> tuple[Column, ...]:
    return (
        Column(first, "supply"),
        Column("Turns", "supply", "×/y", METRIC.id),
        Column("Lasts", "supply", "d", days_of_inventory.METRIC.id),
        Column("Average", "supply", unit, METRIC.id),
        Column("Cost a year", "supply", cost_unit, METRIC.id),
    )


def _basis(session: Session, ask: Ask, found: _Found) -> tuple[Basis, ...]:
    window = found.query.window
    notes = [*left_out(found.shelf)]
    if found.now.unvalued:
        notes.append(Sentence(f"{found.now.unvalued} without a cost, left out", ("supply",)))
    if found.now.young:
        notes.append(Sentence(f"{found.now.young} known for too few days", ("supply",)))
    made = [
        basis(session, ask, metric, window.start, window.end, n=found.now.n,
              notes=tuple(notes) if metric is METRIC else ())
        for metric in (METRIC, days_of_inventory.METRIC, holding_cost.METRIC)
    ]  # fmt: skip
    return tuple(made)


def _notes(found: _Found) -> list[str]:
    notes = []
    if found.query.by in (None, "item", "category"):
        notes.append("Of items and categories what production used up counts too.")
    if found.rate is None:
        notes.append("20 % a year for holding stock is an assumption: set carry_rate to yours.")
    since, first = found.shelf.known_from, found.turning.now[0]
    if since and since > first:
        notes.append(f"Stock is known from {since.isoformat()} on, and counted from then.")
    return notes


def _follow_ups(query: Query) -> tuple[FollowUp, ...]:
    name = f" {query.label}" if query.named else ""
    window = f" {query.window.label}" if query.is_named else ""
    others = [one for one in ("item", "month", "site") if one != query.by]
    ups = [FollowUp(f"By {one}", f"turnover{name} by {one}{window}") for one in others[:2]]
    return (*ups, FollowUp("What runs out", f"stock{name} at risk"), FollowUp("Cash", "cash"))


def _too_young(query: Query, seen: Shelf, now: Turn) -> Notice:
    if now.unvalued:
        return Notice(
            f"No cost is known of {query.label or 'any item'}",
            "It needs the value of the stock or a unit cost of each item.",
            (FollowUp("Data status", "status"),),
        )
    since = seen.known_from or date.min
    ready = since + timedelta(days=FEWEST_DAYS)
    return Notice(
        f"Turnover is n/a until {ready.isoformat()}",
        f"Stock is known from {since.isoformat()} on, and {FEWEST_DAYS} days of it are needed."
        " With stock moves its past can be rebuilt.",
        (FollowUp("What is on hand", "stock"), FollowUp("Data status", "status")),
    )


def _weight(found: Turn) -> Decimal:
    return max(found.average.by_currency.values(), default=Decimal(0))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


COMMAND = Command(
    name="turnover",
    summary="How often a year stock is sold or used up, its days of inventory and its value.",
    usage="turnover [item or category] [by item | category | site | month] [window] [in site]",
    examples=("turnover", "turnover by item", "turnover by month"),
    topics=("supply",),
    answer=answer,
    synonyms=("turns", "inventory turnover", "stock turnover", "days of inventory", "dio"),
    asks=(
        "inventory turnover",
        "how often does our stock turn over",
        "how many days of inventory do we hold",
        "stock turns",
    ),
)
