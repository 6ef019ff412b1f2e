"""Repeat purchase: of those who ordered once, how many order again, and within which time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from storage.curves import Curve, Observed, kaplan_meier
from storage.known.customers import Customer
from storage.metrics import Metric
from storage.metrics._signals import order_days
from storage.metrics.churn import wilson

METRIC = Metric(
    id="repeat-purchase",
    version=1,
    title="Repeat-purchase rate",
    formula=(
        "Customers with orders on at least two days in the window, divided by all who ordered in"
        " it. Beside it the share of first orders that a second one follows within 365 days: by"
        " Kaplan-Meier, so that those who came lately count for as long as they are known."
    ),
    unit="share",
    better="higher",
    needs=("salesorder",),
    dimensions=("segment", "country"),
    caveats=("Orders of one day are one; cancelled orders are none.",),
    synonyms=("repeat purchase rate", "repeat rate", "repurchase"),
)

WITHIN = 365


@dataclass(frozen=True)
class Repeat:
    """Who ordered again; `within` is the share with a second order within 365 days of the first,
    null where nobody has been known for that long."""

    customers: int
    again: int
    value: float | None
    low: float | None
    high: float | None
    within: float | None
    curve: Curve


def repeat(customers: Iterable[Customer], start: date, end: date, today: date) -> Repeat:
    """Over orders on the days [start, end); second orders as known on `today`."""
    days = [found for one in customers if (found := order_days(one))]
    counts = [sum(1 for day in found if start <= day < end) for found in days]
    bought = sum(1 for count in counts if count)
    again = sum(1 for count in counts if count > 1)
    observed = [
        Observed((found[1] - found[0]).days, True)
        if len(found) > 1
        else Observed((today - found[0]).days, False)
        for found in days
    ]
    curve = kaplan_meier(observed)
    is_reached = any(one.days >= WITHIN for one in observed)
    low, high = wilson(again, bought) or (None, None)
    return Repeat(
        bought, again, again / bought if bought else None, low, high,
        1 - curve.at(WITHIN) if is_reached else None, curve,
    )  # fmt: skip
