"""How demand is taken to go on: the ways that told best who ran out lately, chosen step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from storage.forecasts._run_out import Floats, Ways, chances
from storage.forecasts._stock_facts import Shelves
from storage.forecasts._stock_rounds import Outcome, Round, outcome, round_of, sides

# days before the fit from which is looked, and items a look
BACK = (56, 112, 168)
SAMPLE = 400
# all ways are judged on the same few paths
PATHS = 100
# a way is taken where its error is surely below that of the plain one: so many standard errors
SURELY = 1.0
FEWEST_OUT = 30
HISTORIES = ((25, None), (25, 8.0), (25, 4.0))
SPREADS = (0.15, 0.3, 0.5)
QUARTER = 13
MOST_GROWTH = 0.03
PLAIN = Ways()


@dataclass(frozen=True)
class Look:
    """Items on a day with what became of them, and the `waits` that were known."""

    round: Round
    waits: Floats
    outcome: Outcome
    growth: float

    def losses(self, ways: Ways) -> Floats:
        """The squared error of each item's chance."""
        told = chances(self.round.available, self.round.used, ways, self.waits, PATHS).share
        losses: Floats = (told - self.outcome.out) ** 2
        return losses


def ways_of(shelves: Shelves, day: int) -> Ways:
    """The ways that told best before a day; the plain ones where hardly anything ran out."""
    looks = _looks(shelves, day)
    if sum(int(one.outcome.out.sum()) for one in looks) < FEWEST_OUT:
        return PLAIN
    best = _better(looks, PLAIN, [Ways(weeks, half) for weeks, half in HISTORIES])
    best = _better(looks, best, [replace(best, is_lost=True)])
    best = _better(looks, best, [replace(best, spread=spread) for spread in SPREADS])
    best = _better(looks, best, [replace(best, growth=1.0)])
    return replace(best, growth=growth_of(shelves, day)) if best.growth else best


def _better(looks: Sequence[Look], plain: Ways, others: Sequence[Ways]) -> Ways:
    """The one of the others that is surely better than what is plain, by the most."""
    base = _losses(looks, plain)
    best, most = plain, 0.0
    for other in others:
        gains = base - _losses(looks, other)
        gain = float(gains.sum())
        if gain > max(most, SURELY * float(np.sqrt(((gains - gains.mean()) ** 2).sum()))):
            best, most = other, gain
    return best


def _losses(looks: Sequence[Look], ways: Ways) -> Floats:
    """Of all looks; where demand grows, each by what was known of that then."""
    return np.concatenate([
        one.losses(replace(ways, growth=one.growth if ways.growth else 0.0)) for one in looks
    ])  # fmt: skip


def _looks(shelves: Shelves, day: int) -> list[Look]:
    found = []
    chain = None
    for back in BACK:
        then = day - back
        if then - shelves.first < QUARTER * 7:
            continue
        known = sides(shelves, then, chain)
        if not known:
            continue
        if chain is None and known[0].orders is shelves.bought:
            chain = known[0].fitted.dimensions or None
        asked = round_of(shelves, then, known)
        became = outcome(shelves, asked, day)
        kept = np.flatnonzero(became.days > 0)
        is_kept = np.zeros(len(asked), bool)
        is_kept[kept[:: max(1, -(-len(kept) // SAMPLE))]] = True
        if is_kept.any():
            mine = asked.of(is_kept)
            seen = Outcome(became.out[is_kept], became.days[is_kept])
            found.append(Look(mine, until(mine.waits(), seen), seen, growth_of(shelves, then)))
    return found


def until(late: Floats, seen: Outcome) -> Floats:
    """The waits up to the day to which it is known what became of an item."""
    held: Floats = np.where(np.arange(late.shape[1]) < seen.days[:, None], late, 0.0)
    return held


def growth_of(shelves: Shelves, day: int) -> float:
    """By how much all demand grew a week: the last quarter against the one before."""
    at, days = day - shelves.first, QUARTER * 7
    if at < 2 * days:
        return 0.0
    demand = np.maximum(shelves.demand[:, at - 2 * days : at], 0)
    before, last = (part.sum(axis=1, dtype=float) for part in (demand[:, :days], demand[:, days:]))
    total = before + last
    is_used = total > 0
    if not is_used.any():
        return 0.0
    # each item counts alike, whatever its unit
    share = float((last[is_used] / total[is_used]).mean())
    grown = (share / max(1e-9, 1 - share)) ** (1 / QUARTER) - 1
    return float(np.clip(grown, -MOST_GROWTH, MOST_GROWTH))
