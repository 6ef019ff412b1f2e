"""What a fit tells of customers as they are known on a day: pure, all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

import numpy as np

from storage.forecasts._buying import (
    MONEY,
    OFTEN,
    QUIET,
    SINCE,
    Buyers,
    Buying,
    Usual,
    buyers_before,
    buying_from,
    own_gaps,
)
from storage.forecasts._churn_facts import is_customer, known_on, orders_of
from storage.forecasts._features import Known, Value
from storage.forecasts._leaving import Leaving, Scored, leaving_from
from storage.known.customers import Customer
from storage.links import Key
from storage.metrics.churn import wilson

Kind = Literal["contracts", "orders"]
FACTORS = 3
# a factor moves the odds by more than a twentieth
LEAST = 0.05


class Factor(NamedTuple):
    """What weighs in a score: `value` is what is known, `usual` that of half of all learned from,
    and of the days since an order the customer's own (null where there is no such); `part` is what
    it adds to the logit against what is usual, above 0 to leave."""

    name: str
    value: Value
    usual: Value
    part: float


@dataclass(frozen=True)
class Base:
    """Whom a fit is of, and what it knows of all of them: of `n`, `left` left in `window` days.

    Its chances are of leaving within `days`; it has none where too few left, or stayed.
    """

    kind: Kind
    days: int
    window: int
    n: int
    left: int
    has_chances: bool

    @property
    def rate(self) -> float | None:
        return self.left / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the rate (Wilson); null of nobody."""
        return wilson(self.left, self.n)


@dataclass(frozen=True)
class Chance:
    """The chance of a customer to leave within `base.days`, with the 95 % interval of the fit;
    null where the fit has no chances. `factors` are what weighs most in the score, first first."""

    base: Base
    share: float | None = None
    low: float | None = None
    high: float | None = None
    factors: tuple[Factor, ...] = ()

    @property
    def main(self) -> tuple[Factor, ...]:
        """The first of its factors that weigh."""
        return tuple(one for one in self.factors[:FACTORS] if abs(one.part) > LEAST)


@dataclass(frozen=True)
class Kept:
    """The fits in use, each with its horizon in days: of customers with a contract, and of buyers
    without; null where there is none."""

    contracts: tuple[int, Leaving] | None = None
    orders: tuple[int, Buying] | None = None

    @property
    def bases(self) -> tuple[Base, ...]:
        found = []
        if self.contracts:
            days, fit = self.contracts
            found.append(Base("contracts", days, days, fit.n, fit.events, fit.score is not None))
        if self.orders:
            days, buys = self.orders
            has = buys.score is not None
            found.append(Base("orders", days, buys.window, buys.n, buys.n - buys.events, has))
        return tuple(found)

    def chances(
        self, customers: Sequence[Customer], day: date, most: int | None = FACTORS
    ) -> dict[Key, Chance]:
        """What is told of each customer that the fits are of, as known on a day; with its `most`
        factors, null: all of them."""
        found: dict[Key, Chance] = {}
        for base in self.bases:
            if base.kind == "contracts":
                mine = [one for one in customers if is_customer(one, day)]
                found |= self._of_contracts(base, mine, day, most)
            else:
                mine = [one for one in customers if one.orders and not one.contracts]
                found |= self._of_orders(base, mine, day, most)
        return found

    def _of_contracts(
        self, base: Base, mine: Sequence[Customer], day: date, most: int | None
    ) -> dict[Key, Chance]:
        assert self.contracts
        fit, rows = self.contracts[1], [known_on(one, day) for one in mine]
        usual = [fit.middles()] * len(rows)
        return _told(base, mine, fit.scored(rows) if rows else None, rows, usual, most)

    def _of_orders(
        self, base: Base, mine: Sequence[Customer], day: date, most: int | None
    ) -> dict[Key, Chance]:
        assert self.orders
        fit, made = self.orders[1], orders_of(mine)
        now = buyers_before(made, day.toordinal() + 1)  # what was ordered on the day is known
        told = fit.quiet(now, base.days) if len(now.number) else None
        some, usual = [mine[at] for at in now.number], _usual(now, fit.usual)
        return _told(base, some, told, _rows(now), usual, most)


def kept_from(params: Mapping[str, Any], tried: Sequence[str]) -> Kept:
    """The fits of `params` that are among those tried and found good."""
    signed = params.get("contracts") if "contracts" in tried else None
    bought = params.get("orders") if "orders" in tried else None
    return Kept(
        (signed["days"], leaving_from(signed)) if signed else None,
        (bought["days"], buying_from(bought)) if bought else None,
    )


def _rows(now: Buyers) -> list[Known]:
    again, last, age = (one.tolist() for one in now.seen)
    return [  # seen from the day after
        {QUIET: since - until - 1, OFTEN: more + 1, SINCE: since - 1, MONEY: spent}
        for more, until, since, spent in zip(again, last, age, now.money.tolist(), strict=True)
    ]


def _usual(now: Buyers, usual: Usual) -> list[Known]:
    rest = {OFTEN: usual.again + 1, SINCE: usual.age, MONEY: usual.money}
    return [{QUIET: gap, **rest} for gap in own_gaps(now, usual).tolist()]


def _told(
    base: Base,
    mine: Sequence[Customer],
    scored: Scored | None,
    rows: Sequence[Known],
    usual: Sequence[Known],
    most: int | None,
) -> dict[Key, Chance]:
    if scored is None:
        return {one.key: Chance(base) for one in mine}
    figures = zip(scored.chance.tolist(), scored.low.tolist(), scored.high.tolist(), strict=True)
    factors = factors_of(scored, rows, usual, most)
    return {
        one.key: Chance(base, *three, told)
        for one, three, told in zip(mine, figures, factors, strict=True)
    }


def factors_of(
    scored: Scored, rows: Sequence[Known], usual: Sequence[Known], most: int | None = FACTORS
) -> list[tuple[Factor, ...]]:
    """The `most` factors of each row that weigh, first first; null: all, whatever they weigh."""
    order = np.argsort(-np.abs(scored.parts), axis=1, kind="stable")[:, :most].tolist()
    parts, names = scored.parts.tolist(), scored.names
    return [
        tuple(
            Factor(names[to], rows[at].get(names[to]), usual[at].get(names[to]), parts[at][to])
            for to in some
            if most is None or abs(parts[at][to]) > LEAST
        )
        for at, some in enumerate(order)
    ]
