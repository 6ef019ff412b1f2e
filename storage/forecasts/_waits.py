"""How long until more of an item comes: by each order that is open, or by one placed now."""

from dataclasses import dataclass

import numpy as np

from storage.forecasts._fitted import Fitted
from storage.forecasts._knots import Knots
from storage.forecasts._run_out import AHEAD, WEEK, Floats, Ints

DAYS = AHEAD * WEEK
LEAST = 1e-9


@dataclass(frozen=True)
class Coming:
    """Orders that are waited for, a column each: of which item, on which curve, its `age` in days
    by which it had not come, and how old it is (`start`) on the first day to come.

    An order placed on the first day to come has an age of -1.
    """

    item: Ints
    curve: Ints
    age: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.item)


def waits(count: int, *coming: tuple[Fitted, Coming]) -> Floats:
    """For each of `count` items the probability that nothing has come by the end of each day, as
    orders of which each comes for itself; 1 where nothing is waited for."""
    logs = np.zeros((count, DAYS))
    for fitted, orders in coming:
        if len(orders):
            order = np.argsort(orders.item, kind="stable")
            items, first = np.unique(orders.item[order], return_index=True)
            late = _late(fitted, orders)[order]
            logs[items] += np.add.reduceat(np.log(np.maximum(late, LEAST)), first, axis=0)
    found: Floats = np.exp(logs)
    return found


def _late(fitted: Fitted, orders: Coming) -> Floats:
    """The probability of each order to come later than on each day to come; told once for all that
    are of one age on one curve."""
    columns = np.column_stack([orders.curve, orders.age, orders.start])
    told, place = np.unique(columns, axis=0, return_inverse=True)
    curve, age, start = told.T
    days = (start[:, None] + np.arange(DAYS)).ravel()
    chance = fitted.chance(np.repeat(curve, DAYS), np.repeat(age, DAYS), days)
    late: Floats = 1 - chance.reshape(-1, DAYS)[place.ravel()]
    return late


def certain(day: Ints) -> Floats:
    """The same where more comes on a known day from now."""
    late: Floats = (np.arange(DAYS) < day[:, None]).astype(float)
    return late


def waits_by(knots: Knots, age: int) -> Floats:
    """The same of one order of that age by the first of some curves, as it is: what never came is
    never to come."""
    curve = np.zeros(DAYS, np.int64)
    late = knots.survival(curve, age + np.arange(DAYS))
    found: Floats = (late / knots.survival(curve[:1], np.array([age])))[None, :]
    return found
