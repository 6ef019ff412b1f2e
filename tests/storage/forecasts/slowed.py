"""Made-up suppliers of whom one knows whether they slowed down, as columns, and a year of looks."""

import numpy as np

from storage.forecasts._pace import evidence
from storage.forecasts._placed import Placed
from storage.forecasts._slipping_fit import fit
from storage.forecasts._slipping_now import slips
from storage.metrics.unusual import LEVEL
from tests.storage.metrics.supplied import FIRST, purchases

YEAR = 364
BEFORE = 3 * 365
DAY0 = FIRST.toordinal()
LOOKED_BACK = 400


def joined(lives):
    """Spans of several suppliers as columns; what is to come is in them."""
    rows = [
        (who, who * 1_000_000 + one.key, one.start.toordinal(),
         one.end.toordinal() if one.end else 0, one.left.toordinal() if one.left else 0)
        for who, spans in enumerate(lives) for one in spans
    ]  # fmt: skip
    who, key, start, end, left = np.array(rows, np.int64).reshape(-1, 5).T
    _, purchase, lines = np.unique(key, return_inverse=True, return_counts=True)
    return Placed(who, purchase, start, end, left, 1.0 / lines[purchase], len(lives))


def drawn(kind, count, *, days, slower_from=None, factor=1.5, seed=""):
    """So many suppliers of a kind, over so many days."""
    return joined(
        [purchases(kind, f"{seed} {one}", days, slower_from, factor) for one in range(count)]
    )


def named(known):
    return tuple(f"x/{one}" for one in range(known.count))


def alarms(known, days, *, step=1, refit=28):
    """The first of the days of a schedule on which each supplier is told to slip or be silent,
    with what is told then, by name: looks after `BEFORE`, fits anew every so many days. And the
    share of suppliers that are calm."""
    found, calm = {}, []
    usual = None
    for at in range(0, days, step):
        day = DAY0 + BEFORE + at
        if usual is None or at % refit < step:
            usual = fit(named(known), known.by(day - 1), day - 1)
            says = evidence(usual.days)
            calm.append(usual.is_calm)
            lately = known.of((known.start > day - LOOKED_BACK) & (known.start < day + refit))
        for name, one in slips(usual, says, lately, day).items():
            if one.p <= LEVEL and one.is_worth_it:
                found.setdefault(name, (at, one))
    return found, np.array(calm)
