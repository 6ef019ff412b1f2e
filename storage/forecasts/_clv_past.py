"""What customers brought, told from days in the past: the model and plain past spend.

`past_spend` is what each brought in as long a window before, times what such a sum had come to in
the window before that: of orders and of contracts apart. All figures are money of one customer, in
the currency in which most pay; `mae` is that of the value told. `cover80` and `cover90` are of the
intervals told, `lift10` is what the tenth told the most brought, by the mean of all. Where there
are orders and contracts both stand for themselves too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from storage.forecasts._churn_facts import View
from storage.forecasts._churn_past import before, spaced
from storage.forecasts._clv_facts import (
    MONTH,
    Paid,
    brought,
    buyers_before,
    earned,
    running,
    tenures,
)
from storage.forecasts._clv_fit import Bounds, by_contracts, by_orders
from storage.forecasts._gamma_gamma import gamma_gamma
from storage.forecasts._mbg import mbg
from storage.forecasts._origins import Origin, Plan
from storage.forecasts._report import IN_USE, AtOrigin, Gain, Report
from storage.forecasts._sbg import cohort, drawn, sbg
from storage.forecasts._scores import Floats, Scores, gain, lift
from storage.known.customers import Customer
from storage.links import Key

PAST = "past_spend"
ORDERS, CONTRACTS = "orders", "contracts"
FEWEST, FEWEST_DAYS = 20, 90
Progress = Callable[..., None]


@dataclass(frozen=True)
class Told:
    """What a method told of customers, and what came; bounds where it tells any."""

    value: Floats
    came: Floats
    bounds: tuple[Bounds, ...] = ()

    def scores(self) -> Scores:
        if not len(self.came):
            return Scores(0)
        held = [
            float(((low <= self.came) & (self.came <= high)).mean()) for low, high in self.bounds
        ]
        found = Scores(len(self.came), mae=float(self.losses().mean()),
                       lift10=lift(self.value, self.came))  # fmt: skip
        return replace(found, cover80=held[0], cover90=held[1]) if held else found

    def losses(self) -> Floats:
        found: Floats = np.abs(self.value - self.came)
        return found


class Side(NamedTuple):
    """One kind of customers at an origin: the model, past spend, and of how many what they brought
    is not known."""

    mine: Told
    past: Told
    unknown: int


@dataclass(frozen=True)
class Facts:
    """All that a look back reads: orders, customers with contracts by day, the first day of both,
    and the currency in which most pay."""

    made: Paid
    view: View
    has_contracts: bool
    first: date
    currency: str


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
    """Buyers without a contract; null where none had spent anything yet."""
    made = facts.made
    every = buyers_before(made, day)
    if facts.currency not in made.currencies or not len(every.number):
        return None
    code = made.currencies.index(facts.currency)
    now = every.only(made.currency[every.number] == code)
    spend = gamma_gamma(now.spent)
    if spend is None:
        return None
    found = by_orders(mbg(every.seen), spend, now.seen, now.spent, horizon)
    came = brought(made, now.number, day, day + horizon)
    past = _spent_before(made, now.number, day, horizon) * _came_of_it(made, code, day, horizon)
    return _side(Told(found.value, came, found.bounds), past, len(every.number) - len(now.number))


def _spent_before(made: Paid, number: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]", day: int,
                  days: int) -> Floats:  # fmt: skip
    """What each ordered for in so many days before, of a shorter history in proportion."""
    start = max(day - days, int(made.day.min()))
    money: Floats = np.nan_to_num(brought(made, number, start, day)) * days / max(day - start, 1)
    return money


def _came_of_it(made: Paid, code: int, day: int, horizon: int) -> float:
    """What came of a sum of past spend in the window before a day; 1 where that is not known."""
    window = min(horizon, (day - int(made.day.min())) * 2 // 3)
    then = buyers_before(made, day - window)
    mine = then.number[made.currency[then.number] == code]
    told = float(_spent_before(made, mine, day - window, window).sum())
    came = float(np.nan_to_num(brought(made, mine, day - window, day)).sum())
    return came / told if told and came else 1.0


def _contracts(facts: Facts, day: date, horizon: int, until: date) -> Side | None:
    """Customers with a contract; null where none brought anything yet."""
    known = facts.view(day).values()
    now = running(known, day)
    mine = [at for at, code in enumerate(now.currency) if code == facts.currency]
    if not mine:
        return None
    months = np.ones(round(horizon / MONTH))
    seen = cohort(*tenures(known, day))
    found = by_contracts(sbg(seen), drawn(seen), now.tenure[mine], now.monthly[mine], months)
    keys = [now.keys[at] for at in mine]
    came = _earned(facts, facts.view(until), keys, day, months)
    past = _earned(facts, facts.view(day), keys, _back(day, months), months)
    then = before(day, horizon)
    ratio = _kept(facts, then, day, months) if then > facts.first else 1.0
    return _side(Told(found.value, came, found.bounds), np.nan_to_num(past) * ratio,
                 len(now.keys) - len(mine))  # fmt: skip


def _earned(
    facts: Facts, seen: Mapping[Key, Customer], keys: Sequence[Key], day: date, months: Floats
) -> Floats:
    return np.array([earned(seen, key, day, months, facts.currency) for key in keys])


def _kept(facts: Facts, then: date, day: date, months: Floats) -> float:
    """What came, by a day, of what contracts had brought before one in the past."""
    now = running(facts.view(then).values(), then)
    keys = [key for key, code in zip(now.keys, now.currency, strict=True) if code == facts.currency]
    told = np.nansum(_earned(facts, facts.view(then), keys, _back(then, months), months))
    came = np.nansum(_earned(facts, facts.view(day), keys, then, months))
    return float(came / told) if told and came else 1.0


def _back(day: date, months: Floats) -> date:
    return day - timedelta(days=round(len(months) * MONTH))


def _side(mine: Told, past: Floats, others: int) -> Side:
    """Both methods, without those of whom what they brought is not known."""
    known = ~np.isnan(mine.came)
    bounds = tuple((low[known], high[known]) for low, high in mine.bounds)
    came = mine.came[known]
    told = Told(mine.value[known], came, bounds)
    return Side(told, Told(past[known], came), others + int((~known).sum()))


def _summed(report: Report, found: Sequence[tuple[Origin, Mapping[str, Side]]]) -> Report:
    kinds = [kind for kind in (ORDERS, CONTRACTS) if any(kind in sides for _, sides in found)]
    at = [_methods(sides, kinds) for _, sides in found]
    methods = {name: _joined([one[name] for one in at]) for name in at[0]}
    mine, past = [[one[name].losses() for one in at] for name in (IN_USE, PAST)]
    less = gain(mine, past)
    return replace(
        report,
        methods={name: one.scores() for name, one in methods.items()},
        origins=tuple(
            AtOrigin(origin.at, len(one[IN_USE].came),
                     {name: told.scores() for name, told in one.items()})
            for (origin, _), one in zip(found, at, strict=True)
        ),
        gains={PAST: Gain(*less, measure="mae")} if less else {},
        unknown=sum(side.unknown for _, sides in found for side in sides.values()),
    )  # fmt: skip


def _methods(sides: Mapping[str, Side], kinds: Sequence[str]) -> dict[str, Told]:
    """Both methods over all customers; of each kind too where there are two."""
    found = {
        IN_USE: _joined([one.mine for one in sides.values()]),
        PAST: _joined([one.past for one in sides.values()]),
    }
    none = Told(np.empty(0), np.empty(0))
    for kind in kinds if len(kinds) > 1 else ():
        side = sides.get(kind)
        found[kind] = side.mine if side else none
        found[f"{kind}_{PAST}"] = side.past if side else none
    return found


def _joined(told: Sequence[Told]) -> Told:
    some = [one for one in told if len(one.came)]
    if not some:
        return Told(np.empty(0), np.empty(0))
    bounds = tuple(
        (np.concatenate([one.bounds[at][0] for one in some]),
         np.concatenate([one.bounds[at][1] for one in some]))
        for at in range(len(some[0].bounds))
    )  # fmt: skip
    value, came = (np.concatenate([getattr(one, name) for one in some])
                   for name in ("value", "came"))  # fmt: skip
    return Told(value, came, bounds)
