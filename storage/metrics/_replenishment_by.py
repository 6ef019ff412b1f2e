"""The lead times of `_replenishment`, of very many items at once: the same figures from columns."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from storage.curves import Curve
from storage.known import Named
from storage.known.columns import Lines
from storage.known.making import Making
from storage.known.purchases import Line
from storage.links import Key
from storage.metrics import _durations_by
from storage.metrics._durations import Duration
from storage.metrics._replenishment import ItemLead, ItemLeads, is_enough
from storage.metrics.expected_arrival import ENOUGH as FEWEST
from storage.metrics.lead_time import columns

WIDE = 1 << 32


class LeadsBy:
    """As `ItemLeads` tells them; figures of all items are made when the first is asked for."""

    def __init__(self, bought: Lines, makes: Iterable[Making], today: date) -> None:
        self.today, self._bought = today, bought
        self._made = ItemLeads((), makes, today)
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
        made = self._made.own_production(item)
        ways = [(count, ItemLead(own, "item"))] if own else []
        ways += [(made[0], ItemLead(made[1], "production"))] if made else []
        for _, one in sorted(ways, key=lambda way: -way[0]):
            if is_enough(one):
                return one
        wider = ItemLead(self._of_suppliers(self._suppliers.get(item, frozenset())), "supplier")
        return wider if is_enough(wider) else ItemLead(None, None)

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


class CurvesBy:
    """The curve that an open purchase follows these days, as `LeadTimes` has it without a fit."""

    def __init__(self, bought: Lines, today: date) -> None:
        day, split = today.toordinal(), bought.by("supplier")
        (self._company,) = _durations_by.now(columns(bought), day)
        found = _durations_by.now(columns(bought, split), day)
        self._curves = {
            (who.source, who.ref): one.curve
            for who, one in zip(split.values, found, strict=True)
            if isinstance(who, Named) and one.n >= FEWEST
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
