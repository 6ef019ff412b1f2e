"""Stock day by day: what lay at the end of each day, rebuilt backwards from what lies there now."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from storage.known.stock import Stock
from storage.known.stock_changes import Change
from storage.known.uses import Use
from storage.links import Key

DAY = timedelta(days=1)
ZERO = Decimal(0)
ItemSite = tuple[Key, Key | None]


@dataclass(frozen=True, slots=True)
class Step:
    """The same stock at the end of every day from `first` to `last`; a null value is unknown."""

    first: date
    last: date
    qty: Decimal
    value: Decimal | None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Held:
    """An item at a site over the days of a window for which its stock is known, oldest first."""

    stock: Stock
    steps: tuple[Step, ...]

    @property
    def days(self) -> int:
        return sum(step.days for step in self.steps)

    @property
    def average_qty(self) -> Decimal | None:
        """The mean over the days; null where none is known."""
        return _mean([(step.qty, step.days) for step in self.steps])

    @property
    def average_value(self) -> Decimal | None:
        """The mean value over the days; null where that of a day is unknown."""
        return _mean([(step.value, step.days) for step in self.steps])

    def within(self, first: date, last: date) -> "Held":
        """The same over the days of [first, last] alone."""
        begin = bisect_left(self.steps, first, key=lambda step: step.last)
        end = bisect_right(self.steps, last, key=lambda step: step.first)
        kept = [
            Step(max(step.first, first), min(step.last, last), step.qty, step.value)
            for step in self.steps[begin:end]
        ]
        return Held(self.stock, tuple(kept))

    def month_ends(self) -> list[Step]:
        """The last day of each whole month, as steps of one day."""
        return [
            Step(day, day, step.qty, step.value)
            for step in self.steps
            for day in _month_ends(step.first, step.last)
        ]


def held(stocks: Iterable[Stock], changes: Iterable[Change], first: date, last: date) -> list[Held]:
    """Each stock over the known days of [first, last].

    `changes` must hold all on and after `first` that are known now.
    """
    by_spot: dict[ItemSite, list[Change]] = defaultdict(list)
    for change in changes:
        by_spot[change.item, change.site].append(change)
    return [
        Held(stock, _steps(stock, by_spot[stock.key], max(first, stock.known_from), last))
        for stock in stocks
    ]


def placed(uses: Iterable[Use], stocks: Iterable[Stock]) -> list[Use]:
    """The uses; one at no known site is at the site where all stock of its item lies, if at one."""
    sites: dict[Key, set[Key | None]] = defaultdict(set)
    for stock in stocks:
        item, site = stock.key
        sites[item].add(site)
    return [
        use._replace(site=next(iter(sites[use.item])))
        if use.site is None and len(sites[use.item]) == 1
        else use
        for use in uses
    ]


def uses_by_spot(uses: Iterable[Use], counted: Callable[[Use], bool]) -> dict[ItemSite, list[Use]]:
    """The uses that count, by item and site, those of each in the order of their days."""
    found: dict[ItemSite, list[Use]] = defaultdict(list)
    for use in uses:
        if counted(use):
            found[use.item, use.site].append(use)
    for theirs in found.values():
        theirs.sort(key=_day)
    return found


def cost_of(uses: Sequence[Use], stock: Stock, first: date, last: date) -> Decimal | None:
    """What the uses of the days [first, last] cost: by the source, else at what one is worth now;
    null where nobody knows. They must be in the order of their days."""
    begin = bisect_left(uses, first, key=_day)
    end = bisect_right(uses, last, key=_day)
    total, unvalued = ZERO, ZERO
    for use in uses[begin:end]:
        if use.value is None:
            unvalued += use.qty
        else:
            total += use.value
    if not any(use.value is None for use in uses[begin:end]):
        return total
    cost = stock.cost
    return None if cost is None else total + unvalued * cost


def _day(use: Use) -> date:
    return use.on


def _steps(stock: Stock, changes: Sequence[Change], first: date, last: date) -> tuple[Step, ...]:
    """Walks back from now: before a day with changes lay what lies after it less the changes."""
    by_day: dict[date, tuple[Decimal, Decimal | None]] = {}
    cost = stock.cost
    for one in changes:
        qty, value = by_day.get(one.on, (ZERO, ZERO))
        worth = one.value
        if worth is None and cost is not None:
            worth = one.qty * cost
        by_day[one.on] = (qty + one.qty, _sum(value, worth))
    qty, value, until = stock.on_hand, stock.value, last
    steps: list[Step] = []
    for day in sorted(by_day, reverse=True):
        if day < first:
            break
        if day <= until:
            steps.append(Step(day, until, qty, value if qty else ZERO))
            until = day - DAY
        came, worth = by_day[day]
        qty, value = qty - came, _sum(value, None if worth is None else -worth)
    if first <= until:
        steps.append(Step(first, until, qty, value if qty else ZERO))
    return tuple(reversed(steps))


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _mean(weighed: Sequence[tuple[Decimal | None, int]]) -> Decimal | None:
    total, weight = ZERO, 0
    for value, days in weighed:
        if value is None:
            return None
        total, weight = total + value * days, weight + days
    return total / weight if weight else None


def _month_ends(first: date, last: date) -> Iterator[date]:
    day = _end_of_month(first)
    while day <= last:
        yield day
        day = _end_of_month(day + DAY)


def _end_of_month(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
