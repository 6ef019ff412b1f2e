"""What customers will bring if told by plain past spend: the baseline of the model.

It is what each brought in as long a window before (of contracts that began within it in
proportion), times what such a sum had come to in the window before that: in the mean, and so that
half, 8 and 9 in 10 of the money stayed below. Of orders and of contracts apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from storage.forecasts._buying import Ints
from storage.forecasts._churn_facts import View
from storage.forecasts._clv_facts import Paid, brought, buyers_before, earned, running
from storage.forecasts._clv_fit import Ahead
from storage.forecasts._origins import before
from storage.forecasts._scores import QUANTILES, Floats
from storage.links import Key
from storage.metrics.clv import MONTH

FEWEST_DAYS = 90


@dataclass(frozen=True)
class Facts:
    """All that a look back reads: orders, customers with contracts by day, the first day of both,
    and the currency in which most pay."""

    made: Paid
    view: View
    has_contracts: bool
    first: date
    currency: str


class Scale(NamedTuple):
    """What past spend is to be multiplied by: for the value, and for each of `QUANTILES`."""

    mean: float
    quantiles: tuple[float, ...]

    def told(self, past: Floats) -> Ahead:
        return Ahead(past * self.mean, (), past[:, None] * np.array(self.quantiles))


AS_IT_WAS = Scale(1.0, (1.0,) * len(QUANTILES))


def scale(past: Floats, came: Floats) -> Scale:
    """What came of past spend: the ratio of the sums, and the factors with the least pinball loss,
    which are quantiles of the ratios weighed by past spend; 1 where nobody had spent anything."""
    spent = (past > 0) & ~np.isnan(came)
    if not spent.any():
        return AS_IT_WAS
    ratio = came[spent] / past[spent]
    order = np.argsort(ratio, kind="stable")
    share = past[spent][order].cumsum() / past[spent].sum()
    places = np.minimum(np.searchsorted(share, QUANTILES), len(order) - 1)
    mean = np.nansum(came) / past[~np.isnan(came)].sum()
    return Scale(float(mean), tuple(ratio[order][places].tolist()))


def of_orders(made: Paid, number: Ints, code: int, day: int, horizon: int) -> Ahead:
    """Past spend of some buyers, who all pay in one currency."""
    window = min(horizon, (day - made.first()) * 2 // 3)
    then = buyers_before(made, day - window)
    mine = then.number[made.currency[then.number] == code]
    past = _spent(made, mine, day - window, window)
    found = scale(past, brought(made, mine, day - window, day))
    return found.told(_spent(made, number, day, horizon))


def _spent(made: Paid, number: Ints, day: int, days: int) -> Floats:
    """What each ordered for in so many days before, of a shorter history in proportion."""
    start = max(day - days, made.first())
    money: Floats = np.nan_to_num(brought(made, number, start, day)) * days / max(day - start, 1)
    return money


def of_contracts(
    facts: Facts, keys: Sequence[Key], tenure: Floats, day: date, horizon: int
) -> Ahead:
    """Past revenue of some customers with a contract, who all pay in one currency."""
    window = min(horizon, (day - facts.first).days * 2 // 3)
    found = _came(facts, before(day, window), day, window) if window >= FEWEST_DAYS else AS_IT_WAS
    return found.told(_earned(facts, keys, tenure, day, round(horizon / MONTH)))


def _came(facts: Facts, then: date, day: date, window: int) -> Scale:
    """What came, by a day, of what contracts had brought before one in the past."""
    months = round(window / MONTH)
    now = running(facts.view(then).values(), then)
    mine = [at for at, code in enumerate(now.currency) if code == facts.currency]
    keys = [now.keys[at] for at in mine]
    past = _earned(facts, keys, now.tenure[mine], then, months)
    seen, each = facts.view(day), np.ones(months)
    return scale(past, np.array([earned(seen, key, then, each, facts.currency) for key in keys]))


def _earned(facts: Facts, keys: Sequence[Key], tenure: Floats, day: date, months: int) -> Floats:
    """What contracts brought in so many months up to a day; of who came within these in proportion
    to the months it was there."""
    start, seen = day - timedelta(days=round(months * MONTH)), facts.view(day)
    each = np.ones(months)
    money = np.nan_to_num([earned(seen, key, start, each, facts.currency) for key in keys])
    found: Floats = money * months / np.minimum(tenure + 1, months)
    return found
