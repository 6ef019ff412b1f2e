"""Customers listed where no fit tells chances: by their order gaps, or by signals alone."""

from collections.abc import Sequence

from commands._churn_words import stands_out, yearly
from commands._contract import Column, Table, Value
from storage.entities import entity
from storage.metrics._order_gaps import HORIZON
from storage.metrics.churn import METRIC, Standing


def table(shown: Sequence[Standing]) -> Table:
    """The customers to look at; a column of risks only where there are any."""
    has_risk = any(one.risk is not None for one in shown)
    money, unit = yearly(shown)
    columns = [
        Column("Customer", "customers"),
        Column("Last order", "customers"),
        Column("Usual gap", "customers", "d", METRIC.id),
        Column("Last 12 months", "revenue", unit, METRIC.id),
        Column("What stands out", "customers"),
    ]
    rows: list[tuple[Value, ...]] = [
        (one.customer.name, one.rhythm.last.isoformat() if one.rhythm else None,
         one.rhythm.usual if one.rhythm else None, sum_, stands_out(one))
        for one, sum_ in zip(shown, money, strict=True)
    ]  # fmt: skip
    if has_risk:
        columns.insert(1, Column(f"No order in {HORIZON} d", "customers", "share", METRIC.id))
        risks = [one.risk for one in shown]
        rows = [(row[0], risk, *row[1:]) for row, risk in zip(rows, risks, strict=True)]
    bold = frozenset(at for at, one in enumerate(shown) if one.counted > 1)
    keys = tuple(entity("customer", one.customer.key) for one in shown)
    return Table(tuple(columns), tuple(rows), bold, len(shown), keys, is_fleeting=not has_risk)


def shows(shown: Sequence[Standing], *, has_risk: bool) -> str:
    """What the list is of, in a sentence."""
    if not shown:
        return "Nothing stands out about any customer."
    if has_risk:
        return f"The {len(shown)} least likely to order, and what stands out:"
    flagged = sum(1 for one in shown if one.counted)
    suspended = len(shown) - flagged
    plural = "customers show" if flagged > 1 else "customer shows"
    text = f"{flagged} {plural} what usually comes before" if flagged else "Nobody shows a signal"
    waits = "wait" if suspended > 1 else "waits"
    owed = f"; {suspended} only {waits} for a late order of ours" if suspended else ""
    return f"{text}{owed}:"
