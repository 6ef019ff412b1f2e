"""What a question about turnover computes: the same stock over one window and the one before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import Session

from commands._churn_words import local_days
from commands._contract import Ask, Column, Table, Value
from commands._grammar import Query
from commands._stock_seen import Shelf, changed, used
from commands._window import Window
from storage.known.rates import Amount, Rates, Sums, rates
from storage.known.uses import Use
from storage.metrics._stock_days import DAY, Held, ItemSite, held, uses_by_spot
from storage.metrics.turnover import FEWEST_DAYS, Counted, Turn, counted, turn

Days = tuple[date, date]


@dataclass(frozen=True)
class Turning:
    """All stock that is asked about over the days of both windows, and what was sold of it.

    `now` and `before` are the first and the last whole day of the windows. `used` is what was
    sold or put into production: what counts where items or categories are looked at.
    """

    held: list[Held]
    sold: Mapping[ItemSite, Sequence[Use]]
    used: Mapping[ItemSite, Sequence[Use]]
    rates: Rates
    now: Days
    before: Days
    into: str
    of_items: bool
    _made: dict[tuple[ItemSite, Days, bool], Counted] = field(default_factory=dict)

    def turn(
        self, stock: Iterable[Held], days: Days, fewest: int = FEWEST_DAYS,
        *, of_items: bool | None = None,
    ) -> Turn:  # fmt: skip
        """The turnover of some of the stock over some days; null: as all that is asked about."""
        way = self.of_items if of_items is None else of_items
        figures = (self._of(one, days, way) for one in stock)
        return turn(figures, self.rates, days[1], self.into, fewest)

    def value_on(self, day: date) -> Sums:
        """What all of it was worth at the end of a day; empty where that is not known."""
        steps = [(one, one.within(day, day).steps) for one in self.held]
        if not all(step for _, step in steps):
            return Sums()
        amounts = [Amount(step[0].value, one.stock.currency or self.rates.home, day)
                   for one, step in steps]  # fmt: skip
        return self.rates.total(amounts, self.into)

    def split(self, dimension: str) -> dict[str, list[Held]]:
        """The stock by item, category or site; what has none is unknown."""
        groups: dict[str, list[Held]] = defaultdict(list)
        for one in self.held:
            stock = one.stock
            site = stock.site.name if stock.site else None
            value = {"item": stock.item.name, "category": stock.category, "site": site}[dimension]
            groups[value or "unknown"].append(one)
        return groups

    def months(self) -> list[Days]:
        """The months of the window, the newest first, cut where it begins and ends."""
        first, last = self.now
        found = []
        while last >= first:
            begin = max(first, last.replace(day=1))
            found.append((begin, last))
            last = begin - DAY
        return found

    def evidence(self) -> Table:
        """Each item at each site over the window, and whether it counted."""
        rows = [self._row(self._of(one, self.now, self.of_items)) for one in self.held]
        names = ("Item", "Site", "Days known", "Cost a year", "Average stock", "Currency", "State")
        columns = tuple(Column(name, "supply") for name in names)
        return Table(columns, tuple(rows), total=len(rows))

    def _row(self, one: Counted) -> tuple[Value, ...]:
        state = "counted"
        if one.days < FEWEST_DAYS:
            state = "left out: known for too few days"
        elif one.cost is None or one.average is None:
            state = "left out: no cost known"
        stock = one.stock
        site = stock.site.name if stock.site else None
        return (stock.item.name, site, one.days, one.cost, one.average, stock.currency, state)

    def _of(self, one: Held, days: Days, of_items: bool) -> Counted:
        """Made once for each item, site, window and way to count."""
        key = (one.stock.key, days, of_items)
        if key not in self._made:
            uses = self.used if of_items else self.sold
            self._made[key] = counted(one.within(*days), uses.get(one.stock.key, ()))
        return self._made[key]


def turning(session: Session, ask: Ask, query: Query, seen: Shelf) -> Turning:
    """The stock of a question over its window and the one before.

    Asked of items or categories, what production used up counts too; else only what was sold.
    """
    now, before = whole_days(query.window, ask), whole_days(query.prior, ask)
    since = min(now[0], before[0])
    moved = changed(session, ask, since)
    every = used(session, ask, seen, since, moved)
    return Turning(
        held(seen.stock, moved, since, now[1]),
        uses_by_spot(every, lambda use: use.what == "customer"),
        uses_by_spot(every, lambda use: use.is_demand),
        rates(session, ask.now, ask.currency), now, before, query.currency or "",
        bool(query.named),
    )  # fmt: skip


def whole_days(window: Window, ask: Ask) -> Days:
    """The first and the last day of a window that are over; the last before the first if none."""
    first, until = local_days(window.start, window.end, ask.zone)
    return first, min(until, ask.today) - timedelta(days=1)
