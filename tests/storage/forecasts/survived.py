"""lifelines as a judge of lead times: a Kaplan-Meier curve for each supplier, and one for all."""

import numpy as np
from lifelines import KaplanMeierFitter

from storage.forecasts._orders import Floats, Ints, Orders
from storage.forecasts._scores import QUANTILES

NAME = "Kaplan-Meier a supplier, lifelines"


def told(every: Orders, day: int, new: Ints) -> Floats:
    """Quantiles of the `new` orders from what was known before a day, open orders counted; of all
    orders where a supplier's own curve does not reach one."""
    seen = np.flatnonzero(every.start < day)
    ended = (every.end[seen] > 0) & (every.end[seen] < day)
    gone = (every.left[seen] > 0) & (every.left[seen] < day) & ~ended
    until = np.where(ended, every.end[seen], np.where(gone, every.left[seen], day - 1))
    days, supplier = until - every.start[seen], every.codes["supplier"]
    longest = float(days.max())
    whole = _quantiles(days, ended, np.full(len(QUANTILES), longest))
    known = {
        int(code): _quantiles(days[mine], ended[mine], whole)
        for code in np.unique(supplier[new])
        if (mine := supplier[seen] == code).any()
    }
    return np.array([known.get(int(code), whole) for code in supplier[new]])


def _quantiles(days: Ints, ended: np.ndarray, otherwise: Floats) -> Floats:
    curve = KaplanMeierFitter().fit(days, ended)
    said = np.array([float(curve.percentile(1 - share)) for share in QUANTILES])
    return np.where(np.isfinite(said), said, otherwise)
