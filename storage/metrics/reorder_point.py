"""Reorder point and safety stock: at which quantity to order, so that it seldom runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev

import numpy as np

from storage.curves import ROUNDING, Curve
from storage.forecasts._run_out import (
    AHEAD,
    FEWEST_WEEKS,
    SEED,
    WEEK,
    Floats,
    Ints,
    Used,
    Ways,
    hypercube,
    levels,
    picked,
    with_larger,
)
from storage.metrics import Metric

SERVICE = 0.95
ROUNDS = 4_000
FEWEST_DAYS = 28
LEFT = 1e-9

METRIC = Metric(
    id="reorder-point",
    version=2,
    title="Reorder point",
    formula=(
        "The smallest quantity that lasts until an order comes in as many rounds of ordering as is"
        " asked for (95 of 100 where nobody says), when one orders on the morning after it is"
        f" reached. {ROUNDS:,} rounds are drawn: a lead time from the fitted curve, whole weeks of"
        " demand from a day on as for the chance to run out, or one that is larger than any, and by"
        " how much the last day before the order went below. Safety stock is what it is above mean"
        " demand times mean lead time. Where no fit is in use: that product plus z times the root"
        " of (mean lead time times the variance of daily demand + squared mean demand times the"
        " variance of lead time), of the last 90 days and the Kaplan-Meier curve of purchases these"
        " days; z = 1.645 for 95 of 100."
    ),
    unit="units",
    better="lower",
    needs=("stocklevel", "stockmove", "purchaseorder", "purchaseline", "receipt"),
    dimensions=("item",),
    caveats=(
        "Without a fit it takes both for normal, demand of one day for independent of the next.",
        "The service level is one of rounds of ordering, not of units (fill rate).",
        "Where the curve does not reach its end, the rest counts at its last day: it is more then.",
        "Lead time is that of production where it is made, of its suppliers where seldom bought.",
    ),
    synonyms=("rop", "safety stock", "buffer stock", "when to order"),
)


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation of a lead time in days. `is_cut`: at least that much."""

    mean: float
    sd: float
    is_cut: bool


@dataclass(frozen=True)
class Reorder:
    """All that the reorder point is made of, in units and days."""

    demand: float
    demand_sd: float
    lead: Moments
    safety: float
    point: float


def safety_stock(
    demand: float, demand_sd: float, lead: float, lead_sd: float, service: float = SERVICE
) -> float:
    """z·√(L·σ_D² + D²·σ_L²), with z the normal quantile of the service level."""
    z = NormalDist().inv_cdf(service)
    return z * sqrt(lead * demand_sd**2 + demand**2 * lead_sd**2)


def moments(curve: Curve) -> Moments | None:
    """Mean and deviation of a curve's steps; null where none has ended."""
    if not curve.times:
        return None
    before = (1.0, *curve.survival[:-1])
    weights = [high - low for high, low in zip(before, curve.survival, strict=True)]
    rest = curve.survival[-1]
    weights[-1] += rest
    mean = sum(weight * time for weight, time in zip(weights, curve.times, strict=True))
    square = sum(w * (time - mean) ** 2 for w, time in zip(weights, curve.times, strict=True))
    return Moments(mean, sqrt(square), rest > LEFT)


def reorder(daily: Sequence[float], curve: Curve, service: float = SERVICE) -> Reorder | None:
    """The reorder point from the demand of each day and a curve of lead times.

    Null with fewer than 28 days, without any demand, or without a lead time.
    """
    lead = moments(curve)
    if lead is None or len(daily) < FEWEST_DAYS or sum(daily) <= 0:
        return None
    demand, demand_sd = fmean(daily), stdev(daily)
    safety = safety_stock(demand, demand_sd, lead.mean, lead.sd, service)
    return Reorder(demand, demand_sd, lead, safety, demand * lead.mean + safety)


def drawn(used: Used, ways: Ways, curve: Curve, service: float = SERVICE) -> Reorder | None:
    """The reorder point of the one item that `used` is of, from rounds of ordering.

    Null with fewer than two weeks, without any demand, or without a lead time.
    """
    lead, weeks = moments(curve), min(int(used.weeks[0]), ways.window)
    daily = (used.wanted if ways.is_lost else used.daily)[0, :weeks].astype(float)
    if lead is None or weeks < FEWEST_WEEKS or daily.sum() <= 0:
        return None
    weights = ways.weights(weeks)
    demand = float(weights @ daily.mean(axis=1))
    spread = sqrt(float(weights @ ((daily - demand) ** 2).mean(axis=1)))
    part = hypercube(np.random.default_rng(SEED + 3), ROUNDS, 4)
    took = _gone(daily, ways, _days(curve, part[:, 0]), part[:, 1])
    took += _below(daily * weights[:, None], daily, part[:, 2:])
    # nothing left is out: of what comes in whole units one more is needed
    step = 1.0 if _is_whole(daily) else 0.0
    most = float(np.quantile(took, service, method="inverted_cdf"))
    point = np.floor(most) + step if step else most
    return Reorder(demand, spread, lead, point - demand * lead.mean, point)


def _days(curve: Curve, part: Floats) -> Ints:
    """Lead times by the curve; the longest that was seen where it ends above that."""
    left = -np.array(curve.survival)
    at = np.searchsorted(left, -(1 - part) - ROUNDING)
    days = np.array(curve.times)[np.minimum(at, len(left) - 1)]
    found: Ints = np.clip(days, 1, (AHEAD - 1) * WEEK).astype(np.int64)
    return found


def _gone(daily: Floats, ways: Ways, days: Ints, part: Floats) -> Floats:
    """The most that was used by any of so many days from a weekday on."""
    weeks = int(-(-days.max() // WEEK)) + 1
    picks = picked(ways.window, ways.half_life, len(daily), ROUNDS, larger=True)[:, :weeks]
    grows = (1 + ways.growth) ** np.arange(weeks)
    paths = (with_larger(daily)[picks] * grows[:, None]).reshape(ROUNDS, -1)
    first = (part * WEEK).astype(np.int64)
    cum = np.cumsum(paths, axis=1)
    rounds = np.arange(ROUNDS)
    before = np.where(first > 0, cum[rounds, np.maximum(first - 1, 0)], 0.0)
    inside = np.arange(paths.shape[1])
    counts = (inside >= first[:, None]) & (inside < (first + days)[:, None])
    most = np.where(counts, cum - before[:, None], -np.inf).max(axis=1)
    found: Floats = most * levels(ways.spread, ROUNDS)
    return found


def _below(weight: Floats, daily: Floats, part: Floats) -> Floats:
    """By how much a day of demand goes below the point, where any part of it may be the first to
    do so: days with much demand are the likelier to."""
    steps = np.cumsum(np.maximum(weight, 0).ravel())
    day = np.searchsorted(steps, part[:, 0] * steps[-1], side="right")
    below = part[:, 1] * daily.ravel()[np.minimum(day, len(steps) - 1)]
    found: Floats = np.floor(below) if _is_whole(daily) else below
    return found


def _is_whole(daily: Floats) -> bool:
    return bool((daily == np.rint(daily)).all())
