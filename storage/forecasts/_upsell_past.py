"""Which customers would begin to buy what, told in the past against who did.

`popularity` tells of each item the share of customers that began to buy it in the window before,
whatever they buy else. All items that were still sold are told of some customers, those that they
never had.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from storage.forecasts import Progress
from storage.forecasts._origins import Origin, Plan, spaced
from storage.forecasts._report import IN_USE, AtOrigin, Gain, Report
from storage.forecasts._scores import Flags, Floats, calibration_of_chances, gain, of_chances
from storage.forecasts._upsell_fit import Begins, Ints, begins, begun, owned
from storage.known.baskets import Taken
from storage.metrics.bought_together import offers, together

POPULARITY = "popularity"
# so many customers of an origin are told of, always the same ones
MOST_CUSTOMERS = 300
OFFERED = 5
Methods = dict[str, tuple[Floats, Flags, Ints]]


def looked_back(
    report: Report, every: Taken, plan: Plan, horizon: int, until: date, progress: Progress
) -> Report:
    """The report of origins whose horizon is over; each learns from the window before it."""
    if not len(every):
        return report
    first, last = date.fromordinal(int(every.on.min())), date.fromordinal(int(every.on.max()) + 1)
    wanted = spaced(plan, horizon, first + timedelta(days=2 * horizon), min(until, last))
    found = []
    for number, origin in enumerate(wanted):
        progress("looking back", number, len(wanted))
        learned = begins(every, origin.at.toordinal(), horizon)
        if learned:
            found.append((origin, told(every, learned, origin)))
    progress("looking back", len(wanted), len(wanted))
    return _summed(report, found) if found else report


def told(every: Taken, learned: Begins, origin: Origin) -> Methods:
    """By method (chance, whether it came, whose) of each item that a customer never had."""
    day, width = origin.at.toordinal(), every.width
    who, has, is_sold = owned(every, day)
    if len(who) > MOST_CUSTOMERS:
        who = np.sort(np.random.default_rng(0).choice(who, MOST_CUSTOMERS, replace=False))
    sold = np.flatnonzero(is_sold & (learned.rates > 0))
    codes = (who[:, None].astype(np.int64) * width + sold).ravel()
    codes = codes[~np.isin(codes, has)]
    rules = together(every, day)
    found = offers(every, rules, day)
    lift = np.ones(len(codes))
    wanted = found.whose.astype(np.int64) * width + found.other
    at = np.minimum(np.searchsorted(codes, wanted), max(0, len(codes) - 1))
    is_there = codes[at] == wanted if len(codes) else np.zeros(len(wanted), bool)
    lift[at[is_there]] = rules.lift[found.rule][is_there]
    came = np.isin(codes, begun(every, day, origin.end.toordinal()))
    rates, whose = learned.rates[codes % width], codes // width
    return {
        IN_USE: (learned.of(rates, lift), came, whose), POPULARITY: (rates, came, whose),
    }  # fmt: skip


def taken_up(chance: Floats, came: Flags, whose: Ints) -> float | None:
    """What share of the `OFFERED` likeliest items of each customer it began to buy."""
    if not len(whose):
        return None
    order = np.lexsort((-chance, whose))
    starts = np.flatnonzero(np.diff(whose[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff([*starts, len(order)]))
    return float(came[order][rank < OFFERED].mean())


def _summed(report: Report, found: list[tuple[Origin, Methods]]) -> Report:
    joined = {
        name: tuple(np.concatenate([methods[name][at] for _, methods in found]) for at in (0, 1))
        for name in (IN_USE, POPULARITY)
    }
    pairs = [_losses(methods) for _, methods in found]
    won = gain([mine for mine, _ in pairs], [theirs for _, theirs in pairs])
    return replace(
        report,
        methods={name: of_chances(chance, came) for name, (chance, came) in joined.items()},
        origins=tuple(
            AtOrigin(origin.at, len(methods[IN_USE][0]), {
                name: of_chances(one[0], one[1]) for name, one in methods.items()
            })
            for origin, methods in found
        ),
        gains={POPULARITY: Gain(*won, measure="brier")} if won else {},
        calibration=calibration_of_chances(*joined[IN_USE]),
        hits=_hits([methods for _, methods in found]),
    )  # fmt: skip


def _hits(found: list[Methods]) -> dict[str, float]:
    """By method what share of the likeliest was taken up, each origin alike."""
    hits = {}
    for name in (IN_USE, POPULARITY):
        every = [one for methods in found if (one := taken_up(*methods[name])) is not None]
        if every:
            hits[name] = float(np.mean(every))
    return hits


def _losses(methods: Methods) -> tuple[Floats, Floats]:
    """The squared errors of each method, summed by customer: what is one's goes together."""
    sums = []
    for name in (IN_USE, POPULARITY):
        chance, came, whose = methods[name]
        _, place = np.unique(whose, return_inverse=True)
        sums.append(np.bincount(place, weights=(chance - came) ** 2).astype(float))
    return sums[0], sums[1]
