"""What customers will bring: by how long contracts last, or by what those like them brought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import exp
from random import Random
from typing import Literal

from storage.curves import ROUNDING, Observed, kaplan_meier
from storage.known.customers import Customer
from storage.known.rates import Rates
from storage.metrics import Metric
from storage.metrics._signals import order_days
from storage.metrics._student import Mean, mean
from storage.metrics._worth import monthly, ordered
from storage.metrics.churn import Life, lives

METRIC = Metric(
    id="clv",
    version=2,
    title="Customer lifetime value",
    formula=(
        "Revenue to come, for costs are not known. With contracts: money a month over the next 36"
        " months, each month times the chance that a customer of this tenure still has a contract"
        " then (shifted beta-geometric), discounted by 10 % a year. Without: orders to come in 12"
        " months (MBG/NBD) times money an order (gamma-gamma). Where such a fit did worse than"
        " plain past spend when looked back on, or there is none: Kaplan-Meier over all tenures;"
        " what customers with as many orders, quiet for as long, brought on average in the 12"
        " months that followed, over up to three past years."
    ),
    unit="money",
    better="higher",
    needs=("contract", "salesorder"),
    caveats=(
        "This is revenue, not margin.",
        (
            "By a fit the interval is what one customer brings in 8 of 10 cases; else it is the"
            " 95 % interval of the average customer of this kind."
        ),
        (
            "Where how often customers order goes with how much, money an order is drawn to the"
            " mean of those who order as often."
        ),
        "By Kaplan-Meier, beyond the tenures that at least 5 have reached: an average rate.",
        "The horizons differ (36 and 12 months): the two kinds are never added up.",
        "It does not follow a customer's own trend.",
    ),
    synonyms=("lifetime value", "ltv", "customer value", "customer lifetime value"),
)  # fmt: skip

MONTHS, HORIZON = 36, timedelta(days=365)
MONTH = 365.25 / 12
DISCOUNT = 0.10
FEW, ENOUGH, ORIGINS = 5, 10, 3
SAMPLES, SEED = 100, 36
ORDERS = (1, 4, 11)
QUIET = (90, 180, 365)
Kind = Literal["contract", "orders"]
Class = tuple[int, int]


@dataclass(frozen=True)
class Worth:
    """What a customer is expected to bring; null where nothing like it was ever seen.

    `n`: those that it rests on. `is_own`: by a fit, with an interval of this customer; else that
    is one of the average customer like it.
    """

    customer: Customer
    kind: Kind
    currency: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    is_own: bool = False


def discounts() -> list[float]:
    """What 1 in each of the `MONTHS` to come counts today."""
    return [(1 + DISCOUNT) ** (-ahead / 12) for ahead in range(1, MONTHS + 1)]


def by_contract(customers: Sequence[Customer], today: date, rates: Rates, into: str) -> list[Worth]:
    """Those with a contract that runs and brings money, the most valuable first."""
    signed = [life for life in lives(customers, today) if life.customer.contracts]
    observed = [one for life in signed if (one := _tenure(life, today))]
    if not observed:
        return []
    factors = _factors(observed)
    sampled = _sampled(observed)
    found = []
    for life in signed:
        money = monthly(life.customer, today, rates, into, today)
        if life.left_on or life.came_on is None or money is None or not money[0]:
            continue
        tenure = min(int((today - life.came_on).days / MONTH), len(factors) - 1)
        each, bounds = float(money[0]), sorted(one[tenure] for one in sampled)
        low, high = _bounds(bounds)
        found.append(
            Worth(
                life.customer, "contract", money[1], each * factors[tenure],
                each * min(low, factors[tenure]), each * max(high, factors[tenure]), len(observed),
            )
        )  # fmt: skip
    return sorted(found, key=_rank)


def by_order(customers: Sequence[Customer], today: date, rates: Rates, into: str) -> list[Worth]:
    """Those without a contract, by what customers like them brought in 12 months."""
    buyers = [one for one in customers if not one.contracts and one.orders]
    followed = _followed(buyers, today, rates, into)
    found = []
    for one in buyers:
        known = _class(one, today)
        currency = _currency(one, rates, into)
        if known is None or currency is None:
            continue
        like = _like(followed.get(currency, {}), known)
        found.append(
            Worth(
                one, "orders", currency, like.value,
                None if like.low is None else max(0.0, like.low), like.high, like.n,
            )
        )  # fmt: skip
    return sorted(found, key=_rank)


def _rank(one: Worth) -> tuple[bool, float, str]:
    return one.value is None, -(one.value or 0), one.customer.name


def _tenure(life: Life, today: date) -> Observed | None:
    """How long it has been under contract, and whether that ended."""
    if life.came_on is None or life.came_on > today:
        return None
    ended = life.leavings[0].on if life.leavings else None
    return Observed(float(max(0, ((ended or today) - life.came_on).days)), ended is not None)


def _factors(observed: Sequence[Observed]) -> list[float]:
    """By months of tenure: how many months' money the next 36 months are worth."""
    longest = int(max(one.days for one in observed) / MONTH) + 1
    left = _monthly(observed, longest + MONTHS)
    discount = discounts()
    return [
        sum(left[at + ahead] / left[at] * discount[ahead - 1] for ahead in range(1, MONTHS + 1))
        for at in range(longest + 1)
    ]


