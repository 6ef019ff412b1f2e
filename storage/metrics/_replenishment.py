"""What is to come of each item, by purchase or production, and how long a new order takes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Protocol

from storage.curves import Curve
from storage.forecasts._orders import DIMENSIONS, named
from storage.known.making import Making
from storage.known.purchases import Line
from storage.links import Key
from storage.metrics._durations import Duration, Span
from storage.metrics._durations import now as these_days
from storage.metrics.lead_time import spans

ENOUGH = 5


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
    """Lead times of purchases and production these days, by item; made when first asked for."""

    def __init__(self, lines: Iterable[Line], makes: Iterable[Making], today: date) -> None:
        self.today = today
        self._bought: dict[Key, list[Line]] = defaultdict(list)
        self._sent: dict[Key, list[Line]] = defaultdict(list)
        self._made: dict[Key, list[Making]] = defaultdict(list)
        self._found: dict[Key, ItemLead] = {}
        self._wider: dict[frozenset[Key], Duration] = {}
        for line in lines:
            if line.item:
                self._bought[line.item.source, line.item.ref].append(line)
            if line.supplier:
                self._sent[line.supplier.source, line.supplier.ref].append(line)
        for make in makes:
            if make.item:
                self._made[make.item.source, make.item.ref].append(make)

    def of(self, item: Key) -> ItemLead:
        if item not in self._found:
            self._found[item] = self._measured(item)
        return self._found[item]

    def own_production(self, item: Key) -> tuple[int, Duration] | None:
        """How many production orders an item has, and how long they take; null with too few."""
        theirs = production_spans(self._made.get(item, []))
        return (len(theirs), these_days(theirs, self.today)) if len(theirs) >= ENOUGH else None

    def _measured(self, item: Key) -> ItemLead:
        return next((one for one in self._ways(item) if is_enough(one)), ItemLead(None, None))

    def _ways(self, item: Key) -> Iterator[ItemLead]:
        """Its own purchases and production, what there is more of first; then its suppliers."""
        bought, made = self._bought.get(item, []), self._made.get(item, [])
        own: list[tuple[list[Span], str]] = [
            (spans(bought), "item"), (production_spans(made), "production"),
        ]  # fmt: skip
        for theirs, of in sorted(own, key=lambda way: -len(way[0])):
            if len(theirs) >= ENOUGH:
                yield ItemLead(these_days(theirs, self.today), of)
        suppliers = {(one.supplier.source, one.supplier.ref) for one in bought if one.supplier}
        if suppliers:
            yield ItemLead(self._of_suppliers(frozenset(suppliers)), "supplier")

    def _of_suppliers(self, suppliers: frozenset[Key]) -> Duration:
        if suppliers not in self._wider:
            lines = [line for who in sorted(suppliers) for line in self._sent[who]]
            self._wider[suppliers] = these_days(spans(lines), self.today)
        return self._wider[suppliers]


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


def is_enough(one: ItemLead) -> bool:
    """Whether enough orders tell it."""
    return one.duration is not None and one.duration.n >= ENOUGH and one.p90 is not None
