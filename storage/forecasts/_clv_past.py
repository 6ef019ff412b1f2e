"""What customers brought, told from days in the past: the model and plain past spend.

All figures are money of one customer in the horizon, in the currency in which most pay: `pinball`
is that of the values that half, 8 and 9 in 10 stay below, `mae` that of the value expected.
`cover80` and `cover90` are of the intervals told, `lift10` is what the tenth told the most brought,
by the mean of all. Where there are orders and contracts both stand for themselves too; where one
of them could be scored `parts` names it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from storage.forecasts import Progress
from storage.forecasts._clv_facts import (
    brought,
    buyers_before,
    earned,
    running,
    tenures,
)
from storage.forecasts._clv_fit import (
    FEWEST,
    SHARES,
    Ahead,
    by_contracts,
    by_orders,
    lasting,
    spending,
    together,
)
from storage.forecasts._mbg import mbg
from storage.forecasts._origins import Origin, Plan, spaced
from storage.forecasts._past_spend import FEWEST_DAYS, Facts, of_contracts, of_orders
from storage.forecasts._report import IN_USE, AtOrigin, Gain, Report
from storage.forecasts._sbg import cohort
from storage.forecasts._scores import QUANTILES, Calibrated, Floats, Scores, gain, lift, pinball
from storage.metrics.clv import MONTH

PAST = "past_spend"
ORDERS, CONTRACTS = "orders", "contracts"
SLACK = 1e-9


@dataclass(frozen=True)
class Told:
    """What a method told of customers, and what came."""

    said: Ahead
    came: Floats

    def scores(self) -> Scores:
        if not len(self.came):
            return Scores(0)
        held = self.held()
        found = Scores(
            len(self.came), float(self.losses().mean()),
            float(np.abs(self.said.value - self.came).mean()),
            lift10=lift(self.said.value, self.came),
        )  # fmt: skip
        return replace(found, cover80=held[0], cover90=held[1]) if held else found

    def held(self) -> list[float]:
        """What share of the intervals of each of `SHARES` held what came."""
        slack = SLACK * self.came  # a sum of months is not the same to the last bit
        return [
            float(((low <= self.came + slack) & (self.came <= high + slack)).mean())
            for low, high in self.said.bounds
        ]

    def losses(self) -> Floats:
        return pinball(self.said.quantiles, self.came)


class Side(NamedTuple):
    """One kind of customers at an origin: the model, past spend, and of how many what they brought
    is not known."""

    mine: Told
    past: Told
    unknown: int


NOBODY = Told(Ahead(np.empty(0), (), np.empty((0, len(QUANTILES)))), np.empty(0))


def look_back(
    report: Report, facts: Facts, plan: Plan, horizon: int, until: date, progress: Progress
) -> Report:
    """The report of a plan's origins; without any where there is too little to look back on."""
    first = facts.first + timedelta(days=max(horizon // 4, FEWEST_DAYS))
    wanted = spaced(plan, horizon, first, until)
    found: list[tuple[Origin, Mapping[str, Side]]] = []
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        sides = _sides(facts, origin, horizon, until)
        if sum(len(one.mine.came) for one in sides.values()) >= FEWEST:
            found.append((origin, sides))
    progress("looking back", len(wanted), len(wanted))
    return _summed(report, found) if found else report


def _sides(facts: Facts, origin: Origin, horizon: int, until: date) -> dict[str, Side]:
    sides = {}
    if len(facts.made.day) and (orders := _orders(facts, origin.at.toordinal(), horizon)):
        sides[ORDERS] = orders
    if facts.has_contracts and (signed := _contracts(facts, origin.at, horizon, until)):
        sides[CONTRACTS] = signed
    return sides


def _orders(facts: Facts, day: int, horizon: int) -> Side | None:
    """Buyers without a contract; null where too few had spent anything yet."""
    made = facts.made
    every = buyers_before(made, day)
    if facts.currency not in made.currencies or not len(every.number):
        return None
    code = made.currencies.index(facts.currency)
    now = every.only(made.currency[every.number] == code)
    spend = spending(now.spent)
    if spend is None:
        return None
    found = by_orders(mbg(every.seen), spend, now.seen, now.spent, horizon)
    came = brought(made, now.number, day, day + horizon)
    past = of_orders(made, now.number, code, day, horizon)
    return _side(found, past, came, len(every.number) - len(now.number))


def _contracts(facts: Facts, day: date, horizon: int, until: date) -> Side | None:
    """Customers with a contract; null where there were too few yet."""
    known = facts.view(day).values()
    now = running(known, day)
    mine = [at for at, code in enumerate(now.currency) if code == facts.currency]
    lasts = lasting(cohort(*tenures(known, day)))
    if not mine or lasts is None:
        return None
    months = np.ones(round(horizon / MONTH))
    found = by_contracts(*lasts, now.tenure[mine], now.monthly[mine], months)
    keys = [now.keys[at] for at in mine]
    after = facts.view(until)
    came = np.array([earned(after, key, day, months, facts.currency) for key in keys])
    past = of_contracts(facts, keys, now.tenure[mine], day, horizon)
    return _side(found, past, came, len(now.keys) - len(mine))


def _side(mine: Ahead, past: Ahead, came: Floats, others: int) -> Side:
    """Both methods, without those of whom what they brought is not known."""
    known = ~np.isnan(came)
    told = [Told(one.only(known), came[known]) for one in (mine, past)]
    return Side(told[0], told[1], others + int((~known).sum()))


def _summed(report: Report, found: Sequence[tuple[Origin, Mapping[str, Side]]]) -> Report:
    kinds = [kind for kind in (ORDERS, CONTRACTS) if any(kind in sides for _, sides in found)]
    at = [_methods(sides, kinds) for _, sides in found]
    methods = {name: _joined([one[name] for one in at]) for name in at[0]}
    scores = {name: one.scores() for name, one in methods.items()}
    mine, past = [[one[name].losses() for one in at] for name in (IN_USE, PAST)]
    less = gain(mine, past)
    return replace(
        report,
        methods=scores,
        origins=tuple(
            AtOrigin(origin.at, len(one[IN_USE].came),
                     {name: told.scores() for name, told in one.items()})
            for (origin, _), one in zip(found, at, strict=True)
        ),
        gains={PAST: Gain(*less)} if less else {},
        unknown=sum(side.unknown for _, sides in found for side in sides.values()),
        calibration=tuple(
            Calibrated(share, held, len(methods[IN_USE].came))
            for share, held in zip(SHARES, methods[IN_USE].held(), strict=True)
        ),
        parts={kinds[0]: scores} if len(kinds) == 1 else {},
    )  # fmt: skip


def _methods(sides: Mapping[str, Side], kinds: Sequence[str]) -> dict[str, Told]:
    """Both methods over all customers; of each kind too where there are two."""
    found = {
        IN_USE: _joined([one.mine for one in sides.values()]),
        PAST: _joined([one.past for one in sides.values()]),
    }
    for kind in kinds if len(kinds) > 1 else ():
        side = sides.get(kind)
        found[kind] = side.mine if side else NOBODY
        found[f"{kind}_past"] = side.past if side else NOBODY
    return found


def _joined(told: Sequence[Told]) -> Told:
    some = [one for one in told if len(one.came)]
    if not some:
        return NOBODY
    return Told(together([one.said for one in some]), np.concatenate([one.came for one in some]))
