"""LightGBM as a judge of lead times: quantile regressions on what had come by a day.

Without and with a split conformal margin, on two sets of features and with two ways to hold out
the part that the margin is measured on, so that the best of them is a fair opponent.
"""

from collections.abc import Callable, Iterator
from datetime import date

import lightgbm
import numpy as np

from storage.forecasts._orders import Floats, Ints, Orders
from storage.forecasts._scores import QUANTILES

BOOSTED = {"bagging_fraction": 1.0, "deterministic": True, "force_row_wise": True, "seed": 0,
             "verbose": -1, "num_threads": 1, "min_data_in_leaf": 20, "num_leaves": 15,
             "learning_rate": 0.05}  # fmt: skip
ROUNDS = 120
LAST = 20
HELD_OUT = 0.25
NAMES = ("supplier", "category", "lane", "item")


def told(every: Orders, day: int, new: Ints) -> Iterator[tuple[str, Floats]]:
    """Quantiles of the `new` orders by each way, learned from what had come before a day."""
    seen = np.flatnonzero((every.end > 0) & (every.end < day))
    for kind, columns in (("", known(every)), (", last ones", known_lately(every, day))):
        yield f"LightGBM{kind}", _sorted([_fitted(every, columns, seen, one) for one in QUANTILES],
                                         columns(new))  # fmt: skip
        for name, kept, held in _parts(every, seen):
            margins = [_conformal(every, columns, kept, held, one) for one in QUANTILES]
            yield f"LightGBM{kind}, conformal on {name}", _sorted(margins, columns(new))


def _parts(every: Orders, seen: Ints) -> Iterator[tuple[str, Ints, Ints]]:
    """What is learned from and what is held out: the last ones, and any."""
    ordered = seen[np.argsort(every.start[seen], kind="stable")]
    cut = int(len(seen) * (1 - HELD_OUT))
    yield "the last", ordered[:cut], ordered[cut:]
    mixed = np.random.default_rng(0).permutation(seen)
    yield "any of them", mixed[:cut], mixed[cut:]


Model = Callable[[Floats], Floats]
Columns = Callable[[Ints], Floats]


def _fitted(every: Orders, columns: Columns, rows: Ints, share: float) -> Model:
    data = lightgbm.Dataset(
        columns(rows), days(every, rows), categorical_feature=list(range(len(NAMES)))
    )
    params = {**BOOSTED, "objective": "quantile", "alpha": share}
    return lightgbm.train(params, data, ROUNDS).predict


def _conformal(every: Orders, columns: Columns, kept: Ints, held: Ints, share: float) -> Model:
    model = _fitted(every, columns, kept, share)
    missed = days(every, held) - model(columns(held))
    margin = np.quantile(missed, share, method="higher")
    return lambda wanted: model(wanted) + margin


def _sorted(models: list[Model], wanted: Floats) -> Floats:
    said = np.column_stack([model(wanted) for model in models])
    return np.sort(np.maximum(said, 0), axis=1)


def days(every: Orders, rows: Ints) -> Floats:
    return (every.end[rows] - every.start[rows]).astype(float)


def known(every: Orders) -> Columns:
    """What is known of an order on its day: whose it is, of what, from where, in which month."""

    def columns(rows: Ints) -> Floats:
        months = [date.fromordinal(int(one)).month for one in every.start[rows]]
        return np.column_stack([*(every.codes[one][rows] for one in NAMES), months]).astype(float)

    return columns


def known_lately(every: Orders, day: int) -> Columns:
    """That, its day, and how the last orders had gone of its supplier and of all by then."""
    plain, ended = known(every), _by_end(every)

    def columns(rows: Ints) -> Floats:
        usual = [_usual(every, ended, row, min(int(every.start[row]), day)) for row in rows]
        return np.column_stack([plain(rows), every.start[rows], np.array(usual)])

    return columns


def _by_end(every: Orders) -> dict[int | None, Ints]:
    """The rows of each supplier that came, in the order in which they did; all under null."""
    ended = np.flatnonzero(every.end > 0)
    ended = ended[np.argsort(every.end[ended], kind="stable")]
    supplier = every.codes["supplier"][ended]
    return {None: ended, **{int(one): ended[supplier == one] for one in np.unique(supplier)}}


def _usual(every: Orders, ended: dict[int | None, Ints], row: int, day: int) -> list[float]:
    """Mean and largest of the last orders that had come by a day, of its supplier and of all."""
    found: list[float] = []
    for who in (int(every.codes["supplier"][row]), None):
        theirs = ended.get(who, np.empty(0, np.int64))
        count = int(np.searchsorted(every.end[theirs], day))
        last = days(every, theirs[max(0, count - LAST) : count])
        found += [last.mean(), last.max(), count] if count else [np.nan, np.nan, 0]
    return found
