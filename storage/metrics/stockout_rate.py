"""Stock-out rate: on which share of days there was none of what is wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from storage.known.uses import Use
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._stock_days import DAY, Held, ItemSite
from storage.metrics.days_of_cover import Cover

METRIC = Metric(
    id="stockout-rate",
    version=1,
    title="Stock-out rate",
    formula=(
        "Days on which nothing of an item lay at a site at the end of the day, divided by all days"
        " of all items at sites where they are wanted: not marked as no longer used, and sold or"
        " put into production there in the window or in the 90 days before it. Now: the share of"
        " items of which nothing is available, of those used in the last 90 days."
    ),
    unit="share",
    better="lower",
    needs=("stocklevel", "stockmove", "item"),
    dimensions=("item", "category", "site"),
    caveats=(
        "Past days count what was on hand: nobody keeps what was reserved on them.",
        "Days before an item first moved are none of its days.",
        "A quantity below zero counts as nothing there.",
        "Services and items no longer used are left out and counted.",
    ),
    synonyms=("stock-outs", "stockouts", "stock out", "out of stock", "out-of-stock rate"),
)

WANTED_BEFORE = timedelta(days=90)


@dataclass(frozen=True)
class Outs:
    """Days without stock among all days, over `n` items at sites; the rate is null where none."""

    out: int
    days: int
    n: int

    @property
    def rate(self) -> float | None:
        return self.out / self.days if self.days else None


def outs(
    stock: Iterable[Held], uses: Iterable[Use], first_days: Mapping[Key, date]
) -> dict[ItemSite, Outs]:
    """Days without stock of each item at each site where it is wanted.

    `uses` must reach back to 90 days before the window; later or earlier ones do no harm.
    """
    wanted: dict[ItemSite, list[date]] = {}
    for use in uses:
        if use.is_demand and use.qty > 0:
            wanted.setdefault((use.item, use.site), []).append(use.on)
    found = {}
    for one in stock:
        first = first_days.get(one.stock.key[0])
        lived = one.within(first, date.max) if first else one
        if lived.steps and _is_wanted(lived, wanted.get(one.stock.key, ())):
            out = sum(step.days for step in lived.steps if step.qty <= 0)
            found[one.stock.key] = Outs(out, lived.days, 1)
    return found


def total(found: Iterable[Outs]) -> Outs:
    every = list(found)
    return Outs(sum(o.out for o in every), sum(o.days for o in every), sum(o.n for o in every))


def out_now(covers: Iterable[Cover]) -> tuple[int, int]:
    """Items of which nothing is available, and all that are used."""
    used = [one for one in covers if one.per_day]
    return sum(1 for one in used if one.available <= Decimal(0)), len(used)


def _is_wanted(one: Held, days: Iterable[date]) -> bool:
    since, until = one.steps[0].first - WANTED_BEFORE, one.steps[-1].last + DAY
    return one.stock.left_out is None and any(since <= day < until for day in days)
