"""Days of cover: how long what is available lasts at the rate at which it is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from storage.known import Named
from storage.known.stock import Stock
from storage.known.uses import Use
from storage.links import Key
from storage.metrics import Metric

METRIC = Metric(
    id="days-of-cover",
    version=1,
    title="Days of cover",
    formula=(
        "What is available (on hand, less what is reserved or still at the dock) divided by what"
        " is used a day: what left to customers and into production in the last 90 whole days,"
        " less what came back, divided by the days; by the days since the item first moved, where"
        " these are fewer. The same is taken to go on."
    ),
    unit="d",
    better="higher",
    needs=("stocklevel", "stockmove", "item"),
    dimensions=("item", "category", "site"),
    caveats=(
        "Nothing used: no demand, and no number of days. Under 7 days since it first moved: n/a.",
        "Transfers and scrap are no demand. Days without stock make the rate look lower.",
        "What was used at no known site counts at whichever sites are asked about.",
        "A source that does not say what is reserved counts all that is on hand as available.",
        "Services and items no longer used are left out and counted.",
    ),
    synonyms=("cover", "days of supply", "stock cover", "stock coverage"),
)

WINDOW = 90
FEWEST_DAYS = 7
ZERO = Decimal(0)


@dataclass(frozen=True)
class Cover:
    """An item with all its stock that a question looks at, and how long it lasts from `today`.

    `days` is null where it is out, not used, or too new to tell; `per_day` is null where too new.
    """

    item: Named
    stock: tuple[Stock, ...]
    on_hand: Decimal
    available: Decimal
    per_day: Decimal | None
    over: int
    state: Literal["lasts", "out", "no demand", "too new"]
    today: date

    @property
    def days(self) -> float | None:
        if self.state != "lasts" or not self.per_day:
            return None
        return float(self.available / self.per_day)

    @property
    def runs_out_on(self) -> date | None:
        """The day on which nothing is left; today where it is out already; null where none is."""
        if self.state == "out":
            return self.today
        days = self.days
        # farther than anyone plans is as good as never, and dates end in the year 9999
        return self.today + timedelta(days=int(days)) if days is not None and days < 1e5 else None

    @property
    def key(self) -> Key:
        return self.item.source, self.item.ref


def covers(
    stocks: Iterable[Stock],
    uses: Iterable[Use],
    first_days: Mapping[Key, date],
    today: date,
) -> list[Cover]:
    """The cover of each item over all the given stock; `uses` may hold more than they count."""
    groups: dict[Key, list[Stock]] = defaultdict(list)
    for stock in stocks:
        groups[stock.key[0]].append(stock)
    sites = {stock.key for group in groups.values() for stock in group}
    used: dict[Key, Decimal] = defaultdict(Decimal)
    for use in uses:
        is_here = (use.item, use.site) in sites or (use.site is None and use.item in groups)
        if is_counted(use, today) and is_here:
            used[use.item] += use.qty
    return [
        _cover(group, used[item], first_days.get(item), today) for item, group in groups.items()
    ]


def uses_of(cover: Cover, uses: Iterable[Use]) -> list[Use]:
    """The uses of an item at the sites that its cover is of, and at no known site."""
    sites = {one.key for one in cover.stock}
    return [
        use
        for use in uses
        if (use.item, use.site) in sites or (use.site is None and use.item == cover.key)
    ]


def is_counted(use: Use, today: date) -> bool:
    """Whether a use is demand of the last whole days."""
    return use.is_demand and today - timedelta(days=WINDOW) <= use.on < today


def daily(uses: Iterable[Use], days: int, today: date) -> list[float]:
    """The demand of each of the last whole days, oldest first."""
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    for use in uses:
        if is_counted(use, today):
            by_day[use.on] += use.qty
    return [float(by_day[today - timedelta(days=back)]) for back in range(days, 0, -1)]


def _cover(group: Sequence[Stock], used: Decimal, first: date | None, today: date) -> Cover:
    on_hand = sum((one.on_hand for one in group), ZERO)
    available = sum((one.available for one in group), ZERO)
    over = min(WINDOW, max(0, (today - first).days)) if first else WINDOW
    per_day = max(used, ZERO) / over if over >= FEWEST_DAYS else None
    return Cover(
        group[0].item, tuple(group), on_hand, available, per_day, over,
        _state(available, per_day), today,
    )  # fmt: skip


def _state(
    available: Decimal, per_day: Decimal | None
) -> Literal["lasts", "out", "no demand", "too new"]:
    if per_day is None:
        return "too new"
    if per_day == 0:
        return "no demand"
    return "lasts" if available > 0 else "out"
