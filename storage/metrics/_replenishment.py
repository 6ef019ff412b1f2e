"""What is to come of each item, by purchase or production, and how long a new order takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Protocol

import numpy as np

from storage.curves import Curve
from storage.forecasts._orders import DIMENSIONS, named
from storage.known import Named
from storage.known.columns import Lines
from storage.known.making import Making
from storage.known.purchases import Line
from storage.links import Key
from storage.metrics import _durations_by, expected_arrival
from storage.metrics._durations import Duration, Span
from storage.metrics._durations import now as these_days
from storage.metrics.lead_time import columns

ENOUGH = 5
WIDE = 1 << 32


@dataclass(frozen=True)
class Due:
    """What an open purchase line or production order will bring.

    `on`: its promise or planned end, or where that is past or was never given the day by which
    half of such orders have come; null where that can't be told. `begun_on`: when it was ordered;
    `names`: those of its order, by the dimensions of lead times; it `is_made`, or bought by that
    `order`.
    """

    key: Key
    item: Key
    site: str | None
    qty: Decimal
    on: date | None
    is_promise: bool
    begun_on: date
    names: Mapping[str, str] = field(default_factory=dict)
    is_made: bool = False
    order: Key | None = None


@dataclass(frozen=True)
class ItemLead:
    """How long a new order of an item takes: of its own purchases, of its production, or of all
    that its suppliers sent where it has fewer than `ENOUGH`; null where none has.

    One that `is_fitted` is of the nearest part of the company whose orders carry its curve.
    """

    duration: Duration | None
    of: str | None
    is_fitted: bool = False

    @property
    def p90(self) -> float | None:
        return self.duration.p90 if self.duration else None


class Leads(Protocol):
    """Tells how long a new order of an item takes."""

    def of(self, item: Key) -> ItemLead: ...


class Curves(Protocol):
    """Tells the curve that an open purchase follows; null where none is known."""

    def curve(self, line: Line) -> Curve | None: ...


class ItemLeads:
    """Lead times of purchases and production these days, by item; those of all purchases are made
    when the first item is asked for."""

    def __init__(self, bought: Lines, makes: Iterable[Making], today: date) -> None:
        self.today, self._bought = today, bought
        self._made: dict[Key, list[Making]] = defaultdict(list)
        for make in makes:
            if make.item:
                self._made[make.item.source, make.item.ref].append(make)
        self._found: dict[Key, ItemLead] = {}
        self._own: dict[Key, tuple[int, Duration]] | None = None
        self._suppliers: dict[Key, frozenset[Key]] = {}
        self._wider: dict[frozenset[Key], Duration] = {}

    def of(self, item: Key) -> ItemLead:
        if item not in self._found:
            self._found[item] = self._measured(item)
        return self._found[item]

    def _measured(self, item: Key) -> ItemLead:
        if self._own is None:
            self._own = self._all()
            self._suppliers = _senders(self._bought)
        count, own = self._own.get(item, (0, None))
        made = production_spans(self._made.get(item, ()))
        ways = [(count, ItemLead(own, "item"))] if own and count >= ENOUGH else []
        if len(made) >= ENOUGH:
            ways.append((len(made), ItemLead(these_days(made, self.today), "production")))
        # what there is more of first
        for _, one in sorted(ways, key=lambda way: -way[0]):
            if _is_enough(one):
                return one
        wider = ItemLead(self._of_suppliers(self._suppliers.get(item, frozenset())), "supplier")
        return wider if _is_enough(wider) else ItemLead(None, None)

    def _all(self) -> dict[Key, tuple[int, Duration]]:
        split = self._bought.by("item")
        found = _durations_by.now(columns(self._bought, split), self.today.toordinal())
        return {
            (item.source, item.ref): (count, one)
            for item, count, one in zip(split.values, split.counts, found, strict=True)
            if isinstance(item, Named)
        }

    def _of_suppliers(self, suppliers: frozenset[Key]) -> Duration | None:
        if not suppliers:
            return None
        if suppliers not in self._wider:
            lines = self._bought.of("supplier", suppliers)
            (self._wider[suppliers],) = _durations_by.now(columns(lines), self.today.toordinal())
        return self._wider[suppliers]


class SupplierCurves:
    """The curve that an open purchase follows these days: its supplier's, or the company's where
    the supplier has fewer than `expected_arrival.ENOUGH` under way."""

    def __init__(self, bought: Lines, today: date) -> None:
        day, split = today.toordinal(), bought.by("supplier")
        (self._company,) = _durations_by.now(columns(bought), day)
        found = _durations_by.now(columns(bought, split), day)
        self._curves = {
            (who.source, who.ref): one.curve
            for who, one in zip(split.values, found, strict=True)
            if isinstance(who, Named) and one.n >= expected_arrival.ENOUGH
        }

    def curve(self, line: Line) -> Curve | None:
        who = (line.supplier.source, line.supplier.ref) if line.supplier else None
        found = (self._curves.get(who) if who else None) or self._company.curve
        return found if found.times else None


def _senders(bought: Lines) -> dict[Key, frozenset[Key]]:
    """By item all suppliers of which it was ordered."""
    items, suppliers = bought.by("item"), bought.by("supplier")
    pairs = np.unique(items.places * WIDE + suppliers.places)
    found: dict[Key, set[Key]] = {}
    for at, by in zip((pairs // WIDE).tolist(), (pairs % WIDE).tolist(), strict=True):
        item, who = items.values[at], suppliers.values[by]
        if isinstance(item, Named) and isinstance(who, Named):
            found.setdefault((item.source, item.ref), set()).add((who.source, who.ref))
    return {item: frozenset(theirs) for item, theirs in found.items()}


def production_spans(makes: Iterable[Making]) -> list[Span]:
    """Production orders from release (else start) to their end; drafts are none."""
    return [
        Span(make.key, begun, make.finished_on, make.cancelled_on)
        for make in makes
        if (begun := make.released_on or make.started_on)
    ]


def dues(
    lines: Iterable[Line], makes: Iterable[Making], leads: Leads, today: date,
    lead_times: Curves,
) -> list[Due]:  # fmt: skip
    """What is still to come, soonest first, what has no day last; `lead_times` are of purchases."""
    found = [
        _purchased(line, lead_times, today)
        for line in lines
        if line.is_open and line.item and line.qty > line.received
    ]
    for make in makes:
        begun = make.released_on or make.started_on
        if make.item and begun and make.rest > 0:
            found.append(_made(make, begun, leads, today))
    return sorted(found, key=lambda one: (one.on or date.max, one.key))


def _purchased(line: Line, lead_times: Curves, today: date) -> Due:
    assert line.item is not None
    item, rest = (line.item.source, line.item.ref), line.qty - line.received
    names = {one: named(getattr(line, one)) for one in DIMENSIONS}
    on, is_promise = line.promised_on, True
    if on is None or on < today:
        on, is_promise = _half_by(lead_times.curve(line), line.ordered_on, today), False
    return Due(
        line.key, item, line.site, rest, on, is_promise, line.ordered_on, names, order=line.order
    )


def _made(make: Making, begun: date, leads: Leads, today: date) -> Due:
    assert make.item is not None
    item, plan = (make.item.source, make.item.ref), make.planned_finish_on
    names = {"item": named(make.item)}
    if plan and plan >= today:
        return Due(make.key, item, make.site, make.rest, plan, True, begun, names, True)
    lead = leads.of(item)
    curve = lead.duration.curve if lead.duration and lead.of == "production" else None
    on = _half_by(curve, begun, today)
    return Due(make.key, item, make.site, make.rest, on, False, begun, names, True)


def _half_by(curve: Curve | None, begun: date, today: date) -> date | None:
    """The day by which half of those as old have come."""
    age = max(0, (today - begun).days)
    days = curve.quantile_after(0.5, age) if curve else None
    return None if days is None else begun + timedelta(days=ceil(days))


def _is_enough(one: ItemLead) -> bool:
    return one.duration is not None and one.duration.n >= ENOUGH and one.p90 is not None
