"""Chances of an event by ridge logistic regression, and by Platt's line through told chances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from storage.forecasts._scores import CLIP, Flags, Floats

RIDGE = 10.0
# a line through chances leans this little on staying as they are: all or none may have come
LEAN = 1.0
STEPS = 50
DIGITS = 4


@dataclass(frozen=True)
class Logistic:
    """A fit on columns that are brought to mean 0 and spread 1; `weights` begin with the level.

    `doubt` is the covariance of the weights about where the loss is least (Laplace).
    """

    mean: Floats
    scale: Floats
    weights: Floats
    doubt: Floats

    def parts(self, rows: Floats) -> Floats:
        """What each column adds to the logit of each row, against the mean row."""
        found: Floats = (rows - self.mean) / self.scale * self.weights[1:]
        return found

    def chance(self, rows: Floats) -> Floats:
        return chance_of(self.weights[0] + self.parts(rows).sum(axis=1))

    def error(self, rows: Floats) -> Floats:
        """The standard error of the logit of each row."""
        columns = _with_level((rows - self.mean) / self.scale)
        found: Floats = np.sqrt(np.maximum(((columns @ self.doubt) * columns).sum(axis=1), 0))
        return found

    def as_json(self) -> dict[str, Any]:
        """The fit as JSON; of `doubt`, which is symmetric, the lower half row by row."""
        half = self.doubt[np.tril_indices(len(self.weights))]
        return {
            "mean": self.mean.tolist(), "scale": self.scale.tolist(),
            "weights": self.weights.tolist(), "doubt": [float(f"{one:.{DIGITS}g}") for one in half],
        }  # fmt: skip


@dataclass(frozen=True)
class Platt:
    """A line in logits from chances that were told to what came of them (Platt 1999); `doubt` is
    (variance of the level, covariance, variance of the slope)."""

    level: float = 0.0
    slope: float = 1.0
    doubt: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def read(self, chance: Floats) -> Floats:
        return chance_of(self.level + self.slope * logit(chance))

    def error(self, chance: Floats, error: Floats) -> Floats:
        """The standard error of the logit of what is read, by that of what was told."""
        at, (level, both, slope) = logit(chance), self.doubt
        found: Floats = np.sqrt(level + 2 * both * at + slope * at**2 + (self.slope * error) ** 2)
        return found


def logistic(rows: Floats, came: Flags, ridge: float = RIDGE) -> Logistic:
    """The fit of events on columns; the level alone leans on nothing but half an event each way."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    is_alike = scale <= CLIP
    scale = np.where(is_alike, 1.0, scale)
    columns = _with_level((rows - mean) / scale)
    start = np.zeros(columns.shape[1])
    start[0] = logit(np.array([(came.sum() + 0.5) / (len(came) + 1)]))[0]
    lean = np.full(len(start), ridge)
    lean[0] = CLIP if came.any() and not came.all() else ridge
    weights = _newton(columns, came, start, lean)
    doubt = np.linalg.inv(_bend(columns, weights, lean)).astype(np.float64)
    # a column that is always alike says nothing: it has no weight, and so no doubt either
    doubt[1:][is_alike] = doubt[:, 1:][:, is_alike] = 0.0
    return Logistic(mean, scale, weights, doubt)


def logistic_from(found: Mapping[str, Any]) -> Logistic:
    """What `as_json` gave."""
    mean, scale, weights = (np.array(found[one], float) for one in ("mean", "scale", "weights"))
    doubt = np.zeros((len(weights), len(weights)))
    doubt[np.tril_indices(len(weights))] = found["doubt"]
    return Logistic(mean, scale, weights, doubt + np.tril(doubt, -1).T)


def platt(told: Floats, came: Flags) -> Platt:
    """The line through what was told and came."""
    columns, lean = _with_level(logit(told)[:, None]), np.full(2, LEAN)
    level, slope = _newton(columns, came, np.array([0.0, 1.0]), lean)
    doubt = np.linalg.inv(_bend(columns, np.array([level, slope]), lean))
    spread = (float(doubt[0, 0]), float(doubt[0, 1]), float(doubt[1, 1]))
    return Platt(float(level), float(max(slope, 0.0)), spread)


def _newton(columns: Floats, came: Flags, start: Floats, lean: Floats) -> Floats:
    """The weights with the least loss, where each leans on where it starts; by Newton's steps,
    halved while one would not better it."""
    found = start
    loss = _loss(columns, came, found, start, lean)
    for _ in range(STEPS):
        told = chance_of(columns @ found)
        slope = columns.T @ (came - told) - lean * (found - start)
        step = np.linalg.solve(_bend(columns, found, lean), slope)
        while (new := _loss(columns, came, found + step, start, lean)) > loss + CLIP:
            step = step / 2
        found, loss = found + step, new
        if np.abs(step).max() < CLIP:
            break
    return found


def _bend(columns: Floats, at: Floats, lean: Floats) -> Floats:
    """How the loss bends at some weights."""
    told = chance_of(columns @ at)
    found: Floats = columns.T @ (columns * (told * (1 - told))[:, None]) + np.diag(lean)
    return found


def _with_level(rows: Floats) -> Floats:
    return np.column_stack([np.ones(len(rows)), rows])


def _loss(columns: Floats, came: Flags, at: Floats, start: Floats, lean: Floats) -> float:
    score = columns @ at
    return float(
        (np.logaddexp(0, score) - came * score).sum() + (lean * (at - start) ** 2).sum() / 2
    )


def logit(chance: Floats) -> Floats:
    held = np.clip(chance, CLIP, 1 - CLIP)
    found: Floats = np.log(held / (1 - held))
    return found


def chance_of(score: Floats) -> Floats:
    """The chance of a logit."""
    found: Floats = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
    return found
