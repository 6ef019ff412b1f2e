"""Chances of an event by ridge logistic regression, and by Platt's line through told chances."""

from dataclasses import dataclass

import numpy as np

from storage.forecasts._scores import CLIP, Flags, Floats

RIDGE = 10.0
# a line through chances leans this little on staying as they are: all or none may have come
LEAN = 1.0
STEPS = 50


@dataclass(frozen=True)
class Logistic:
    """A fit on columns that are brought to mean 0 and spread 1; `weights` begin with the level."""

    mean: Floats
    scale: Floats
    weights: Floats

    def parts(self, rows: Floats) -> Floats:
        """What each column adds to the logit of each row, against the mean row."""
        found: Floats = (rows - self.mean) / self.scale * self.weights[1:]
        return found

    def chance(self, rows: Floats) -> Floats:
        return chance_of(self.weights[0] + self.parts(rows).sum(axis=1))


@dataclass(frozen=True)
class Platt:
    """A line in logits from chances that were told to what came of them (Platt 1999)."""

    level: float = 0.0
    slope: float = 1.0

    def read(self, chance: Floats) -> Floats:
        return chance_of(self.level + self.slope * logit(chance))


def logistic(rows: Floats, came: Flags, ridge: float = RIDGE) -> Logistic:
    """The fit of events on columns; the level alone leans on nothing but half an event each way."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale > CLIP, scale, 1.0)
    columns = np.column_stack([np.ones(len(rows)), (rows - mean) / scale])
    start = np.zeros(columns.shape[1])
    start[0] = logit(np.array([(came.sum() + 0.5) / (len(came) + 1)]))[0]
    lean = np.full(len(start), ridge)
    lean[0] = CLIP if came.any() and not came.all() else ridge
    return Logistic(mean, scale, _newton(columns, came, start, lean))


def platt(told: Floats, came: Flags) -> Platt:
    """The line through what was told and came."""
    columns = np.column_stack([np.ones(len(told)), logit(told)])
    level, slope = _newton(columns, came, np.array([0.0, 1.0]), np.full(2, LEAN))
    return Platt(float(level), float(max(slope, 0.0)))


def _newton(columns: Floats, came: Flags, start: Floats, lean: Floats) -> Floats:
    """The weights with the least loss, where each leans on where it starts; by Newton's steps,
    halved while one would not better it."""
    found = start
    loss = _loss(columns, came, found, start, lean)
    for _ in range(STEPS):
        told = chance_of(columns @ found)
        slope = columns.T @ (came - told) - lean * (found - start)
        bend = columns.T @ (columns * (told * (1 - told))[:, None]) + np.diag(lean)
        step = np.linalg.solve(bend, slope)
        while (new := _loss(columns, came, found + step, start, lean)) > loss + CLIP:
            step = step / 2
        found, loss = found + step, new
        if np.abs(step).max() < CLIP:
            break
    return found


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
