"""Days of inventory: for how many days of sales the stock would have lasted."""

from storage.metrics import Metric
from storage.metrics.turnover import YEAR, Turn

METRIC = Metric(
    id="days-of-inventory",
    version=1,
    title="Days of inventory",
    formula=(
        "The average value of the stock at cost, divided by the cost of goods sold a day: 365"
        " divided by the inventory turnover of the same window."
    ),
    unit="d",
    better="lower",
    needs=("stocklevel", "stockmove", "item"),
    dimensions=("item", "category", "site", "month"),
    caveats=(
        "It looks back; days of cover look ahead.",
        "Where nothing was sold it is n/a: the stock would last for ever.",
    ),
    synonyms=("dio", "days inventory outstanding", "days in inventory"),
)


def days(found: Turn) -> float | None:
    """Days that the stock lasts; null where nothing was sold or the turnover is unknown."""
    return YEAR / found.turns if found.turns and found.turns > 0 else None