def _monthly(observed: Sequence[Observed], months: int) -> list[float]:
    """S at each whole month: the curve as far as 5 have come, then the average rate of ending."""
    curve = kaplan_meier(observed)
    days = sorted((one.days for one in observed), reverse=True)
    reach = days[min(FEW, len(days)) - 1]
    # half an ending more than were seen: none at all does not mean that none will be
    each_day = (sum(one.ended for one in observed) + 0.5) / max(1.0, sum(days))
    at_reach = max(curve.at(reach), ROUNDING)
    return [
        max(curve.at(month * MONTH), ROUNDING)
        if month * MONTH <= reach
        else at_reach * exp(-each_day * (month * MONTH - reach))
        for month in range(months + 1)
    ]


def _sampled(observed: Sequence[Observed]) -> list[list[float]]:
    """The factors of samples drawn with replacement from the same customers; always the same."""
    draw = Random(SEED)  # noqa: S311 - a statistic, not a secret
    longest = max(observed, key=lambda one: one.days)
    samples = []
    for _ in range(SAMPLES):
        sample = draw.choices(observed, k=len(observed))
        # the longest tenure is in each, so that all have a factor for every tenure
        samples.append(_factors([*sample[1:], longest]))
    return samples


def _bounds(ascending: Sequence[float]) -> tuple[float, float]:
    cut = round(0.025 * len(ascending))
    return ascending[cut], ascending[-1 - cut]


def _followed(
    buyers: Iterable[Customer], today: date, rates: Rates, into: str
) -> dict[str, dict[Class, list[float]]]:
    """By currency and class: what customers brought in the 12 months after each past origin."""
    found: dict[str, dict[Class, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in buyers:
        for back in range(1, ORIGINS + 1):
            origin = today - back * HORIZON
            known, currency = _class(one, origin), _currency(one, rates, into)
            brought = ordered(one, origin, origin + HORIZON, rates, into)
            if known and currency is not None and brought is not None:
                found[currency][known].append(float(brought[0]))
    return found


def _currency(one: Customer, rates: Rates, into: str) -> str | None:
    """The one currency in which all of its orders can be told; null where there is none."""
    all_of_it = ordered(one, date.min, date.max, rates, into)
    return all_of_it[1] if all_of_it else None


def _class(one: Customer, day: date) -> Class | None:
    """How often it had ordered before a day and how long it was quiet; null before its first."""
    days = [found for found in order_days(one) if found < day]
    if not days:
        return None
    quiet = (day - days[-1]).days
    return sum(len(days) > most for most in ORDERS), sum(quiet > most for most in QUIET)


def _like(followed: Mapping[Class, Sequence[float]], known: Class) -> Mean:
    """The average of its class, else of all that ordered as often, else of all; null where even
    these are too few."""
    wider = (
        [known],
        [one for one in followed if one[0] == known[0]],
        list(followed),
    )
    for classes in wider:
        brought = [value for one in classes for value in followed.get(one, ())]
        if len(brought) >= ENOUGH:
            return mean(brought)
    return Mean(0, None)


def total(worths: Iterable[Worth]) -> dict[str, Decimal]:
    """What is known of them in sum, by currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in worths:
        if one.value is not None:
            sums[one.currency] += Decimal(str(one.value))
    return dict(sums)
