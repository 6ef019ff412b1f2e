"""Retention: of the revenue that customers brought, how much they still bring."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from typing import Literal

from storage.known.customers import Customer
from storage.known.rates import Rates
from storage.metrics import Metric
from storage.metrics._student import t95
from storage.metrics._worth import NOTHING, monthly, ordered
from storage.metrics.churn import wilson

METRIC = Metric(
    id="retention",
    version=1,
    title="Revenue retention",
    formula=(
        "Of the customers who brought revenue at the start of the window: GRR is what they still"
        " bring at its end, each capped at what it brought at the start, divided by all of it then;"
        " NRR is the same without the cap; logo churn is the share of them who bring nothing any"
        " more. With contracts, revenue is money a month on the first and on the last day."
        " Without, it is what was ordered in the window against the time of the same length before"
        " it."
    ),
    unit="share",
    better="higher",
    needs=("contract", "salesorder"),
    dimensions=("segment", "country"),
    caveats=(
        "Customers are fixed at the start: who came later is not counted.",
        "NRR can be over 100 % while customers leave: read it beside GRR.",
        "All money is converted at the rates of the window's last day, so rates change nothing.",
        "By orders, a customer who has not ordered again yet counts as lost: use 12 months.",
        "What a contract brought before we first saw it is taken to be what we saw first.",
        (
            "The 95 % interval of GRR and NRR is that of a ratio of sums over customers; where all"
            " are alike its low end is as if the share that none lost of n allows were lost."
        ),
    ),
    synonyms=("grr", "nrr", "revenue churn", "gross revenue retention", "net revenue retention"),
)

ALIKE = 1e-12
Basis = Literal["contracts", "orders"]


@dataclass(frozen=True)
class Pair:
    """What a customer brought at the start and brings at the end, in one currency."""

    customer: Customer
    start: Decimal
    end: Decimal
    currency: str


@dataclass(frozen=True)
class Ratio:
    """A share of sums with its 95 % interval; null without anything to divide by."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Retained:
    """Retention of the customers at the start, in one currency.

    `lost` bring nothing any more; `contraction` and `expansion` are of those who stayed.
    """

    basis: Basis
    currency: str
    customers: int
    lost: int
    start: Decimal
    end: Decimal
    churned: Decimal
    contraction: Decimal
    expansion: Decimal
    grr: Ratio
    nrr: Ratio
    logo_churn: Ratio


def by_contract(
    customers: Iterable[Customer], start: date, end: date, rates: Rates, into: str
) -> tuple[list[Pair], int]:
    """Customers with money a month at the beginning of `start`; how many could not be told."""
    pairs, unknown = [], 0
    for one in customers:
        before = monthly(one, start, rates, into, end)
        after = monthly(one, end, rates, into, end)
        if before is None or after is None:
            unknown += 1
        elif before[0] > 0:
            pairs.append(_pair(one, before, after))
    known = [pair for pair in pairs if pair]
    return known, unknown + len(pairs) - len(known)


def by_order(
    customers: Iterable[Customer], start: date, end: date, rates: Rates, into: str
) -> tuple[list[Pair], int]:
    """Customers who ordered in the time of the same length before the days [start, end)."""
    pairs, unknown = [], 0
    first = start - (end - start)
    for one in customers:
        before = ordered(one, first, start, rates, into, end)
        after = ordered(one, start, end, rates, into, end)
        if before is None or after is None:
            unknown += 1
        elif before[0] > 0:
            pairs.append(_pair(one, before, after))
    known = [pair for pair in pairs if pair]
    return known, unknown + len(pairs) - len(known)


def retained(pairs: Iterable[Pair], basis: Basis) -> list[Retained]:
    """Retention in each currency, the one with the most customers first."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.currency].append(pair)
    found = [_retained(group, currency, basis) for currency, group in groups.items()]
    return sorted(found, key=lambda one: (-one.customers, one.currency))


def _pair(one: Customer, before: tuple[Decimal, str], after: tuple[Decimal, str]) -> Pair | None:
    """Null where the two stand in currencies that can't be compared."""
    if after[1] and after[1] != before[1]:
        return None
    return Pair(one, before[0], max(after[0], NOTHING), before[1])


def _retained(pairs: Sequence[Pair], currency: str, basis: Basis) -> Retained:
    lost = [pair for pair in pairs if pair.end == 0]
    stayed = [pair for pair in pairs if pair.end != 0]
    low, high = wilson(len(lost), len(pairs)) or (None, None)
    return Retained(
        basis, currency, len(pairs), len(lost),
        sum((pair.start for pair in pairs), NOTHING),
        sum((pair.end for pair in pairs), NOTHING),
        sum((pair.start for pair in lost), NOTHING),
        sum((max(pair.start - pair.end, NOTHING) for pair in stayed), NOTHING),
        sum((max(pair.end - pair.start, NOTHING) for pair in stayed), NOTHING),
        _ratio([(float(min(pair.start, pair.end)), float(pair.start)) for pair in pairs], 1.0),
        _ratio([(float(pair.end), float(pair.start)) for pair in pairs]),
        Ratio(len(lost) / len(pairs), low, high),
    )  # fmt: skip


def _ratio(parts: Sequence[tuple[float, float]], most: float = float("inf")) -> Ratio:
    """A ratio of sums and its interval by linearisation (Cochran 1977, ch. 6.3)."""
    n, whole = len(parts), sum(below for _, below in parts)
    if whole <= 0:
        return Ratio(None)
    value = sum(above for above, _ in parts) / whole
    if n < 2:
        return Ratio(value)
    spread = sum((above - value * below) ** 2 for above, below in parts) * n / (n - 1)
    reach = t95(n - 1) * sqrt(spread) / whole
    # where all are alike, so many more could still be lost as with none lost of n
    unseen = value * (wilson(0, n) or (0.0, 1.0))[1] if spread < ALIKE else 0.0
    return Ratio(value, max(0.0, value - reach - unseen), min(most, value + reach))
