"""Inventory turnover as Tryton itself computes it, for those who compare the two."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from storage.known.stock_changes import Change
from storage.metrics import Metric
from storage.metrics._stock_days import ZERO, Held, ItemSite

METRIC = Metric(
    id="turnover-tryton",
    version=1,
    title="Inventory turnover by Tryton's definition",
    formula=(
        "The quantity that left a site a day, divided by the average quantity at it. The average is"
        " over the ends of all days of the window, never below 0, and a day adds what both came"
        " and left on it. All that leaves counts: to customers, into production, to other sites,"
        " scrapped. Rounded to three places, as Tryton does."
    ),
    unit="×/d",
    better="higher",
    needs=("stocklevel", "stockmove"),
    dimensions=("item", "site"),
    caveats=("Quantities, not values: items are not added up.",),
    synonyms=("tryton turnover",),
)

PLACES = Decimal("0.001")


@dataclass(frozen=True)
class Turned:
    """Quantities a day and on average; `turnover` is null where nothing lay there on average."""

    output: Decimal
    average: Decimal
    turnover: Decimal | None


def turned(stock: Held, changes: Iterable[Change]) -> Turned | None:
    """The figures of one item at one site; null where its stock is not known for any day.

    `changes` may be those of other stock and other days too.
    """
    if not stock.days:
        return None
    first, last = stock.steps[0].first, stock.steps[-1].last
    came: dict[date, Decimal] = defaultdict(Decimal)
    left: dict[date, Decimal] = defaultdict(Decimal)
    for one in changes:
        if (one.item, one.site) == stock.stock.key and first <= one.on <= last:
            (came if one.qty > 0 else left)[one.on] += abs(one.qty)
    output = sum(left.values(), ZERO) / stock.days
    lying = sum((max(step.qty, ZERO) * step.days for step in stock.steps), ZERO)
    through = sum((min(came[day], out) for day, out in left.items()), ZERO)
    average = (lying + through) / stock.days
    return Turned(_cut(output), _cut(average), _cut(output / average) if average else None)


def by_spot(stock: Iterable[Held], changes: Iterable[Change]) -> dict[ItemSite, Turned | None]:
    """The same for each item at each site."""
    groups: dict[ItemSite, list[Change]] = defaultdict(list)
    for one in changes:
        groups[one.item, one.site].append(one)
    return {one.stock.key: turned(one, groups[one.stock.key]) for one in stock}


def _cut(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)
