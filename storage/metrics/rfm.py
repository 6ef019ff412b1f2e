"""RFM: customers by how lately, how often and for how much they ordered, in named segments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from storage.curves import ROUNDING
from storage.known.customers import Customer
from storage.known.rates import Amount, Rates
from storage.links import Key
from storage.metrics import Metric
from storage.metrics._signals import order_days
from storage.metrics._worth import ordered

METRIC = Metric(
    id="rfm",
    version=1,
    title="RFM segments",
    formula=(
        "Each customer who ordered in the last two years gets three scores from 1 to 5, by fifths"
        " of all of them: how lately it ordered, on how many days, and for how much, less what was"
        " sent back. Equal values get equal scores. The mean of the last two (halves up) and the"
        " first make the segment."
    ),
    unit="",
    better="higher",
    needs=("salesorder", "salesline", "shipment"),
    caveats=(
        "Scores compare customers with one another: someone is always last.",
        "Two years, so that one season does not decide.",
        "Customers whose money can't be told in one currency are left out.",
    ),
    synonyms=("segments", "segment", "rfm score", "recency frequency monetary"),
)

WINDOW = timedelta(days=730)
FIFTHS = 5
FEWEST = 5
# by the first score (5 to 1), for the mean of the other two: 4-5, 2-3, 1
NAMES = {
    5: ("champions", "promising", "new"),
    4: ("champions", "promising", "new"),
    3: ("loyal", "need attention", "occasional"),
    2: ("can't lose", "slipping", "hibernating"),
    1: ("can't lose", "slipping", "lost"),
}
SEGMENTS = tuple(dict.fromkeys(name for names in NAMES.values() for name in names))


@dataclass(frozen=True)
class Scored:
    """A customer with its scores; `revenue` is net of returns, in the currency of all."""

    customer: Customer
    last_on: date
    orders: int
    revenue: Decimal
    recency: int
    frequency: int
    monetary: int

    @property
    def segment(self) -> str:
        rest = (self.frequency + self.monetary + 1) // 2
        return NAMES[self.recency][0 if rest >= 4 else 1 if rest >= 2 else 2]


@dataclass(frozen=True)
class Segments:
    """All scored customers, in one currency; `left_out` counts those that could not be."""

    scored: tuple[Scored, ...]
    currency: str
    left_out: int


def segments(
    customers: Iterable[Customer],
    returned: Mapping[Key, Sequence[Amount]],
    today: date,
    rates: Rates,
    into: str,
) -> Segments:
    """Customers who ordered in the two years before `today`, the best first.

    `returned` are goods sent back, by company: their revenue goes.
    """
    since, found, left_out = today - WINDOW, [], 0
    for one in customers:
        days = [day for day in order_days(one) if day > since]
        if not days:
            continue
        money = ordered(one, since + timedelta(days=1), date.max, rates, into)
        back = rates.total(_back(one, returned, since), into)
        if money is None or back.unknown or set(back.by_currency) - {money[1]}:
            left_out += 1
            continue
        net = money[0] - sum(back.by_currency.values(), Decimal(0))
        found.append((one, days, net, money[1]))
    currency = _commonest([currency for *_, currency in found])
    # what was given for nothing is in no currency, and so in any
    same = [one for one in found if one[3] in (currency, "")]
    return Segments(_scored(same), currency, left_out + len(found) - len(same))


def _back(one: Customer, returned: Mapping[Key, Sequence[Amount]], since: date) -> Iterable[Amount]:
    return (back for key in one.keys for back in returned.get(key, ()) if back.on > since)


def _scored(found: Sequence[tuple[Customer, list[date], Decimal, str]]) -> tuple[Scored, ...]:
    if len(found) < FEWEST:
        return ()
    recency = fifths([days[-1].toordinal() for _, days, _, _ in found])
    frequency = fifths([len(days) for _, days, _, _ in found])
    monetary = fifths([float(net) for _, _, net, _ in found])
    every = [
        Scored(one, days[-1], len(days), net, r, f, m)
        for (one, days, net, _), r, f, m in zip(found, recency, frequency, monetary, strict=True)
    ]
    return tuple(sorted(every, key=lambda one: (-one.revenue, one.customer.name)))


def fifths(values: Sequence[float]) -> list[int]:
    """The fifth of each value, 5 for the largest; equal ones share the mean of their ranks."""
    counts, below = Counter(values), 0
    found: dict[float, int] = {}
    for value in sorted(counts):
        rank = below + (counts[value] + 1) / 2
        found[value] = ceil(FIFTHS * rank / len(values) - ROUNDING)
        below += counts[value]
    return [found[value] for value in values]


def _commonest(currencies: Sequence[str]) -> str:
    told = sorted(filter(None, currencies))
    return max(told, key=told.count) if told else ""
