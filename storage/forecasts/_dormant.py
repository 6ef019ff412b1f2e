"""Orders that are open for so long that they may never come: forgotten ones, closed by nobody.

They are told by those older than `LONG_PAST` times what 99 in 100 took: the share of them among
orders of that age is taken to be that of all. An open order then counts with the probability that
it is none of them, given its age; that and the curve are found in turns (Dempster, Laird & Rubin
1977). Without this a few forgotten orders would make every curve end too late.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LONG_PAST = 2.0
NEARLY_ALL = 0.99
FEWEST_ENDED = 50
FEWEST = 5
TURNS = 10


def coming(days: Ints, age: Ints, ended: Flags, left: Flags, weight: Floats) -> Floats:
    """For each order the probability that it is not forgotten; 1 for what ended or was called off.

    `days` it took or is open, `age` those since it began.
    """
    waits = ~ended & ~left
    if ended.sum() < FEWEST_ENDED:
        return np.broadcast_to(1.0, len(days))  # takes no room
    bound = LONG_PAST * float(np.quantile(days[ended], NEARLY_ALL))
    old = (age > bound) & ~left
    if (old & waits).sum() < FEWEST:
        return np.broadcast_to(1.0, len(days))
    chances = np.ones(len(days))
    share = float(weight[old & waits].sum() / weight[old].sum())
    chances[old & waits] = 0.0
    waits &= ~old
    held = np.minimum(days, int(bound) + 1)
    for _ in range(TURNS):
        left_over = (1 - share) * _survival(held, ended, weight * chances)[held[waits]]
        chances[waits] = left_over / (left_over + share)
    return chances


def _survival(days: Ints, ended: Flags, weight: Floats) -> Floats:
    size = int(days.max(initial=0)) + 1
    events = np.bincount(days[ended], weight[ended], size)
    at_risk = np.cumsum(np.bincount(days, weight, size)[::-1])[::-1]
    stays = 1 - np.divide(events, at_risk, out=np.zeros(size), where=at_risk > 0)
    curve: Floats = np.cumprod(np.clip(stays, 0.0, 1.0))
    return curve
