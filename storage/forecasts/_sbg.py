"""How long contracts last: shifted beta-geometric (Fader & Hardie 2007), by months of tenure.

Each ends at the end of any month with a chance of its own (beta a, b), so of an old cohort mostly
those are left who hardly ever leave: one average rate of ending would tell too little of them.
"""

from dataclasses import dataclass

import numpy as np

from storage.forecasts._newton import least
from storage.forecasts._scores import Floats

LEAN = 0.05
DRAWS = 40
SEED = 36


@dataclass(frozen=True)
class Cohort:
    """Contracts by whole months: how many ended in month 1, 2, …, and how many are still open
    after 0, 1, 2, … of them. Both are as long, and begin with month 0."""

    ended: Floats
    open: Floats

    @property
    def n(self) -> int:
        return int(self.ended.sum() + self.open.sum())


@dataclass(frozen=True)
class Sbg:
    """The two figures of a company's contracts."""

    a: float
    b: float

    def logs(self, months: int) -> Floats:
        """The logarithm of the share still there after 0, 1, … months."""
        ends = self.a / (self.a + self.b + np.arange(months))
        found: Floats = np.concatenate([[0.0], np.log1p(-ends).cumsum()])
        return found

    def stays(self, months: int) -> Floats:
        """The share still there after 0, 1, … months."""
        found: Floats = np.exp(self.logs(months))
        return found

    def likelihood(self, cohort: Cohort) -> float:
        """The mean logarithm of the likelihood of what contracts did."""
        months = np.arange(1, len(cohort.ended))
        left = self.logs(len(months))
        ends = left[:-1] + np.log(self.a / (self.a + self.b + months - 1))
        return float(cohort.ended[1:] @ ends + cohort.open @ left) / max(cohort.n, 1)


def cohort(months: Floats, ended: Floats) -> Cohort:
    """Contracts by how many months they lasted so far, in parts of one, and whether they ended."""
    over = ended.astype(bool)
    last = np.maximum(np.ceil(months[over]), 1).astype(np.int64)
    so_far = np.floor(months[~over]).astype(np.int64)
    size = int(max(last.max(initial=0), so_far.max(initial=0))) + 1
    counts = (np.bincount(one, minlength=size).astype(float) for one in (last, so_far))
    return Cohort(*counts)


def sbg(seen: Cohort) -> Sbg:
    """The figures under which what contracts did is likeliest; they lean a little on 1 and 12, so
    that few contracts, or none that ended, give an answer too."""
    usual = np.log([1.0, 12.0])

    def loss(at: Floats) -> float:
        lean = LEAN * float(((at - usual) ** 2).sum()) / max(seen.n, 1)
        return lean - Sbg(*np.exp(at).tolist()).likelihood(seen)

    return Sbg(*np.exp(least(loss, usual)).tolist())


def drawn(seen: Cohort, draws: int = DRAWS) -> list[Sbg]:
    """Fits of cohorts of as many contracts, drawn with replacement from this one; always the
    same."""
    if not seen.n:
        return []
    rng = np.random.default_rng(SEED)
    share = np.concatenate([seen.ended, seen.open]) / seen.n
    size = len(seen.ended)
    counts = rng.multinomial(seen.n, share, draws).astype(float)
    return [sbg(Cohort(one[:size], one[size:])) for one in counts]
