"""Churn: which customers left, how many do, and who shows what usually comes before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt

from storage.known.contracts import Contract
from storage.known.customers import Customer
from storage.known.rates import Amount
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._order_gaps import Reordering, Rhythm, leavings
from storage.metrics._signals import Signal, order_days, order_rhythm, signals

METRIC = Metric(
    id="churn",
    version=2,
    title="Churn",
    formula=(
        "Customers at the start of the window who left in it, divided by all customers at its"
        " start. With a contract, a customer leaves when its last one ends and none follows"
        " within 30 days. Without one, it leaves when it has been quiet for more than 180 days"
        " and for more than twice the gap that 9 in 10 of its own orders do not exceed. The"
        " interval is Wilson's, 95 %."
    ),
    unit="share",
    better="lower",
    needs=(
        "salesorder", "salesline", "shipment", "contract", "ticket", "invoice", "surveyresponse",
    ),
    dimensions=("segment", "country"),
    caveats=(
        "Who came within the window is not counted; who left and came back counts as lost.",
        "Orders of one day are one; cancelled orders are none.",
        (
            "A chance is told by the fit in use: with a contract, of having none in force in 90"
            " days; without, of ordering nothing in 273. Its band is the 95 % interval of the fit:"
            " made-up customers whose true chance is known lie within it 9 times in 10. What weighs"
            " in a score is not why one leaves."
        ),
        (
            "Attributes of contracts are told as they are now: only where nothing has a day are"
            " they learned from, and never by these chances."
        ),
        (
            "With no fit in use: the chance of no order in 90 days, of all as quiet after as many"
            " orders (1, 2-4, more)."
        ),
        "Fewer than 50 who left, or who stayed: the base rate, and signals in place of chances.",
        "An order gap does not count while we hold a late order of theirs.",
        (
            "A year's revenue is what was ordered in 365 days; without any order, twelve months of"
            " what contracts in force bring."
        ),
        "Renewal and end dates are those seen by then; before our first sight they are unknown.",
    ),
    synonyms=("churn risk", "churn rate", "logo churn", "attrition", "at risk"),
)  # fmt: skip

ENOUGH_EVENTS = 50
GRACE = timedelta(days=30)
YEAR = timedelta(days=365)
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Leaving:
    """A day on which a customer left, and the one on which it came back, if it did."""

    on: date
    back_on: date | None = None


@dataclass(frozen=True)
class Life:
    """A customer as known on a day: when it came, null where unknown, and each time it left."""

    customer: Customer
    came_on: date | None
    leavings: tuple[Leaving, ...]

    @property
    def left_on(self) -> date | None:
        """Since when it has left; null for a living customer."""
        last = self.leavings[-1:]
        return last[0].on if last and last[0].back_on is None else None

    def is_customer_on(self, day: date) -> bool:
        """Whether it came before that day and had not left by its beginning."""
        if self.came_on is None or self.came_on >= day:
            return False
        return not any(
            left.on < day and (left.back_on is None or left.back_on >= day)
            for left in self.leavings
        )


@dataclass(frozen=True)
class Rate:
    """Customers lost over a window. `rate`, `low` and `high` are shares, null without customers.

    `returned`: those of the lost who were back by its end.
    """

    at_start: int
    lost: int
    returned: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Standing:
    """How one customer stands on a day.

    `left_on`: since when it has left, null for a living one. `risk`: the chance that it leaves as
    a fit told it, else that it orders nothing in the next 90 days; null where it can't be told.
    `revenue`: of 365 days, by currency, of one who never ordered what its contracts bring in
    twelve months; null where an order or a contract has no amount.
    """

    customer: Customer
    rhythm: Rhythm | None
    left_on: date | None
    signals: tuple[Signal, ...]
    risk: float | None
    revenue: dict[str, Decimal] | None

    @property
    def counted(self) -> int:
        """How many signals count: suspended ones do not."""
        return sum(1 for signal in self.signals if not signal.is_suspended)

    @property
    def stretch(self) -> float:
        """How many of its own long gaps (P90) it has been quiet; 0 while we owe it something."""
        if self.rhythm is None or not self.rhythm.p90 or self.customer.late:
            return 0.0
        return self.rhythm.quiet / self.rhythm.p90

    def yearly(self, today: date, share: float = 1.0) -> list[Amount]:
        """A share of its revenue by currency; one unknown amount where it can't be told."""
        if self.revenue is None:
            return [Amount(None, None, today)]
        part = Decimal(share)
        return [Amount(value * part, code, today) for code, value in sorted(self.revenue.items())]


