"""Average lead time as Tryton itself computes it, for those who compare the two."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from storage.known import Named
from storage.known.arrivals import Arrival
from storage.metrics import Metric

METRIC = Metric(
    id="lead-time-tryton",
    version=1,
    title="Average lead time by Tryton's definition",
    formula=(
        "The mean days from the date of the purchase to the receipt, over the receipts and open"
        " rests of purchases of the last year. What has not come counts up to the day for which it"
        " is planned if that is ahead, else up to today. Cut to whole minutes, as Tryton does."
    ),
    unit="d",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier", "item"),
    caveats=(
        "Open purchases count with their age so far, so that a late one looks early at first.",
        "Lines whose delivery date was set by hand are left out.",
        "What was called off counts as not come, as it does in Tryton.",
        "The open rest of a line counts once, however many shipments it is planned for.",
    ),
    synonyms=("average lead time", "tryton lead time"),
)

MINUTE = timedelta(minutes=1)

DIMENSIONS: dict[str, Callable[[Arrival], Named | None]] = {
    "supplier": lambda arrival: arrival.supplier,
    "item": lambda arrival: arrival.item,
}


def since(today: date) -> date:
    """The first day of purchases that count on `today`: the same day of the year before."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:  # there is no 29 February in that year
        return today.replace(year=today.year - 1, day=28)


def average(arrivals: Iterable[Arrival], today: date) -> timedelta | None:
    """The mean lead time of arrivals as known on `today`; null where there are none."""
    days = [(_end(one, today) - one.ordered_on).days for one in arrivals]
    if not days:
        return None
    return timedelta(days=sum(days)) / len(days) // MINUTE * MINUTE


def average_by(
    arrivals: Iterable[Arrival], today: date, dimension: str
) -> dict[Named | None, timedelta | None]:
    """The same for each value of a dimension; arrivals without one stand under null."""
    groups: dict[Named | None, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        groups[DIMENSIONS[dimension](arrival)].append(arrival)
    return {value: average(found, today) for value, found in groups.items()}


def _end(arrival: Arrival, today: date) -> date:
    if arrival.received_on:
        return arrival.received_on
    return max(arrival.planned_on or today, today)
