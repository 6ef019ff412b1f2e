"""Who leaves, told in the past against who did: the model and its baselines.

`base_rate` tells everyone the share that left before; `recency` goes by the days since the last
order alone, and has no figures where nothing is known of orders. Chances are those of leaving; of
orders, of placing none in the horizon, and `mae` is that of how many orders each places.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from storage.forecasts import Progress
from storage.forecasts._buying import (
    Ints,
    Purchases,
    bought_in,
    buyers_before,
    buying,
    by_recency,
    window_before,
)
from storage.forecasts._churn_facts import Subject, View, is_customer, known_on
from storage.forecasts._features import Known
from storage.forecasts._leaving import Leaving, leaving
from storage.forecasts._origins import Origin, Plan, spaced, windows
from storage.forecasts._report import IN_USE, AtOrigin, Gain, Report
from storage.forecasts._scores import (
    Calibrated,
    Flags,
    Floats,
    Scores,
    calibration_of_chances,
    gain,
    of_chances,
)

BASE, RECENCY = "base_rate", "recency"
LAST_ORDER = "days since an order"
# how many windows before an origin are learned from, and the fewest days that a window needs
WINDOWS = 4
FEWEST_DAYS = 30
Learned = tuple[list[Known], list[bool]]


@dataclass(frozen=True)
class Told:
    """Chances that a method told, and what came; `orders` are (told, came) counts where it tells
    them. A method that can't tell anything has chances that are null."""

    chance: Floats | None
    came: Flags
    orders: tuple[Floats, Floats] | None = None

    def scores(self) -> Scores:
        if self.chance is None:
            return Scores(len(self.came))
        found = of_chances(self.chance, self.came)
        if self.orders is None or not len(self.came):
            return found
        return replace(found, mae=float(np.abs(self.orders[0] - self.orders[1]).mean()))


Methods = dict[str, Told]
Tried = list[tuple[Origin | None, Methods]]


def in_folds(model: str, known: Sequence[Subject], count: int, progress: Progress) -> Report:
    """Each of `count` parts told from the others, all parts together; always the same parts."""
    report = Report(model, len(known), None, None, protocol="folds")
    left = np.array([one.left for one in known], bool)
    if len(known) < count or not left.any() or left.all():
        return report
    return summed(report, {"contracts": [(None, told_in_folds(known, left, count, progress))]})


def told_in_folds(known: Sequence[Subject], left: Flags, count: int, progress: Progress) -> Methods:
    """What each method tells of each, from the other parts."""
    fold = folds_of(len(known), count)
    told = {IN_USE: np.zeros(len(known)), BASE: np.zeros(len(known))}
    for part in range(count):
        progress("looking back", part, count)
        mine = fold == part
        others = [one.known for one, is_in in zip(known, mine, strict=True) if not is_in]
        fit = leaving(others, left[~mine])
        told[IN_USE][mine] = fit.chances(
            [one.known for one, is_in in zip(known, mine, strict=True) if is_in]
        )
        told[BASE][mine] = fit.base
    progress("looking back", count, count)
    methods = {name: Told(chance, left) for name, chance in told.items()}
    return {**methods, RECENCY: Told(None, left)}


def folds_of(n: int, count: int) -> Ints:
    """The part that each of n is in: always the same, and of about the same size."""
    return np.random.default_rng(0).permutation(n) % count


def of_contracts(
    view: View, begun: date, plan: Plan, horizon: int, until: date, progress: Progress
) -> Tried:
    """Customers with a contract in force on days in the past, and who had none at the horizon's
    end; learned from the windows before each day. The first contract has `begun` on a day."""
    wanted = spaced(plan, horizon, begun + timedelta(days=horizon + FEWEST_DAYS), until)
    found: Tried = []
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        rows, left = learned_by(view, origin.at, horizon, begun)
        now = outcomes(view, origin.at, origin.end, until)
        if rows and now[0]:
            found.append((origin, _contracts_at(rows, left, *now)))
    progress("looking back", len(wanted), len(wanted))
    return found


def learned_by(view: View, day: date, horizon: int, first: date) -> Learned:
    """What was known of customers in the windows before a day, and who left in each."""
    rows: list[Known] = []
    left: list[bool] = []
    for at in windows(day, horizon, first, WINDOWS):
        known, gone = outcomes(view, at, at + timedelta(days=horizon), day)
        rows += known
        left += gone
    return rows, left


