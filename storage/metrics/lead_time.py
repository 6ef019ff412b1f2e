"""Lead time of purchases: from order to receipt, open orders counted."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from storage.curves import Curve, Observed, kaplan_meier
from storage.known import Line, Named
from storage.metrics import Metric

METRIC = Metric(
    id="lead-time",
    version=1,
    title="Lead time",
    formula=(
        "Days from the order being sent to its quantity being received in full, over the orders"
        " placed in the window. The median and the 9-in-10 value are read off a Kaplan-Meier"
        " curve: the smallest number of days by which that share has arrived. An order still open"
        " counts as not arrived yet at its age; a cancelled line leaves at its cancellation."
    ),
    unit="d",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier", "item", "category", "site", "country"),
    caveats=(
        "Calendar days; received on the day of the order is 0.",
        "Lines of one order that arrive on one day are one observation.",
        "Services, drafts and receipts dated before their order are left out.",
    ),
    synonyms=("leadtime", "purchasing lead time", "supplier lead time", "delivery time"),
)

Dimension = Callable[[Line], Named | str | None]

DIMENSIONS: dict[str, Dimension] = {
    "supplier": lambda line: line.supplier,
    "item": lambda line: line.item,
    "category": lambda line: line.category,
    "site": lambda line: line.site,
    "country": lambda line: line.country,
}


@dataclass(frozen=True)
class LeadTime:
    """Figures of one group. `median` and `p90` in days, null where the curve does not reach.

    `n` counts all observations, `open` and `cancelled` those among them; `absurd` lines (received
    before they were ordered) are not in n.
    """

    n: int
    open: int
    cancelled: int
    absurd: int
    median: float | None
    p90: float | None
    curve: Curve


def measure(lines: Iterable[Line], today: date) -> LeadTime:
    """The lead time of purchase lines as known on `today`, one observation per order x receipt."""
    ends: dict[tuple[object, ...], Observed] = {}
    counts: dict[str, int] = defaultdict(int)
    for line in lines:
        state, day = _state(line, today)
        if day < line.ordered_on:
            counts["absurd"] += state == "received"
            day = line.ordered_on
            if state == "received":
                continue
        key = (*line.group, state, day)
        if key not in ends:
            counts[state] += 1
            ends[key] = Observed((day - line.ordered_on).days, state == "received")
    curve = kaplan_meier(ends.values())
    return LeadTime(
        curve.n,
        counts["open"],
        counts["cancelled"],
        counts["absurd"],
        curve.quantile(0.5),
        curve.quantile(0.9),
        curve,
    )


def measure_by(
    lines: Iterable[Line], today: date, dimension: str
) -> dict[Named | str | None, LeadTime]:
    """The same for each value of a dimension; lines without one stand under null."""
    groups: dict[Named | str | None, list[Line]] = defaultdict(list)
    for line in lines:
        groups[DIMENSIONS[dimension](line)].append(line)
    return {value: measure(found, today) for value, found in groups.items()}


def _state(line: Line, today: date) -> tuple[str, date]:
    if line.completed_on:
        return "received", line.completed_on
    if line.cancelled_on:
        return "cancelled", line.cancelled_on
    return "open", today
