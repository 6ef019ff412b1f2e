"""Whether two groups take equally long, open ones counted; and which of many tests to believe."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from storage.curves import Observed


@dataclass(frozen=True)
class LogRank:
    """A log-rank test of a first group against a second.

    `ended` and `expected`: how many of the first ended, and how many would have if both took
    equally long; `others_expected`: the same of the second. `chi2` has one degree of freedom.
    """

    ended: int
    expected: float
    others_expected: float
    chi2: float
    p: float

    @property
    def is_slower(self) -> bool:
        """Whether fewer of the first ended than expected: it takes longer."""
        return self.ended < self.expected

    @property
    def z(self) -> float:
        """How much longer the first takes, in standard deviations; below 0 where it is faster."""
        return sqrt(self.chi2) if self.is_slower else -sqrt(self.chi2)


class Tally:
    """Durations of a group: how many ended after so many days, and how many were at risk."""

    def __init__(self, observed: Iterable[Observed]) -> None:
        every = list(observed)
        self.ends = Counter(one.days for one in every if one.ended)
        self.ended = self.ends.total()
        self._ends = sorted(one.days for one in every)
        # what was watched from its start is at risk at 0 days too
        self._starts = sorted(one.entry or -1.0 for one in every)
        self._known: dict[float, int] = {}  # a window is compared with many others

    def at_risk(self, days: float) -> int:
        found = self._known.get(days)
        if found is None:
            found = bisect_left(self._starts, days) - bisect_left(self._ends, days)
            self._known[days] = found
        return found


def log_rank(first: Iterable[Observed], second: Iterable[Observed]) -> LogRank | None:
    """The log-rank test (Mantel 1966) with delayed entry; null where nothing can be compared.

    At each duration at which any ended, the ended are spread over the groups as those at risk are;
    the variance is the hypergeometric one. At ties an end precedes a censoring.
    """
    return compared(Tally(first), Tally(second))


def compared(first: Tally, second: Tally) -> LogRank | None:
    """The same of groups that are counted already."""
    return against_others([first, second])[0]


def against_others(groups: Sequence[Tally]) -> list[LogRank | None]:
    """Each of several groups against all the others together."""
    ends: Counter[float] = Counter()
    for one in groups:
        ends.update(one.ends)
    expected, variance = [0.0] * len(groups), [0.0] * len(groups)
    for days, ended in sorted(ends.items()):
        risks = [one.at_risk(days) for one in groups]
        n = sum(risks)
        share = ended / n
        spread = share * (n - ended) / (n * (n - 1)) if n > 1 else 0.0
        for place, mine in enumerate(risks):
            if mine:
                expected[place] += share * mine
                variance[place] += spread * mine * (n - mine)
    total = sum(expected)
    return [
        tested(one.ended, mine, total - mine, spread)
        for one, mine, spread in zip(groups, expected, variance, strict=True)
    ]


def tested(ended: int, expected: float, others: float, variance: float) -> LogRank | None:
    """The test that these sums make; null where nothing can be compared."""
    if variance <= 0:
        return None
    chi2 = (ended - expected) ** 2 / variance
    return LogRank(ended, expected, others, chi2, erfc(sqrt(chi2 / 2)))


def believed(chances: Sequence[float], rate: float) -> list[bool]:
    """Which of several tests to believe so that at most that share of those believed is false.

    `chances` are their p values; Benjamini & Hochberg 1995.
    """
    ranked = sorted(chances)
    kept = [p for rank, p in enumerate(ranked, 1) if p <= rate * rank / len(ranked)]
    limit = max(kept, default=-1.0)
    return [p <= limit for p in chances]
