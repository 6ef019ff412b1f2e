"""How good forecasts were: scores of quantiles against outcomes, and of chances against events.

Quantiles come as columns for `QUANTILES`, outcomes in days. A score that can't be had is null.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

QUANTILES = (0.5, 0.8, 0.9)
BINS = 10
TOP = 0.1
STEPS = 50
CLIP = 1e-6


@dataclass(frozen=True)
class Scores:
    """Scores of one method over n outcomes; null where a figure does not apply.

    `pinball`: the mean over `QUANTILES`, in days; `mae` of the median. `cover80`: the share of
    outcomes up to the 8-in-10 value, and `cover90`. Of chances: `auc`, `brier`, `ece` (ten bins of
    equal count), `slope` (of a logistic fit of the events on the logit of the chances; 1 is
    calibrated), `lift10` (events among the tenth with the highest chance, by the share of all).
    What they are of money that customers bring is said in `_clv_past.py`.
    """

    n: int
    pinball: float | None = None
    mae: float | None = None
    cover80: float | None = None
    cover90: float | None = None
    auc: float | None = None
    brier: float | None = None
    ece: float | None = None
    slope: float | None = None
    lift10: float | None = None

    def figures(self) -> dict[str, float | int | None]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True)
class Calibrated:
    """Of `n` outcomes told with a chance of `said`, on the mean, what share `came`."""

    said: float
    came: float
    n: int


def pinball(said: Floats, came: Floats) -> Floats:
    """The pinball loss of each outcome, the mean over `QUANTILES`."""
    levels = np.array(QUANTILES)
    missed = came[:, None] - said
    loss: Floats = np.maximum(levels * missed, (levels - 1) * missed).mean(axis=1)
    return loss


def of_quantiles(said: Floats, came: Floats) -> Scores:
    """Scores of quantiles, one row an outcome."""
    if not len(came):
        return Scores(0)
    return Scores(
        len(came),
        float(pinball(said, came).mean()),
        float(np.abs(said[:, 0] - came).mean()),
        float((came <= said[:, 1]).mean()),
        float((came <= said[:, 2]).mean()),
    )


def calibration_of_quantiles(said: Floats, came: Floats) -> tuple[Calibrated, ...]:
    """What share came by each of the quantiles told, one row an outcome."""
    if not len(came):
        return ()
    within = (came[:, None] <= said).mean(axis=0)
    return tuple(
        Calibrated(share, float(one), len(came))
        for share, one in zip(QUANTILES, within, strict=True)
    )


def of_chances(chance: Floats, came: Flags) -> Scores:
    """Scores of chances of an event against whether it came."""
    if not len(came):
        return Scores(0)
    return Scores(
        len(came),
        auc=auc(chance, came),
        brier=float(((chance - came) ** 2).mean()),
        ece=ece(chance, came),
        slope=slope(chance, came),
        lift10=lift(chance, came),
    )


def auc(chance: Floats, came: Flags) -> float | None:
    """P(an event had the higher chance than a non-event), ties half; null without both."""
    events = int(came.sum())
    others = len(came) - events
    if not events or not others:
        return None
    return float((ranks(chance)[came].sum() - events * (events + 1) / 2) / (events * others))


def ranks(values: Floats) -> Floats:
    """Ranks, the same for the same values."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    found: Floats = (count.cumsum() - (count - 1) / 2)[place]
    return found


def calibration_of_chances(chance: Floats, came: Flags) -> tuple[Calibrated, ...]:
    """Chances told beside shares of events, over ten bins of equal count, the lowest first."""
    order = np.argsort(chance, kind="stable")
    return tuple(
        Calibrated(float(chance[part].mean()), float(came[part].mean()), len(part))
        for part in np.array_split(order, BINS) if len(part)
    )  # fmt: skip


def ece(chance: Floats, came: Flags) -> float:
    """How far shares of events are from the chances told, over ten bins of equal count."""
    gaps = [one.n * abs(one.said - one.came) for one in calibration_of_chances(chance, came)]
    return sum(gaps) / len(came)


def slope(chance: Floats, came: Flags) -> float | None:
    """The slope of a logistic fit of the events on the logit of the chances, by Newton's steps;
    null where all or none came, where all chances are alike, or where it runs away."""
    held = np.clip(chance, CLIP, 1 - CLIP)
    logit = np.log(held / (1 - held))
    if came.all() or not came.any() or np.ptp(logit) < CLIP:
        return None
    rows = np.column_stack([np.ones(len(logit)), logit])
    found = np.array([0.0, 1.0])
    for _ in range(STEPS):
        told = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        spread = rows.T @ (rows * (told * (1 - told))[:, None])
        if np.linalg.cond(spread) > 1 / CLIP**2:
            return None
        step = np.linalg.solve(spread, rows.T @ (came - told))
        found = found + step
        if np.abs(step).max() < CLIP:
            return float(found[1])
    return None


def lift(chance: Floats, came: Flags | Floats) -> float | None:
    """Events among the tenth with the highest chance, by the share of all; null without events.
    Of money: what the tenth told the most brought, by the mean of all."""
    if not came.any():
        return None
    most = max(1, round(TOP * len(came)))
    top = np.argsort(-chance, kind="stable")[:most]
    return float(came[top].mean() / came.mean())


def gain(
    mine: list[Floats], theirs: list[Floats], draws: int = 1_000
) -> tuple[float, float, float] | None:
    """By what share losses are below another's, with its 95 % interval; null where there are none.

    One pair of arrays an origin, the same outcomes in both: pairs are drawn anew within each
    origin, always from the same seed.
    """
    if not sum(map(len, mine)) or not sum(float(one.sum()) for one in theirs):
        return None
    rng = np.random.default_rng(0)
    sums = np.zeros((draws, 2))
    for one, other in zip(mine, theirs, strict=True):
        for at in range(draws if len(one) else 0):
            drawn = rng.integers(0, len(one), len(one))
            sums[at] += one[drawn].sum(), other[drawn].sum()
    lost = sums[:, 1] > 0  # of few, a draw may have none of those of whom anything was lost
    shares = 1 - sums[lost, 0] / sums[lost, 1]
    whole = 1 - sum(float(one.sum()) for one in mine) / sum(float(one.sum()) for one in theirs)
    low, high = np.quantile(shares, (0.025, 0.975)) if lost.any() else (whole, whole)
    return whole, float(low), float(high)
