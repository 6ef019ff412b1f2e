"""Inventory turnover: how often a year the stock is sold or used up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storage.known.rates import Amount, Rates, Sums
from storage.known.stock import Stock
from storage.known.uses import Use
from storage.metrics import Metric
from storage.metrics._stock_days import Held, cost_of

METRIC = Metric(
    id="turnover",
    version=1,
    title="Inventory turnover",
    formula=(
        "Cost of the goods sold in the window, as of a year (times 365 by its days), divided by the"
        " average value of the stock at cost over the ends of all its days. Of an item or a"
        " category the cost of what was sold or put into production counts; of the whole company,"
        " a site or a month only what went to customers, so that nothing counts twice on its way"
        " through production. Stock of past days is today's less what moved since. What came back"
        " counts against what was sold; scrap and transfers are neither."
    ),
    unit="×/y",
    better="higher",
    needs=("stocklevel", "stockmove", "item"),
    dimensions=("item", "category", "site", "month"),
    caveats=(
        "Moves count at the value that the source gives them, else at today's unit cost.",
        "Each item counts over the days for which its stock is known, at least 28 of them.",
        "Goods between two sites are in the stock of neither.",
        "Services, items no longer used and items without a cost are left out and counted.",
        "Money of several currencies is one sum only where every rate is known.",
    ),
    synonyms=("inventory turnover", "stock turns", "turns", "stock turnover"),
)

FEWEST_DAYS = 28
FEWEST_MONTHS = 13
YEAR = 365


@dataclass(frozen=True)
class Turn:
    """Turnover of some stock. `cost` is that of a year, `average` the stock's mean value.

    `turns` is null where a part is not one sum of money, or nothing lay there on average. `n`
    counts items at sites; `unvalued` those left out without a cost, `young` those known for too
    few days.
    """

    n: int
    days: int
    cost: Sums
    average: Sums
    turns: float | None
    unvalued: int = 0
    young: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """An item at a site over the days of a window that are known: what a year's use of it costs and
    what lay there on average; null where a cost is unknown or no day is known."""

    stock: Stock
    days: int
    cost: Decimal | None
    average: Decimal | None


def counted(one: Held, uses: Sequence[Use]) -> Counted:
    """The figures of one item at one site; `uses` in the order of their days, others too."""
    days = one.days
    cost = yearly_cost(one, uses) if days else None
    return Counted(one.stock, days, cost, one.average_value)


def turn(
    every: Iterable[Counted], rates: Rates, on: date, into: str = "", fewest: int = FEWEST_DAYS
) -> Turn:
    """The turnover of some stock, each over its known days; rates are those of the day `on`."""
    costs: list[Amount] = []
    averages: list[Amount] = []
    days = unvalued = young = 0
    for one in every:
        if one.days < fewest:
            young += 1
            continue
        if one.cost is None or one.average is None:
            unvalued += 1
            continue
        days = max(days, one.days)
        currency = one.stock.currency or rates.home
        costs.append(Amount(one.cost, currency, on))
        averages.append(Amount(one.average, currency, on))
    cost_sum, average_sum = rates.total(costs, into), rates.total(averages, into)
    turns = ratio(cost_sum, average_sum)
    return Turn(len(costs), days, cost_sum, average_sum, turns, unvalued, young)


def yearly_cost(one: Held, uses: Sequence[Use]) -> Decimal | None:
    """What was used in the known days, at cost, as of a year; null where a cost is unknown."""
    total = cost_of(uses, one.stock, one.steps[0].first, one.steps[-1].last)
    return None if total is None else total * YEAR / one.days


def ratio(cost: Sums, average: Sums) -> float | None:
    """Times a year; null where either is not one sum, or they are of different currencies."""
    if average.single is None or average.single[0] <= 0:
        return None
    if not cost.by_currency and not cost.unknown:
        return 0.0  # nothing was sold
    if cost.single is None or cost.single[1] != average.single[1]:
        return None
    return float(cost.single[0] / average.single[0])


def monthly_average(one: Held) -> Decimal | None:
    """The mean value at month-ends, for those who compare with books that are closed monthly.

    Null with fewer than 13 month-ends: two points of a year say little of the days in between.
    """
    ends = one.month_ends()
    if len(ends) < FEWEST_MONTHS:
        return None
    return Held(one.stock, tuple(ends)).average_value
