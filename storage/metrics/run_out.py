"""Chance to run out: how often demand is faster than the next receipt."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from storage.curves import ROUNDING, Curve
from storage.metrics import Metric

METRIC = Metric(
    id="chance-to-run-out",
    version=1,
    title="Chance to run out",
    formula=(
        "The share of 2,000 draws in which nothing is left before more comes. Each draw takes the"
        " days until then from the Kaplan-Meier curve of lead times (of the next open order given"
        " its age; of a new order placed today where nothing is on order), and for each of these"
        " days the demand of one of the last 90 days, picked by chance."
    ),
    unit="share",
    better="lower",
    needs=("stocklevel", "stockmove", "purchaseorder", "purchaseline", "receipt"),
    dimensions=("item",),
    caveats=(
        "Days are drawn each by itself: no trend, no season, no order larger than any so far.",
        "Where some orders never came so far, they count as longer than any that did.",
        "The draws begin from one seed, so that the same data has the same answer.",
        "With fewer than 14 days of demand it is n/a.",
    ),
    synonyms=("stock-out risk", "risk to run out", "launch risk"),
)

DRAWS, SEED, FEWEST_DAYS = 2_000, 20_260_101, 14


@dataclass(frozen=True)
class Chance:
    """The share of draws that run out, with two standard errors of drawing on each side.

    `wait`: the days until more comes that half of the draws do not exceed; null where they are
    longer than was ever seen. `never`: the share of draws that are.
    """

    share: float
    low: float
    high: float
    wait: int | None
    never: float


def chance(
    available: float, daily: Sequence[float], curve: Curve, age: int = 0, seed: int = SEED
) -> Chance | None:
    """The chance to run out before more comes of what is ordered since `age` days.

    Null with too few days of demand, where no such order ever came, or where none is older.
    """
    if len(daily) < FEWEST_DAYS or not curve.times or age >= curve.times[-1]:
        return None
    rng = random.Random(seed)  # noqa: S311 - the same draws at every asking, no secret
    waits = [_drawn(curve, age, rng.random()) for _ in range(DRAWS)]
    longest = int(curve.times[-1]) - age + 1
    outs = sum(_runs_out(available, daily, wait or longest, rng) for wait in waits)
    share = outs / DRAWS
    error = 2 * (share * (1 - share) / DRAWS) ** 0.5
    known = sorted(longest if wait is None else wait for wait in waits)
    middle, never = known[DRAWS // 2], waits.count(None) / DRAWS
    return Chance(
        share, max(0.0, share - error), min(1.0, share + error),
        None if never > 0.5 else middle, never,
    )  # fmt: skip


def _runs_out(available: float, daily: Sequence[float], days: int, rng: random.Random) -> bool:
    """Whether nothing is left on one of the days, returns counted."""
    left = available
    for demand in rng.choices(daily, k=days):
        if left <= 0:
            return True
        left -= demand
    return left <= 0


def _drawn(curve: Curve, age: int, draw: float) -> int | None:
    """Days from now until an order of that age has come: the smallest t > age with
    S(t) <= draw * S(age); null if later than any ever did."""
    wanted = draw * curve.at(age) + ROUNDING
    reached = bisect_left(curve.survival, -wanted, key=lambda left: -left)
    at = max(reached, bisect_right(curve.times, age))
    return max(1, int(curve.times[at]) - age) if at < len(curve.times) else None
