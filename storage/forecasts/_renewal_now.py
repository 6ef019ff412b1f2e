"""The chance that each contract is renewed which must be decided on soon: pure, all at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from storage.forecasts._churn_now import Factor, factors_of
from storage.forecasts._leaving import Leaving
from storage.forecasts._renewal_facts import upcoming
from storage.known.customers import Customer
from storage.links import Key

# whose contracts, to be decided on by when, and due when
Group = tuple[Key, date, date]


class Renews(NamedTuple):
    """The chance of a renewal with the 95 % interval of the fit, and what weighs most in it: parts
    above 0 are for it."""

    share: float
    low: float
    high: float
    factors: tuple[Factor, ...]


def chances(
    fit: Leaving, customers: Iterable[Customer], day: date, days: int
) -> dict[Group, Renews]:
    """The chance of each renewal to be decided on within so many days, as known on a day; of
    several contracts of a customer with the same dates the mean. None where the fit has none."""
    due = list(upcoming(customers, day, day + timedelta(days=days)))
    told = fit.scored([one.known for one in due]) if due else None
    if told is None:
        return {}
    factors = factors_of(told, [one.known for one in due], [fit.middles()] * len(due))
    groups: dict[Group, list[Renews]] = defaultdict(list)
    for at, one in enumerate(due):
        mine = tuple(factor._replace(part=-factor.part) for factor in factors[at])
        chance = float(told.chance[at]), float(told.low[at]), float(told.high[at])
        group = (one.customer.key, one.decide_by, one.name[3])
        groups[group].append(Renews(1 - chance[0], 1 - chance[2], 1 - chance[1], mine))
    return {group: _mean(some) for group, some in groups.items()}


def _mean(some: Sequence[Renews]) -> Renews:
    n = len(some)
    return Renews(
        sum(one.share for one in some) / n, sum(one.low for one in some) / n,
        sum(one.high for one in some) / n, some[0].factors,
    )  # fmt: skip
