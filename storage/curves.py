"""Kaplan-Meier curves and their percentiles: the one definition, for metrics and forecasts."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

# products of fractions such as 3/4 · 2/3 must count as the half that they are
ROUNDING = 1e-9


class Observed(NamedTuple):
    """A duration in days, and whether it ended (else it is censored: still open, or cancelled).

    `entry`: the age at which it came under observation; 0 when it was watched from its start.
    """

    days: float
    ended: bool
    entry: float = 0.0


@dataclass(frozen=True)
class Curve:
    """S(t) = P(T > t) as steps: `times` ascending, `survival` after each; n counts all.

    `at_risk` counts those who had not ended just before each time.
    """

    times: tuple[float, ...]
    survival: tuple[float, ...]
    n: int
    at_risk: tuple[int, ...] = ()

    def quantile(self, share: float) -> float | None:
        """The smallest t by which `share` have ended: S(t) <= 1 - share; null if never reached."""
        for time, left in zip(self.times, self.survival, strict=True):
            if left <= 1 - share + ROUNDING:
                return time
        return None

    def quantile_after(self, share: float, age: float) -> float | None:
        """The smallest t > age by which `share` of those that had not ended at `age` have; null
        if never reached."""
        wanted = (1 - share) * self.at(age) + ROUNDING
        for time, left in zip(self.times, self.survival, strict=True):
            if time > age and left <= wanted:
                return time
        return None

    def fewest(self, share: float) -> int:
        """The fewest at risk at any step up to the quantile, or to the end where it is not
        reached: what the quantile rests on."""
        reached = self.quantile(share)
        steps = [
            risk
            for time, risk in zip(self.times, self.at_risk, strict=True)
            if reached is None or time <= reached
        ]
        return min(steps, default=0)

    def at(self, time: float) -> float:
        """S(t)."""
        steps = bisect_right(self.times, time)
        return self.survival[steps - 1] if steps else 1.0


def kaplan_meier(observed: Iterable[Observed]) -> Curve:
    """The product-limit estimate (Kaplan & Meier 1958), with delayed entry where given.

    At ties an end precedes a censoring, and who enters at t is at risk after t only.
    """
    every = list(observed)
    ends = Counter(one.days for one in every if one.ended)
    leaves = Counter(one.days for one in every)
    enters = Counter(one.entry for one in every)
    at_risk, left = 0, 1.0
    times, survival, risks = [], [], []
    entries = sorted(enters.items(), reverse=True)
    for time in sorted(leaves):
        # durations of 0 days that were watched from their start are at risk at 0
        while entries and (entries[-1][0] < time or entries[-1][0] == 0):
            at_risk += entries.pop()[1]
        if ended := ends[time]:
            left *= 1 - ended / at_risk
            times.append(time)
            survival.append(left)
            risks.append(at_risk)
        at_risk -= leaves[time]
    return Curve(tuple(times), tuple(survival), len(every), tuple(risks))