def outcomes(view: View, at: date, end: date, seen: date) -> Learned:
    """What was known on a day of who was a customer then, and who was none at the end, as seen on
    a later day."""
    after = view(seen)
    mine = [(key, one) for key, one in view(at).items() if is_customer(one, at)]
    return (
        [known_on(one, at) for _, one in mine],
        [not is_customer(after.get(key), end) for key, _ in mine],
    )


def _contracts_at(
    rows: list[Known], left: list[bool], now: list[Known], gone: list[bool]
) -> Methods:
    then, came = np.array(left, bool), np.array(gone, bool)
    fit = leaving(rows, then)
    alone = None
    if any(row.get(LAST_ORDER) is not None for row in rows):
        alone = _only(leaving([{LAST_ORDER: row.get(LAST_ORDER)} for row in rows], then), now)
    return {
        IN_USE: Told(fit.chances(now), came), BASE: Told(np.full(len(came), fit.base), came),
        RECENCY: Told(alone, came),
    }  # fmt: skip


def _only(fit: Leaving, now: list[Known]) -> Floats:
    return fit.chances([{LAST_ORDER: row.get(LAST_ORDER)} for row in now])


def of_orders(made: Purchases, plan: Plan, horizon: int, until: date, progress: Progress) -> Tried:
    """Buyers without a contract on days in the past, and who ordered nothing in the horizon."""
    first = date.fromordinal(made.first())
    last = min(until, date.fromordinal(made.last() + 1))
    wanted = spaced(plan, horizon, first + timedelta(days=max(horizon // 2, FEWEST_DAYS)), last)
    found: Tried = []
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        if len(buyers_before(made, origin.at.toordinal()).number):
            found.append((origin, _orders_at(made, origin.at.toordinal(), horizon)))
    progress("looking back", len(wanted), len(wanted))
    return found


def _orders_at(made: Purchases, day: int, horizon: int) -> Methods:
    fit = buying(made, day, horizon)
    now = buyers_before(made, day)
    count = bought_in(made, now, day, day + horizon)
    came = count == 0
    window = window_before(made, day, horizon)
    then = buyers_before(made, day - window)
    did = bought_in(made, then, day - window, day) > 0
    n = len(came)
    return {
        IN_USE: Told(1 - fit.buys(now, horizon), came, (fit.pace.count(now.seen, horizon), count)),
        BASE: Told(np.full(n, 1 - fit.base), came,
                   (np.full(n, fit.orders * horizon / window), count)),
        RECENCY: Told(1 - by_recency(then, did, window, now, horizon), came),
    }  # fmt: skip


def summed(report: Report, tried: Mapping[str, Tried]) -> Report:
    """The report of the first part that was tried on anything, and how each part did."""
    found = next(filter(None, tried.values()), None)
    if not found:
        return report
    whole = _all_of(found)
    return replace(
        report,
        methods=_scores(whole),
        origins=tuple(
            AtOrigin(origin.at, len(told[IN_USE].came), _scores(told))
            for origin, told in found if origin
        ),
        gains=dict(_gains([told for _, told in found])),
        calibration=_calibration(whole[IN_USE]),
        parts={name: _scores(_all_of(one)) for name, one in tried.items() if one},
    )  # fmt: skip


def _all_of(found: Tried) -> Methods:
    return {name: _joined([told[name] for _, told in found]) for name in found[0][1]}


def _calibration(told: Told) -> tuple[Calibrated, ...]:
    return () if told.chance is None else calibration_of_chances(told.chance, told.came)


def _scores(told: Methods) -> dict[str, Scores]:
    return {name: one.scores() for name, one in told.items()}


def _joined(told: Sequence[Told]) -> Told:
    came = np.concatenate([one.came for one in told])
    chances = [one.chance for one in told if one.chance is not None]
    orders = [one.orders for one in told if one.orders is not None]
    counts = (
        (np.concatenate([one[0] for one in orders]), np.concatenate([one[1] for one in orders]))
        if len(orders) == len(told)
        else None
    )
    return Told(np.concatenate(chances) if len(chances) == len(told) else None, came, counts)


def _gains(found: Sequence[Methods]) -> Iterator[tuple[str, Gain]]:
    """By what share the Brier score is below that of each baseline."""
    for other in (RECENCY, BASE):
        pairs = [(_losses(told[IN_USE]), _losses(told[other])) for told in found]
        mine = [one for one, _ in pairs if one is not None]
        theirs = [two for _, two in pairs if two is not None]
        if len(mine) == len(theirs) and (one := gain(mine, theirs)):
            yield other, Gain(*one, measure="brier")


def _losses(told: Told) -> Floats | None:
    if told.chance is None:
        return None
    losses: Floats = (told.chance - told.came) ** 2
    return losses
