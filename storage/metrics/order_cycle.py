"""Order cycle: from a customer's order to all of it being delivered, with and without the waiting
that the customer asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from storage.known import Named
from storage.known.sales import SalesLine
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._durations import (
    Counted,
    Duration,
    Length,
    Span,
    calendar_days,
    cohort,
    counted,
    trend,
)
from storage.metrics._durations import now as these_days

METRIC = Metric(
    id="order-cycle",
    version=1,
    title="Order cycle time",
    formula=(
        "Gross: days from a customer's order to the day on which all of it had been delivered."
        " Dwell: the waiting that the customer asked for. An order that asks for a day later"
        " than the usual cycle after the order waits from the order to that day less the usual"
        " cycle, as far as the wait lasted: an order delivered before its day waited less."
        " Net: gross less dwell. The usual cycle is the median of orders that ask for"
        " no day or for the day of the order; where those are fewer than 5, the days within which"
        " a quarter of all orders are delivered. Median and 9-in-10 value are read off a"
        " Kaplan-Meier curve with open orders counted as not delivered yet at their age. Without a"
        " window it is how long orders take now, with one the orders placed in it."
    ),
    unit="d",
    better="lower",
    needs=("salesorder", "salesline", "shipment"),
    dimensions=("customer", "item", "category", "site", "country", "owner", "segment"),
    caveats=(
        "An order is one observation; it ends when its last line does.",
        "Lines called off don't count; an order called off whole leaves when the last of it was.",
        "The day at the customer counts where it is known, else the day on which goods left.",
        "Net is n/a where no order says for which day it was asked.",
        "Split by item, category or site an order counts in each with its lines there.",
        "Calendar days; delivered on the day of the order is 0.",
    ),
    synonyms=("order cycle", "ofct", "order fulfillment cycle time", "order to delivery"),
)  # fmt: skip

FEWEST = 5
# what the lines of one order need not share
OF_LINES = ("item", "category", "site")


@dataclass(frozen=True, slots=True)
class Order:
    """A customer's order as one duration; `requested_on`: the last day that its lines ask for."""

    lines: Sequence[SalesLine]
    span: Span
    requested_on: date | None

    @property
    def wished(self) -> int | None:
        """Days from the order to the day asked for."""
        return (self.requested_on - self.span.start).days if self.requested_on else None


@dataclass(frozen=True)
class Cycle:
    """Figures of some orders. `net` is null where no order asks for a day; `usual`: the cycle of
    orders that do not wait; `waiting` counts those that ask for later, `dwell` is the median of
    their waits in days."""

    gross: Duration
    net: Duration | None
    usual: float | None
    waiting: int
    dwell: float | None


def orders(lines: Iterable[SalesLine]) -> list[Order]:
    """The lines as orders; those of no or a negative quantity are no deliveries."""
    by_order: dict[Key, list[SalesLine]] = defaultdict(list)
    for line in lines:
        if line.qty > 0:
            by_order[line.order].append(line)
    return [_order(key, its) for key, its in by_order.items()]


def _order(key: Key, lines: Sequence[SalesLine]) -> Order:
    wanted = [line for line in lines if line.cancelled_on is None]
    done = [line.completed_on for line in wanted if line.completed_on]
    end = max(done) if done and len(done) == len(wanted) else None
    left = max(line.cancelled_on for line in lines if line.cancelled_on) if not wanted else None
    asked = [line.requested_on for line in wanted or lines if line.requested_on]
    first = lines[0]
    return Order(
        lines,
        Span(key, first.ordered_on, end, left, first.country),
        max(asked) if asked else None,
    )


def placed(every: Iterable[Order], today: date, usual: float | None) -> Cycle:
    """The cycle of the orders given, as known on `today`: a cohort."""
    found = list(every)
    return _cycle(found, usual, lambda length: cohort(_spans(found), today, length=length))


def now(every: Iterable[Order], today: date, usual: float | None) -> Cycle:
    """How long orders take these days; give it all orders of the last `LONGEST` days."""
    found = list(every)
    return _cycle(found, usual, lambda length: these_days(_spans(found), today, length))


def behind(every: Sequence[Order], found: Duration, today: date) -> list[tuple[Counted, Order]]:
    """The observations that a gross cycle of these orders was made of, absurd ones among them."""
    entering = found.since if found.method == "period" else None
    if found.since and not entering:
        every = [one for one in every if one.span.start >= found.since]
    return [(one, every[one.place]) for one in counted(_spans(every), today, entering)]


def course(every: Iterable[Order], days: Sequence[date]) -> list[Duration]:
    """The gross cycle as it was before each of the given days."""
    return trend(_spans(every), days)


def usual_cycle(every: Iterable[Order], today: date) -> float | None:
    """The days that an order takes when nothing waits for the customer's day; null where it can't
    be told. Give it all orders: what is usual is the company's own, not that of a part."""
    found = list(every)
    at_once = [one for one in found if not one.wished or one.wished < 0]
    if len(at_once) >= FEWEST and (usual := cohort(_spans(at_once), today).median) is not None:
        return usual
    return cohort(_spans(found), today).curve.quantile(0.25)


def dwell(one: Order, until: date, usual: float) -> float:
    """Days that the order waited for the customer's day by `until`, at the usual pace."""
    if one.wished is None:
        return 0
    lasted = min(one.wished, (until - one.span.start).days)
    return max(0, lasted - usual)


def split(every: Iterable[Order], dimension: str) -> dict[Named | str | None, list[Order]]:
    """The orders by a dimension, each with its lines there; those without a value under null."""
    groups: dict[Named | str | None, list[Order]] = defaultdict(list)
    if dimension not in OF_LINES:
        for one in every:
            groups[getattr(one.lines[0], dimension)].append(one)
        return groups
    lines: dict[Named | str | None, list[SalesLine]] = defaultdict(list)
    for one in every:
        for line in one.lines:
            lines[getattr(line, dimension)].append(line)
    return {value: orders(its) for value, its in lines.items()}


def _spans(every: Iterable[Order]) -> list[Span]:
    return [one.span for one in every]


def _cycle(
    every: Sequence[Order], usual: float | None, measure: Callable[[Length], Duration]
) -> Cycle:
    gross = measure(calendar_days)
    if usual is None or all(one.requested_on is None for one in every):
        return Cycle(gross, None, usual, 0, None)
    waits = [one.wished - usual for one in every if one.wished and one.wished > usual]
    return Cycle(
        gross, measure(_net(every, usual)), usual, len(waits), median(waits) if waits else None
    )


def _net(every: Iterable[Order], usual: float) -> Length:
    """Days without those waited for the customer's day."""
    asked = {one.span.key: one for one in every}

    def length(span: Span, until: date) -> int:
        return (until - span.start).days - int(dwell(asked[span.key], until, usual))

    return length
