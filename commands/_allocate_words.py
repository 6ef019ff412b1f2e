"""How two splits of what is scarce are told side by side."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commands._contract import Column, Reading, Sentence, Table, Value
from commands._supply_words import day, late
from storage.metrics.allocation import METRIC, SOON, Coming, Split, Waiting

ZERO = Decimal(0)


@dataclass(frozen=True)
class Case:
    """What waits and what comes of the items of one name, and the two splits of it."""

    name: str
    today: date
    waiting: tuple[Waiting, ...]
    coming: tuple[Coming, ...]
    first: Split
    proposal: Split

    def change(self, one: Waiting) -> int | None:
        """Days by which the proposal fills a line later than first come does; null where either
        doesn't fill it."""
        then, now = self.first.by[one.line.key], self.proposal.by[one.line.key]
        return (now - then).days if then and now else None

    def differs(self, one: Waiting) -> bool:
        return self.first.by[one.line.key] != self.proposal.by[one.line.key]


def summary(case: Case) -> str:
    count = len(case.waiting)
    wait = "1 order waits" if count == 1 else f"{count} orders wait"
    kept, would = case.proposal.kept(case.waiting), case.first.kept(case.waiting)
    dated = sum(1 for one in case.waiting if one.due)
    of = f"{wait} for {case.name}"
    if not dated:
        return f"**{of}**, none with a promise or a day asked for."
    if not any(map(case.differs, case.waiting)):
        return f"**{of}; first come is as good as any split**: it keeps {kept} of {dated} promises."
    if kept > would:
        return (
            f"**{of}; another split keeps {kept} of {dated} promises**, first come keeps {would}."
        )
    if not kept:
        return f"**{of}; no split keeps any of {dated} promises**: the proposal says who is first."
    return (
        f"**{of}; no split keeps more than {kept} of {dated} promises**: the proposal says who of"
        " the others is first."
    )


def in_sight(case: Case) -> str:
    here = sum((one.qty for one in case.coming if one.supply.kind == "stock"), ZERO)
    rest = [one for one in case.coming if one.supply.kind != "stock"]
    wanted = sum((one.qty for one in case.waiting), ZERO)
    text = f"{wanted:g} are wanted; {here:g} in stock"
    if not rest:
        return f"{text}, nothing more is to come."
    first = min((one.on for one in rest if one.on), default=None)
    when = f", the first by {day(first, case.today)}" if first else ""
    return f"{text}, {sum((one.qty for one in rest), ZERO):g} to come{when}."


def changes(case: Case) -> str:
    """What the proposal changes for the orders."""
    parts = [*_moved(case), *_seen(case)]
    if not parts:
        return "No order would be filled on another day."
    return f"Against first come it fills {'; '.join(parts)}."


def _moved(case: Case) -> list[str]:
    """How many lines are filled sooner and later, and which most."""
    moved = [(days, one.line.number) for one in case.waiting if (days := case.change(one))]
    parts = []
    for sign, word in ((-1, "sooner"), (1, "later")):
        some = [(abs(days), number) for days, number in moved if days * sign > 0]
        if some:
            most, number = max(some)
            parts.append(f"{len(some)} {word}, {number} most (by {most} d)")
    return parts


def _seen(case: Case) -> list[str]:
    """How many lines one of the splits fills and the other doesn't."""
    pairs = [(case.first.by[one.line.key], case.proposal.by[one.line.key]) for one in case.waiting]
    newly = sum(1 for then, now in pairs if now and not then)
    lost = sum(1 for then, now in pairs if then and not now)
    parts = [f"{newly} that first come leaves out"] if newly else []
    return [*parts, f"but not {lost} that first come fills"] if lost else parts


def readings(case: Case) -> tuple[Reading, ...]:
    sight = sum((one.qty for one in case.coming), ZERO)
    unmet = sum(1 for one in case.waiting if case.proposal.by[one.line.key] is None)
    waits = [
        ("orders waiting", len(case.waiting)),
        ("promises kept, proposed", case.proposal.kept(case.waiting)),
        ("promises kept, first come", case.first.kept(case.waiting)),
        ("orders that supply in sight can't fill", unmet),
    ]
    return (
        *(Reading(name, value, "", "customers", METRIC.id) for name, value in waits),
        Reading("quantity in sight", sight, "", "supply", METRIC.id),
    )


def table(case: Case, currency: str) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            f"{one.line.number} {one.line.customer.name if one.line.customer else 'unknown'}",
            _stands(case, one), _by(case.first, one, case.today),
            _by(case.proposal, one, case.today), case.change(one), one.revenue,
        )
        for one in case.waiting
    ]  # fmt: skip
    columns = (
        Column("Order", "customers"),
        Column("Waits", "customers"),
        Column("First come", "customers"),
        Column("Proposed", "customers"),
        Column("Change", "customers", "d", METRIC.id),
        Column("12 months", "revenue", currency, METRIC.id),
    )
    bold = frozenset(at for at, one in enumerate(case.waiting) if case.differs(one))
    return Table(columns, tuple(rows), bold, len(rows))


def _stands(case: Case, one: Waiting) -> str:
    text = f"{one.qty:g}, {late(one.due, case.today)}"
    return f"{text}, notice by {day(one.notice_by, case.today)}" if one.notice_by else text


def _by(split: Split, one: Waiting, today: date) -> str:
    return day(split.by[one.line.key], today) or "not in sight"


def notes(case: Case) -> tuple[Sentence, ...]:
    notes = [
        Sentence("This is a proposal; nothing was changed, in no system.", ()),
        Sentence(
            "It keeps as many promises as can be kept, then serves notice deadlines within"
            f" {SOON} days, then revenue of 12 months.", (),
        ),
    ]  # fmt: skip
    if untold := [one for one in case.coming if one.on is None]:
        qty = sum((one.qty for one in untold), ZERO)
        text = f"{qty:g} more are to come on a day that can't be told, and fill nothing here."
        notes.append(Sentence(text, ("supply",)))
    return tuple(notes)
