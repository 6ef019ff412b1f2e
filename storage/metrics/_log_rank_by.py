"""The log-rank test of `_log_rank`, of very many pairs of groups at once: the same figures."""

import numpy as np
from numpy.typing import NDArray

from storage.curves_by import Ints
from storage.metrics._durations_by import Seen
from storage.metrics._log_rank import LogRank, tested

Floats = NDArray[np.float64]
# so many terms are added up at once
AT_ONCE = 4_000_000


def log_rank_by(first: Seen, second: Seen, count: int) -> list[LogRank | None]:
    """Each group of the first against the same of the second; null where nothing can be compared.

    Terms are added one after the other, in the order in which `log_rank` does it.
    """
    base = int(max(first.days.max(initial=0), second.days.max(initial=0))) + 1
    every = np.concatenate([_ends(first, base), _ends(second, base)])
    steps, ended = np.unique(every, return_counts=True)
    mine, theirs = _at_risk(first, base, steps), _at_risk(second, base, steps)
    n = mine + theirs
    part = ended / n
    several = np.maximum(n - 1, 1)
    spread = np.where(n > 1, part * (n - ended) / (n * several), 0.0)
    starts = np.searchsorted(steps, np.arange(count + 1, dtype=np.int64) * base)
    terms: tuple[Floats, ...] = (part * mine, part * theirs, spread * mine * (n - mine))
    expected, others, variance = (_added(one, starts, count) for one in terms)
    total = expected + others
    ends = np.bincount(first.group[first.has_ended], minlength=count)
    return [
        tested(*found)
        for found in zip(ends.tolist(), expected.tolist(), (total - expected).tolist(),
                         variance.tolist(), strict=True)
    ]  # fmt: skip


def _ends(seen: Seen, base: int) -> Ints:
    return seen.group[seen.has_ended].astype(np.int64) * base + seen.days[seen.has_ended]


def _at_risk(seen: Seen, base: int, steps: Ints) -> Ints:
    groups = seen.group.astype(np.int64) * base
    entered, left = np.sort(groups + seen.entry), np.sort(groups + seen.days)
    found: Ints = np.searchsorted(entered, steps, "right") - np.searchsorted(left, steps, "left")
    return found


def _added(terms: Floats, starts: Ints, count: int) -> Floats:
    """The sum of each group's terms, one after the other."""
    found = np.zeros(count)
    longest = int(np.diff(starts).max(initial=0))
    if not longest:
        return found
    some = max(1, AT_ONCE // longest)
    for at in range(0, count, some):
        bounds = starts[at : at + some + 1]
        grid = np.zeros((len(bounds) - 1, longest))
        row = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        column = np.arange(int(bounds[0]), int(bounds[-1])) - bounds[row]
        grid[row, column] = terms[int(bounds[0]) : int(bounds[-1])]
        found[at : at + some] = np.add.accumulate(grid, axis=1)[:, -1]
    return found
