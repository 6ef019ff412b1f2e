"""Reorder point and safety stock: at which quantity to order, so that it seldom runs out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev

from storage.curves import Curve
from storage.metrics import Metric

METRIC = Metric(
    id="reorder-point",
    version=1,
    title="Reorder point",
    formula=(
        "Mean demand a day times mean lead time, plus the safety stock: z times the root of (mean"
        " lead time times the variance of daily demand + squared mean demand times the variance of"
        " lead time). Demand is that of the last 90 days; lead time is read off the Kaplan-Meier"
        " curve of purchases these days, open orders counted. z = 1.645: in 95 of 100 rounds of"
        " ordering it does not run out."
    ),
    unit="units",
    better="lower",
    needs=("stocklevel", "stockmove", "purchaseorder", "purchaseline", "receipt"),
    dimensions=("item",),
    caveats=(
        "It takes both for normal, demand of one day for independent of the next.",
        "The service level is one of rounds of ordering, not of units (fill rate).",
        "Where the curve does not reach its end, the rest counts at its last day: it is more then.",
        "Lead time is that of production where it is made, of its suppliers where seldom bought.",
    ),
    synonyms=("rop", "safety stock", "buffer stock", "when to order"),
)

SERVICE = 0.95
FEWEST_DAYS = 28
LEFT = 1e-9


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
