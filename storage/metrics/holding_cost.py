"""Holding cost: what it costs a year to have the stock."""

from decimal import Decimal

from storage.known.rates import Sums
from storage.metrics import Metric

METRIC = Metric(
    id="holding-cost",
    version=1,
    title="Holding cost",
    formula=(
        "The average value of the stock at cost, times the rate that holding it costs a year"
        " (capital, space, insurance, loss). The rate is what the settings say; where they say"
        " none it is taken to be 20 %, which nobody measured."
    ),
    unit="money/y",
    better="lower",
    needs=("stocklevel", "stockmove", "item"),
    caveats=("The rate is an assumption, and the answer says which.",),
    synonyms=("carrying cost", "cost of stock", "inventory carrying cost"),
)

ASSUMED = Decimal("0.20")


def holding_cost(average: Sums, rate: Decimal | None = None) -> Sums:
    """A year's cost of an average stock; a null rate is the assumed one."""
    share = ASSUMED if rate is None else rate
    by_currency = {code: value * share for code, value in average.by_currency.items()}
    return Sums(by_currency, average.unknown)
