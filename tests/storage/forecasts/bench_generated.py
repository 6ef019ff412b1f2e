"""The median lead time of made-up orders whose truth is known, where many are open.

Of steady ones (30 days, lognormal, sigma 0.6) the last 90 days are looked at: most of the slow ones
are open. lifelines tells the median by Kaplan-Meier, without weights, hierarchy or calibration.
Of a supplier that went from 30 to 45 days it is asked 60 days after, an order a day.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
from lifelines import KaplanMeierFitter

from storage.forecasts._fitted import quantiles
from storage.forecasts._lead_time_fit import chosen, fit
from storage.forecasts._orders import Orders
from storage.metrics._durations import cohort, now
from tests.storage.forecasts.figures import Figure
from tests.storage.forecasts.generated import TODAY, steady
from tests.storage.metrics.test_durations import TODAY as DAY
from tests.storage.metrics.test_durations import slowed

TRUE = 30
RUNS = 200
ORDERS = 2_000
BOUND = 0.05
SLOW = 45
NOTE = f"the mean of {RUNS} runs, and where 95 in 100 are"


def measured() -> list[Figure]:
    every = [steady(np.random.default_rng(seed), ORDERS) for seed in range(RUNS)]
    data = f"generated, {ORDERS:,} orders of 90 days"
    return [
        *slowdown(),
        _median(data, "P50 against the truth within ±5%", every, curves, is_asked=True),
        _within(data, every),
        _median(data, "P50 of the closed orders alone", every, closed),
        _median(data, "P50 by Kaplan-Meier, lifelines", every, kaplan_meier),
    ]


def slowdown() -> Iterator[Figure]:
    for sigma in (0.2, 0.6):
        every = [slowed(seed, sigma) for seed in range(RUNS)]
        data = f"generated, 30 → 45 d 60 d ago, σ {sigma}"
        read = np.array([now(spans, DAY).median for spans in every])
        since = DAY - timedelta(days=90)
        lately = [[one for one in spans if one.start >= since] for spans in every]
        begun = np.array([cohort(spans, DAY).median for spans in lately])
        low, high = np.quantile(read, (0.025, 0.975))
        is_met = bool(abs(read.mean() / SLOW - 1) <= 0.1)
        note = f"{NOTE}; the 90-day cohort reads {begun.mean():.1f}"
        asked = f"period analysis within 10% of {SLOW}"
        yield Figure(data, asked, float(read.mean()), is_met, low, high, ".1f", note)


def curves(orders: Orders) -> float:
    knots = fit(orders, TODAY, chosen(orders, TODAY)).fitted.knots
    return float(quantiles(knots, np.array([0]))[0, 0])


def closed(orders: Orders) -> float:
    ended = orders.end > 0
    return float(np.median((orders.end - orders.start)[ended]))


def kaplan_meier(orders: Orders) -> float:
    ended = orders.end > 0
    days = np.where(ended, orders.end, TODAY - 1) - orders.start
    return float(KaplanMeierFitter().fit(days, ended).median_survival_time_)


def _median(
    data: str, asked: str, every: list[Orders], told: Callable[[Orders], float], *,
    is_asked: bool = False,
) -> Figure:  # fmt: skip
    """The mean over the runs, and where 95 in 100 runs are."""
    off = np.array([told(one) for one in every]) / TRUE - 1
    low, high = np.quantile(off, (0.025, 0.975))
    is_met = bool(abs(off.mean()) <= BOUND) if is_asked else None
    return Figure(data, asked, float(off.mean()), is_met, float(low), float(high), "+.1%",
                  NOTE)  # fmt: skip


def _within(data: str, every: list[Orders]) -> Figure:
    share = np.mean([abs(curves(one) / TRUE - 1) <= BOUND + 1e-9 for one in every])
    return Figure(data, "share of runs with P50 within ±5%", float(share), form=".0%")
