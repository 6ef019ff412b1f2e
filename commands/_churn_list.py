"""Customers listed by their chance to leave: how many to expect, what is at risk, and factors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from commands._churn_factors import factors_said
from commands._churn_fit import LEAVES, LIKELY, WHOSE, Told, rate_said
from commands._contract import Column, Reading, Sentence, Table, Topic, Value
from commands._money import column, readings, said
from storage.entities import entity
from storage.forecasts._churn_now import Base, Chance
from storage.known.rates import Amount, Rates, Sums
from storage.metrics.churn import METRIC, Standing

BOTH: tuple[Topic, ...] = ("customers", "revenue")
TEN = 10


@dataclass(frozen=True)
class Listed:
    """Living customers in the order of the list, and what a fit tells of each; money in `into`
    where rates allow."""

    shown: Sequence[Standing]
    told: Told
    rates: Rates
    into: str
    today: date

    def chance(self, one: Standing) -> Chance | None:
        return self.told.chances.get(one.customer.key)

    def shares(self, base: Base | None = None) -> list[float]:
        """The chances that are told, of all or of those whom a fit is of."""
        found = [one for one in map(self.chance, self.shown) if one]
        return [one.share for one in found if one.share is not None and base in (None, one.base)]

    def likely(self) -> int:
        """How many are more likely to leave than not."""
        return sum(1 for share in self.shares() if share > LIKELY)

    def revenue(self, one: Standing) -> Sums:
        """What a customer brings a year."""
        return self.rates.total(one.yearly(self.today), self.into)

    def at_risk(self, one: Standing) -> Sums | None:
        """What it brings a year times its chance to leave; null where no chance is told."""
        if one.risk is None:
            return None
        return self.rates.total(one.yearly(self.today, one.risk), self.into)

    @cached_property
    def sums(self) -> tuple[Sums, Sums]:
        """What is expected to go of all with a chance, and what they bring."""
        some = [one for one in self.shown if one.risk is not None]
        return (
            self.rates.total(self._each(some, at_risk=True), self.into),
            self.rates.total(self._each(some, at_risk=False), self.into),
        )

    def _each(self, some: Iterable[Standing], *, at_risk: bool) -> Iterable[Amount]:
        for one in some:
            yield from one.yearly(self.today, (one.risk or 0.0) if at_risk else 1.0)


def summary(found: Listed) -> str:
    """How many are expected to leave: the sum of their chances."""
    shares = found.shares()
    parts = [(base, some) for base in found.told.bases if (some := found.shares(base))]
    if len(parts) == 1:
        will = f"will {LEAVES[parts[0][0].kind]}** within {parts[0][0].days} days"
    else:
        will = f"will leave**: {', '.join(_part(base, some) for base, some in parts)}"
    likely = found.likely()
    who = f"{likely} {'is' if likely == 1 else 'are'} likely to (over 50 %)"
    return f"**About {about(sum(shares))} of {len(shares):,} customers {will}; {who}."


def _part(base: Base, some: Sequence[float]) -> str:
    return (
        f"{about(sum(some))} of {len(some):,} {WHOSE[base.kind]} will {LEAVES[base.kind]} within"
        f" {base.days} d"
    )


def about(count: float) -> str:
    """An expected number as one says it; a small one with a decimal."""
    return f"{count:,.0f}" if count >= TEN else f"{count:.1f}"


def detail(found: Listed) -> list[Sentence]:
    """What is expected to go beside the sum of those named, and how many leave anyway."""
    risk, whole = found.sums
    text = (
        f"Expected to go with them: {said(risk)} a year, the sum of chance × revenue; all"
        f" {len(found.shares()):,} named bring {said(whole)}."
    )
    rates = (Sentence(rate_said(base), ("customers",)) for base in found.told.bases)
    return [Sentence(text, BOTH), *rates]


def figures(found: Listed) -> tuple[Reading, ...]:
    """The sums as readings."""
    risk, whole = found.sums
    rates = [
        Reading(f"base rate {WHOSE[base.kind]}", base.rate, "share", "customers", METRIC.id,
                *(base.interval or (None, None)))
        for base in found.told.bases
    ]  # fmt: skip
    return (
        Reading("expected to leave", sum(found.shares()), "", "customers", METRIC.id),
        Reading("likely to leave", found.likely(), "", "customers", METRIC.id),
        *rates,
        *readings("revenue expected to go", risk, "revenue", METRIC.id),
        *readings("revenue of those named", whole, "revenue", METRIC.id),
    )


def table(found: Listed, *, has_money: bool) -> Table:
    """A row a customer, the highest chance first; bold who is likely to leave."""
    has_horizons = len({base.days for base in found.told.bases if base.has_chances}) > 1
    money, unit = column([found.revenue(one) for one in found.shown])
    risks = [found.at_risk(one) for one in found.shown]
    at_risk, risk_unit = column([one or Sums() for one in risks])
    columns = [
        Column("Customer", "customers"),
        *(Column(name, "customers", "share", METRIC.id) for name in ("To leave", "From", "To")),
        *((Column("Within", "customers", "d", METRIC.id),) if has_horizons else ()),
        Column("Last 12 months", "revenue", unit, METRIC.id),
        Column("At risk", "revenue", risk_unit, METRIC.id),
        Column("Main factors in the score", "customers"),
    ]
    rows: list[tuple[Value, ...]] = []
    for at, one in enumerate(found.shown):
        chance = found.chance(one)
        rows.append((
            one.customer.name, *_shares(chance, has_horizon=has_horizons), money[at],
            None if risks[at] is None else at_risk[at],
            factors_said(chance.factors, has_money=has_money) if chance else None,
        ))  # fmt: skip
    bold = frozenset(at for at, one in enumerate(found.shown) if (one.risk or 0) > LIKELY)
    keys = tuple(entity("customer", one.customer.key) for one in found.shown)
    return Table(tuple(columns), tuple(rows), bold, len(rows), keys)


def _shares(one: Chance | None, *, has_horizon: bool) -> tuple[Value, ...]:
    if one is None or one.share is None:
        return (None,) * (4 if has_horizon else 3)
    return (one.share, one.low, one.high, *((one.base.days,) if has_horizon else ()))
