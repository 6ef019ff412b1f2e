"""What was due on which day and what had come of it: deliveries to customers and from suppliers.

Both sides are judged by one shape, `Due`, so that on time, in full and OTIF mean the same on each.
A line is judged once its day is over, and the verdict stands: what comes or goes back later
changes nothing. A line called off on its day or before is not due; one called off later was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Literal

from storage.known import Named
from storage.known.purchases import Line
from storage.known.rates import Amount, Rates
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics.churn import wilson

Target = Literal["due", "requested", "first", "latest"]
DAY = timedelta(days=1)
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """Goods that arrived on a day; negative where they went back. `sent_on`: when they left."""

    on: date
    qty: Decimal
    sent_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """A line that is to be delivered; `party` is the customer, or the supplier of a purchase.

    `parts` are in the order of their days; `owed` is what is still to come of an open line. What a
    customer sends back is not owed again; what goes back to a supplier is. `owner` is the
    customer's owner, or the buyer.
    """

    key: Key
    order: Key
    number: str
    party: Named | None
    item: Named | None
    category: str | None
    site: str | None
    country: str | None
    segment: str | None
    owner: str | None
    carrier: str | None
    uom: str | None
    qty: Decimal
    value: Decimal | None
    currency: str | None
    ordered_on: date
    requested_on: date | None
    promised_first: date | None
    promised_on: date | None
    parts: tuple[Part, ...]
    completed_on: date | None
    cancelled_on: date | None
    owed: Decimal
    called_off: Decimal = NONE
    called_off_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.cancelled_on is None

    def day(self, target: Target = "due") -> date | None:
        """The day of a target; "due" is the first promise, else the day that was asked for.

        Null where there is none, or it lies before the order: that can't be meant.
        """
        match target:
            case "requested":
                day = self.requested_on
            case "first":
                day = self.promised_first
            case "latest":
                day = self.promised_on
            case _:
                day = self.promised_first or self.requested_on
        return day if day and day >= self.ordered_on else None

    def came_by(self, day: date) -> Decimal:
        """What was there at the end of a day, without what had gone back by then."""
        return sum((part.qty for part in self.parts if part.on <= day), NONE)

    def wanted(self, day: date) -> Decimal:
        """What was to be there on a day: the quantity, less what of it was called off by then."""
        is_less = self.called_off_on is not None and self.called_off_on <= day
        return self.qty - self.called_off if is_less else self.qty

    def settled(self, day: date) -> tuple[date | None, date | None]:
        """When all that was to be there on a day was, and when it was called off: a rest that was
        called off after the day was waited for until then."""
        if self.called_off_on and self.called_off_on > day:
            return None, self.called_off_on
        return self.completed_on, self.cancelled_on

    def reached(self, qty: Decimal) -> date | None:
        """The first day by whose end so much had come; what goes back later does not undo that,
        what is reversed on the day itself does."""
        total = NONE
        for day, parts in groupby(self.parts, _day_of):
            total += max(NONE, sum((part.qty for part in parts), NONE))
            if total >= qty:
                return day
        return None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What still passes: days before the target (null: any) and after it, and the share of the
    quantity that may be missing or (null: any) too much."""

    early: int | None = None
    late: int = 0
    short: Decimal = NONE
    over: Decimal | None = None

    def last(self, day: date) -> date:
        return day + self.late * DAY

    def enough(self, one: Due, day: date) -> Decimal:
        return one.wanted(self.last(day)) * (1 - self.short)


STRICT = Tolerance()


@dataclass(frozen=True)
class Share:
    """`hits` of `n`: lines, orders, or money in a currency. `low` and `high`: Wilson's 95 %."""

    hits: int | Decimal
    n: int | Decimal
    low: float | None = None
    high: float | None = None
    currency: str = ""

    @property
    def rate(self) -> float | None:
        """Null where nothing was due."""
        return float(self.hits / self.n) if self.n else None


@dataclass(frozen=True)
class DueIn:
    """The lines of a window by the day on which they were due, and those called off in time."""

    lines: tuple[Due, ...]
    called_off: tuple[Due, ...] = ()


def _day_of(part: Part) -> date:
    return part.on


def of_sales(lines: Iterable[SalesLine]) -> list[Due]:
    """Sales lines as what is due; those of no or a negative quantity are no deliveries."""
    return [
        Due(
            one.key, one.order, one.number, one.customer, one.item, one.category, one.site,
            one.country, one.segment, one.owner, one.carrier, one.uom, one.qty, one.value,
            one.currency, one.ordered_on, one.requested_on, one.promised_first, one.promised_on,
            _sorted(Part(sent.arrived_on, sent.qty, sent.on) for sent in one.shipments),
            one.completed_on, one.cancelled_on,
            _owed(one, sum((max(sent.qty, NONE) for sent in one.shipments), NONE)),
            one.called_off, one.called_off_on,
        )
        for one in lines
        if one.qty > 0
    ]  # fmt: skip


