"""The median lead time of made-up orders whose truth is known: 30 days, lognormal, sigma 0.6.

The orders of the last 90 days are looked at: most of the slow ones are open. lifelines tells the
median by Kaplan-Meier, without weights, hierarchy or calibration.
"""

from collections.abc import Callable

import numpy as np
from lifelines import KaplanMeierFitter

from storage.forecasts._fitted import quantiles
from storage.forecasts._lead_time_fit import chosen, fit
from storage.forecasts._orders import Orders
from tests.storage.forecasts.figures import Figure
from tests.storage.forecasts.generated import TODAY, steady

TRUE = 30
RUNS = 200
ORDERS = 2_000
BOUND = 0.05


def measured() -> list[Figure]:
    every = [steady(np.random.default_rng(seed), ORDERS) for seed in range(RUNS)]
    data = f"generated, {ORDERS:,} orders of 90 days"
    return [
        _median(data, "P50 against the truth within ±5%", every, curves, is_asked=True),
        _within(data, every),
        _median(data, "P50 of the closed orders alone", every, closed),
        _median(data, "P50 by Kaplan-Meier, lifelines", every, kaplan_meier),
    ]


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
                  f"the mean of {RUNS} runs, and where 95 in 100 are")  # fmt: skip


def _within(data: str, every: list[Orders]) -> Figure:
    share = np.mean([abs(curves(one) / TRUE - 1) <= BOUND + 1e-9 for one in every])
    return Figure(data, "share of runs with P50 within ±5%", float(share), form=".0%")
