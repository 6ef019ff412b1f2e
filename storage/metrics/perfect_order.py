"""Perfect orders: delivered on time and in full, and nobody complained of them by number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage.known.complaints import Complaint
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._due import STRICT, Due, Share, Target, Tolerance, per_order
from storage.metrics.on_time import METRIC as ON_TIME
from storage.metrics.otif import holds

METRIC = Metric(
    id="perfect-order",
    version=1,
    title="Perfect orders",
    formula=(
        "Orders of which every line due in the window was on time and in full, and whose number"
        " no ticket of that customer names, divided by all orders with a line due in the window."
        " Where no ticket names any order the figure is OTIF-based: condition is not known then."
    ),
    unit="share",
    better="higher",
    needs=("salesorder", "salesline", "shipment", "ticket"),
    dimensions=tuple(one for one in ON_TIME.dimensions if one != "supplier"),
    caveats=(
        "Whether papers were right and goods unharmed is known only as far as tickets tell.",
        "A ticket counts whatever it says of the order.",
        "It is counted order by order; a product of rates would only be an estimate.",
    ),
    synonyms=("perfect order", "perfect order fulfillment", "perfect order rate"),
)
WORD = re.compile(r"[\w/.-]*\w")


@dataclass(frozen=True)
class Perfect:
    """The share of perfect orders. `complained`: orders that are named in a ticket; null where
    no ticket names any order, so that the share rests on OTIF alone."""

    share: Share
    complained: int | None

    @property
    def is_otif_based(self) -> bool:
        return self.complained is None


def perfect(
    lines: Iterable[Due],
    named: Mapping[Key, frozenset[str]],
    who: Mapping[Key, Key],
    target: Target = "due",
    tolerance: Tolerance = STRICT,
) -> Perfect:
    """Perfect orders among those of the lines; `named` comes from `orders_named`, and `who` tells
    which company a customer is."""
    every = list(lines)
    complained = {one.order for one in every if _is_named(one, named, who)}
    is_met = holds(target, tolerance)
    found = per_order(every, lambda one: one.order not in complained and is_met(one))
    return Perfect(found, len(complained) if complained else None)


def orders_named(complaints: Iterable[Complaint]) -> dict[Key, frozenset[str]]:
    """The words of each company's tickets among which the number of an order may be."""
    words: dict[Key, set[str]] = {}
    for one in complaints:
        if one.customer and one.kind == "ticket":
            found = WORD.findall((one.text or "").casefold())
            words.setdefault(one.customer, set()).update(found)
    return {customer: frozenset(found) for customer, found in words.items()}


def _is_named(one: Due, named: Mapping[Key, frozenset[str]], who: Mapping[Key, Key]) -> bool:
    if one.party is None or not one.number:
        return False
    key = (one.party.source, one.party.ref)
    return one.number.casefold() in named.get(who.get(key, key), ())
