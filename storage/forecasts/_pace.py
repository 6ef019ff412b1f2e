"""How long each of many suppliers usually takes, and what a purchase says for its taking longer.

The curve is kept as the days by which certain shares had come; in between the hazard is even. The
other curve is the same, stretched: everything takes `LONGER` times as long. What a purchase says
is the logarithm of the ratio of its chances by the two curves: of its day if it came, of being
open at its age if not. A share of `ODD` comes whenever it likes, so that no single purchase, such
as one that was forgotten, says much.
"""

from dataclasses import dataclass

import numpy as np

from storage.forecasts._placed import Flags, Floats, Ints, Placed

LONGER = 1.5
ODD = 0.02
# shares that are still open at the days which are kept
OPEN: Floats = np.array([0.98, 0.95, *np.arange(0.9, 0.05, -0.05), 0.05, 0.02])
LONGEST = 1_100
WEEK = 7
# a change that began longer ago is the norm by now
WINDOW = 364


@dataclass(frozen=True)
class Evidence:
    """What a purchase says at each age, in nats, a row a supplier: `open` if it has not come by
    the end of that day, `came` if it came on it; and `hazard`, how much more was to come by that
    day, as the cumulated hazard of the usual curve."""

    open: Floats
    came: Floats
    hazard: Floats

    def of(self, who: Ints, days: Ints, has_come: Flags) -> Floats:
        at = np.minimum(days, self.open.shape[1] - 1)
        found: Floats = np.where(has_come, self.came[who, at], self.open[who, at])
        return found


def usual(placed: Placed, day: int) -> Floats:
    """The days by which a share of `OPEN` is still open, a row a supplier, of purchases as known
    at the end of a day: read off Kaplan-Meier curves, blurred. NaN where nothing came."""
    days = np.minimum(placed.until(day), LONGEST - 1)
    has_come = placed.end > 0
    shape = placed.count, LONGEST
    cells = placed.who * LONGEST + days
    ends = np.bincount(cells[has_come], placed.share[has_come], shape[0] * LONGEST).reshape(shape)
    leaves = np.bincount(cells, placed.share, shape[0] * LONGEST).reshape(shape)
    at_risk = np.cumsum(leaves[:, ::-1], axis=1)[:, ::-1]
    stays = 1 - np.divide(ends, at_risk, out=np.zeros(shape), where=at_risk > 0)
    left = np.cumprod(np.clip(stays, 0.0, 1.0), axis=1)
    found = np.full((placed.count, len(OPEN)), np.nan)
    for who in np.flatnonzero(ends.any(axis=1)).tolist():
        found[who] = _days(left[who])
    return found


def _days(left: Floats) -> Floats:
    """The days at which a curve, blurred, falls to each share of `OPEN`; where it does not reach
    one, further on at the pace of its last part."""
    middle = int(np.searchsorted(-left, -0.5))
    # over a week at most: weekends are not the supplier's pace
    width = min(WEEK, 2 * (min(middle, LONGEST) // 8) + 1)
    whole = np.concatenate([[1.0], left])
    half = width // 2
    padded = np.concatenate([np.ones(half), whole, np.full(half, whole[-1])])
    smooth = np.convolve(padded, np.ones(width) / width, "valid")
    # strictly falling, so that each share is met once; at the end of day -1 all are open
    steps = np.flatnonzero(np.diff(smooth, prepend=2.0) < 0)
    steps = np.unique(np.append(np.maximum(steps[1:] - 1, 0), steps))
    ages, shares = steps.astype(float) - 1, smooth[steps]
    found = np.interp(-OPEN, -shares, ages)
    beyond = shares[-1] > OPEN
    if beyond.any():
        pace = max(1.0, float(ages[-1] + 1)) / max(0.05, -np.log(min(0.95, shares[-1])))
        found[beyond] = ages[-1] + pace * np.log(shares[-1] / OPEN[beyond])
    gap = max(0.05, 0.01 * float(found[len(OPEN) // 2] + 1))
    apart = gap * np.arange(len(OPEN))
    days: Floats = np.maximum.accumulate(found - apart) + apart
    return days


def evidence(usual_days: Floats) -> Evidence:
    """What purchases say, by the days of `usual`; nothing where these are NaN."""
    width = int(np.nanmax(usual_days, initial=10.0) * 2 * LONGER) + 2
    width = min(width, int(LONGEST * LONGER))
    ages = np.arange(-1, width).astype(float)  # at the end of each day, and before the first
    usually, slower = (np.zeros((len(usual_days), width + 1)) for _ in range(2))
    for who in np.flatnonzero(~np.isnan(usual_days[:, 0])).tolist():
        usually[who] = _cumulated(ages + 1, usual_days[who] + 1)
        slower[who] = _cumulated((ages + 1) / LONGER, usual_days[who] + 1)
    stays, slows = (ODD + (1 - ODD) * np.exp(-one) for one in (usually, slower))
    spread = ODD / np.nan_to_num(usual_days[:, -1:] + 1, nan=1.0)
    came = np.log((spread - np.diff(slows, axis=1)) / (spread - np.diff(stays, axis=1)))
    return Evidence(np.log(slows / stays)[:, 1:], came, -np.log(stays)[:, 1:])


def slowest(known: Placed, says: Evidence, day: int) -> tuple[Floats, Ints]:
    """Of each supplier the most evidence that purchases placed since some day take longer, by
    what was known at the end of a day, and that day."""
    rows = known.of(known.start > day - WINDOW).by(day)
    said = says.of(rows.who, rows.until(day), rows.end > 0) * rows.share
    cells = rows.who * WINDOW + (day - rows.start)
    total = np.cumsum(np.bincount(cells, said, rows.count * WINDOW).reshape(-1, WINDOW), axis=1)
    back = total.argmax(axis=1)
    return np.maximum(total[np.arange(rows.count), back], 0.0), day - back


def _cumulated(ages: Floats, days: Floats) -> Floats:
    """The cumulated hazard at ages, by days at which shares of `OPEN` are left."""
    at, hazard = np.append(0.0, days), np.append(0.0, -np.log(OPEN))
    found: Floats = np.interp(ages, at, hazard)
    beyond = ages > at[-1]
    slope = (hazard[-1] - hazard[-5]) / max(0.1, at[-1] - at[-5])
    found[beyond] = hazard[-1] + slope * (ages[beyond] - at[-1])
    return found