def wilson(lost: float, n: float) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson 1927); null for a share of nothing."""
    if n == 0:
        return None
    share, z2 = lost / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # of none and of all the bounds are exact: rounding would put them a hair beside
    low = middle - reach if lost else 0.0
    return low, middle + reach if lost < n else 1.0


def lives(customers: Iterable[Customer], today: date) -> list[Life]:
    """When each came and left: by contract where it has one, else by falling quiet."""
    return [Life(one, _came_on(one), tuple(_leavings(one, today))) for one in customers]


def rate(lives: Iterable[Life], start: date, end: date) -> Rate:
    """Churn over the days [start, end)."""
    at_start = lost = returned = 0
    for one in lives:
        if not one.is_customer_on(start):
            continue
        at_start += 1
        gone = next((left for left in one.leavings if start <= left.on < end), None)
        if gone:
            lost += 1
            returned += gone.back_on is not None and gone.back_on < end
    interval = wilson(lost, at_start)
    low, high = interval or (None, None)
    return Rate(at_start, lost, returned, lost / at_start if at_start else None, low, high)


def rate_by(
    lives: Iterable[Life], start: date, end: date, dimension: str
) -> dict[str | None, Rate]:
    """The same for each value of a dimension; customers without one stand under null."""
    groups: dict[str | None, list[Life]] = defaultdict(list)
    for one in lives:
        groups[getattr(one.customer, dimension)].append(one)
    return {value: rate(found, start, end) for value, found in groups.items()}


def quiet_events(lives: Iterable[Life]) -> int:
    """How often ever a customer left by falling quiet: what a percentage could rest on."""
    return sum(len(one.leavings) for one in lives if not one.customer.contracts)


def standings(
    lives: Sequence[Life], today: date, told: Mapping[Key, float] | None = None
) -> list[Standing]:
    """How every customer stands: the riskiest first where a percentage can be given, else those
    with the most signals; those who left come last. `told`: chances by a fit, null without one."""
    reads_gaps = told is None and quiet_events(lives) >= ENOUGH_EVENTS
    reordering = _reordering(lives, today) if reads_gaps else None
    found = []
    for life in lives:
        one, beat = life.customer, order_rhythm(life.customer, today)
        risk = None
        if life.left_on is None:
            risk = _by_gaps(reordering, one, beat) if told is None else told.get(one.key)
        found.append(
            Standing(one, beat, life.left_on, signals(one, today), risk, _revenue(one, today))
        )
    return sorted(found, key=lambda one: _rank(one, has_fit=bool(told)))


def _by_gaps(reordering: Reordering | None, one: Customer, beat: Rhythm | None) -> float | None:
    if reordering is None or beat is None or one.contracts:
        return None
    chance = reordering.chance(beat.gaps + 1, beat.quiet)
    return None if chance is None else 1 - chance


def _reordering(lives: Iterable[Life], today: date) -> Reordering:
    buyers = (life.customer for life in lives if not life.customer.contracts)
    return Reordering((days for one in buyers if (days := order_days(one))), today)


def _rank(one: Standing, *, has_fit: bool) -> tuple[bool, float, int, float, str]:
    # by gaps: quiet for longer than others ever were is no percentage, and no reason to be last
    unknown = 0.0 if has_fit else float(one.counted > 0)
    risk = unknown if one.risk is None else one.risk
    return one.left_on is not None, -risk, -one.counted, -one.stretch, one.customer.name


def _leavings(one: Customer, today: date) -> Iterable[Leaving]:
    if one.contracts:
        return [Leaving(*found) for found in _ended(one.contracts, today)]
    return [Leaving(*found) for found in leavings(order_days(one), today)]


def _came_on(one: Customer) -> date | None:
    begun = [contract.starts_on for contract in one.contracts if contract.starts_on]
    return min([*order_days(one), *begun], default=None)


def _ended(contracts: Sequence[Contract], today: date) -> Iterable[tuple[date, date | None]]:
    """The days on which the last contract ended and none followed within the grace."""
    spans = sorted((c.starts_on, _end(c, today)) for c in contracts if c.starts_on)
    covered: date | None = None
    for start, end in spans:
        if covered and start > covered + GRACE:
            yield covered, start
        covered = end if covered is None else max(covered, end)
    if covered and covered <= today:
        yield covered, None


def _end(contract: Contract, today: date) -> date:
    """When it ended; a day that never comes while it runs."""
    if contract.churned_on:
        return contract.churned_on
    if contract.ends_on and contract.ends_on < today and not contract.auto_renew:
        return contract.ends_on
    return date.max - GRACE


def _revenue(one: Customer, today: date) -> dict[str, Decimal] | None:
    if not one.orders:
        return _of_contracts(one, today)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for order in one.orders:
        if order.on <= today - YEAR:
            continue
        if order.amount is None:
            return None
        sums[order.currency or ""] += order.amount
    return dict(sums)


def _of_contracts(one: Customer, today: date) -> dict[str, Decimal] | None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for contract in one.contracts:
        if not contract.runs_on(today):
            continue
        if contract.mrr is None:
            return None
        sums[contract.currency or ""] += 12 * contract.mrr
    return dict(sums) or None
