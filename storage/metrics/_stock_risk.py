"""Which items run out before more of them comes, given what is on order and how long it takes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Literal

from storage.known.purchases import Line
from storage.links import Key
from storage.metrics._durations import Duration
from storage.metrics.days_of_cover import Cover
from storage.metrics.expected_arrival import LeadTimes
from storage.metrics.lead_time import now

ENOUGH = 5


@dataclass(frozen=True)
class Due:
    """What an open purchase line will bring. `on`: its promise, or where that is past or was
    never given the day by which half of such orders have come; null where that can't be told."""

    item: Key
    site: str | None
    qty: Decimal
    on: date | None
    is_promise: bool
    line: Line


@dataclass(frozen=True)
class Risk:
    """An item at its stock, with the next receipt and the 9-in-10 lead time of a new order.

    state: out; short (runs out before the next receipt); unordered (nothing is on order and a new
    one may come too late); or fine, which it also is where nobody can tell.
    """

    cover: Cover
    next: Due | None
    state: Literal["out", "short", "unordered", "fine"]
    leads: "ItemLeads"

    @property
    def lead(self) -> "ItemLead":
        return self.leads.of(self.cover.key)

    @property
    def is_at_risk(self) -> bool:
        return self.state != "fine"

    @property
    def gap(self) -> int | None:
        """Days without stock until the next receipt; null where none has a day."""
        out = self.cover.runs_out_on
        return (self.next.on - out).days if out and self.next and self.next.on else None


@dataclass(frozen=True)
class ItemLead:
    """The lead time of an item: of its own purchases, or of all of its suppliers where it has
    fewer than `ENOUGH`; null where neither has."""

    duration: Duration | None
    of: Literal["item", "supplier"] | None

    @property
    def p90(self) -> float | None:
        return self.duration.p90 if self.duration else None


class ItemLeads:
    """Lead times of purchases these days, by item; each is made when it is first asked for."""

    def __init__(self, lines: Sequence[Line], today: date) -> None:
        self.today = today
        self._by_item: dict[Key, list[Line]] = defaultdict(list)
        self._by_supplier: dict[Key, list[Line]] = defaultdict(list)
        self._found: dict[Key, ItemLead] = {}
        self._wider: dict[frozenset[Key], Duration] = {}
        for line in lines:
            if line.item:
                self._by_item[line.item.source, line.item.ref].append(line)
            if line.supplier:
                self._by_supplier[line.supplier.source, line.supplier.ref].append(line)

    def of(self, item: Key) -> ItemLead:
        if item not in self._found:
            self._found[item] = self._measured(item)
        return self._found[item]

    def _measured(self, item: Key) -> ItemLead:
        own = self._by_item.get(item, [])
        found = now(own, self.today)
        if found.n >= ENOUGH and found.p90 is not None:
            return ItemLead(found, "item")
        suppliers = {(one.supplier.source, one.supplier.ref) for one in own if one.supplier}
        wider = self._of_suppliers(frozenset(suppliers))
        if wider.n >= ENOUGH and wider.p90 is not None:
            return ItemLead(wider, "supplier")
        return ItemLead(None, None)

    def _of_suppliers(self, suppliers: frozenset[Key]) -> Duration:
        if suppliers not in self._wider:
            lines = [line for who in sorted(suppliers) for line in self._by_supplier[who]]
            self._wider[suppliers] = now(lines, self.today)
        return self._wider[suppliers]


def dues(lines: Sequence[Line], today: date) -> list[Due]:
    """What is still to come of open purchase lines, soonest first, those without a day last."""
    lead_times = LeadTimes(lines, today)
    found = [
        _due(line, lead_times, today)
        for line in lines
        if line.is_open and line.item and line.qty > line.received
    ]
    return sorted(found, key=lambda one: (one.on or date.max, one.line.key))


def risks(covers: Iterable[Cover], due: Iterable[Due], leads: ItemLeads) -> list[Risk]:
    """Each item's risk, worst first: out, then by days of cover."""
    coming: dict[Key, list[Due]] = defaultdict(list)
    for one in due:
        coming[one.item].append(one)
    found = [_risk(cover, coming[cover.key], leads) for cover in covers]
    order: Mapping[str, int] = {"out": 0, "short": 1, "unordered": 1, "fine": 2}

    def rank(risk: Risk) -> tuple[int, float, str]:
        days = risk.cover.days
        return order[risk.state], float("inf") if days is None else days, risk.cover.item.name

    return sorted(found, key=rank)


def _risk(cover: Cover, coming: Sequence[Due], leads: ItemLeads) -> Risk:
    sites = {stock.site.name for stock in cover.stock if stock.site}
    here = [due for due in coming if due.site is None or not sites or due.site in sites]
    following = here[0] if here else None
    return Risk(cover, following, _state(cover, following, leads), leads)


def _state(
    cover: Cover, following: Due | None, leads: ItemLeads
) -> Literal["out", "short", "unordered", "fine"]:
    if cover.state == "out":
        return "out"
    days, out = cover.days, cover.runs_out_on
    if days is None:
        return "fine"
    if following and following.on:
        return "short" if out and out < following.on else "fine"
    p90 = leads.of(cover.key).p90
    if p90 is None or days >= p90:
        return "fine"
    # what is on order, and nobody knows for when, is no help
    return "short" if following else "unordered"


def _due(line: Line, lead_times: LeadTimes, today: date) -> Due:
    assert line.item is not None
    item, rest = (line.item.source, line.item.ref), line.qty - line.received
    if line.promised_on and line.promised_on >= today:
        return Due(item, line.site, rest, line.promised_on, True, line)
    curve, age = lead_times.curve(line), max(0, (today - line.ordered_on).days)
    days = curve.quantile_after(0.5, age) if curve else None
    on = None if days is None else line.ordered_on + timedelta(days=ceil(days))
    return Due(item, line.site, rest, on, False, line)