def of_purchases(lines: Iterable[Line]) -> list[Due]:
    """Purchase lines as what is due from suppliers."""
    return [
        Due(
            one.key, one.order, one.number, one.supplier, one.item, one.category, one.site,
            one.country, None, one.buyer, None, one.uom, one.qty, one.value,
            one.currency, one.ordered_on, one.requested_on, one.promised_first, one.promised_on,
            _sorted(Part(came.on, came.qty, came.on) for came in one.receipts),
            one.completed_on, one.cancelled_on, _owed(one, one.received),
            one.called_off, one.called_off_on,
        )
        for one in lines
        if one.qty > 0
    ]  # fmt: skip


def _owed(one: SalesLine | Line, came: Decimal) -> Decimal:
    return max(NONE, one.qty - came) if one.is_open else NONE


def _sorted(parts: Iterable[Part]) -> tuple[Part, ...]:
    every = tuple(parts)
    return tuple(sorted(every, key=_day_of)) if every[1:] else every


def due_in(
    every: Iterable[Due],
    since: date,
    until: date,
    today: date,
    target: Target = "due",
    tolerance: Tolerance = STRICT,
) -> DueIn:
    """What was due in the days [since, until) and whose day, with its tolerance, is over."""
    found, called_off = [], []
    for one in every:
        day = one.day(target)
        if day is None or not since <= day < until or tolerance.last(day) >= today:
            continue
        if one.cancelled_on and one.cancelled_on <= tolerance.last(day):
            called_off.append(one)
        else:
            found.append(one)
    return DueIn(tuple(found), tuple(called_off))


def without_day(every: Iterable[Due], since: date, until: date) -> list[Due]:
    """The lines ordered in the days [since, until) that have no day by which to be late."""
    return [one for one in every if one.day() is None and since <= one.ordered_on < until]


Holds = Callable[[Due], bool]


def per_line(lines: Iterable[Due], holds: Holds) -> Share:
    """The share of lines for which something holds."""
    return share_of([holds(one) for one in lines])


def per_order(lines: Iterable[Due], holds: Holds) -> Share:
    """The share of orders for all of whose lines, among those given, something holds."""
    orders: dict[Key, bool] = {}
    for one in lines:
        orders[one.order] = orders.get(one.order, True) and holds(one)
    return share_of(list(orders.values()))


def by_value(lines: Sequence[Due], holds: Holds, rates: Rates, into: str = "") -> Share:
    """The share of the value, in the currency `into` or the company's; lines without a price are
    left out, and there is none (n = 0) where currencies can't be brought to one."""
    priced = [one for one in lines if one.value is not None]
    whole = rates.total(map(_amount, priced), into).single
    if whole is None:
        return Share(NONE, NONE)
    total, currency = whole
    part = rates.total(map(_amount, filter(holds, priced)), currency).by_currency
    return Share(part.get(currency, NONE), total, currency=currency)


def _amount(one: Due) -> Amount:
    return Amount(one.value, one.currency, one.ordered_on)


def share_of(verdicts: Sequence[bool]) -> Share:
    """The share of true ones with its interval."""
    return share(sum(verdicts), len(verdicts))


def share(hits: int, n: int) -> Share:
    """The share of so many with its interval."""
    low, high = wilson(hits, n) or (None, None)
    return Share(hits, n, low, high)


DIMENSIONS: dict[str, Callable[[Due], Named | str | None]] = {
    "customer": lambda one: one.party,
    "supplier": lambda one: one.party,
    "item": lambda one: one.item,
    "category": lambda one: one.category,
    "site": lambda one: one.site,
    "carrier": lambda one: one.carrier,
    "country": lambda one: one.country,
    "owner": lambda one: one.owner,
    "segment": lambda one: one.segment,
}
OF_SALES = ("customer", "item", "category", "site", "carrier", "country", "owner", "segment")
OF_PURCHASES = ("supplier", "item", "category", "site", "country", "owner")


def split(lines: Iterable[Due], dimension: str) -> dict[Named | str | None, list[Due]]:
    """The lines by a dimension; those without a value stand under null."""
    groups: dict[Named | str | None, list[Due]] = defaultdict(list)
    value_of = DIMENSIONS[dimension]
    for one in lines:
        groups[value_of(one)].append(one)
    return groups
