"""Where a smooth function of a few numbers is least: Newton's steps, by small differences."""

from collections.abc import Callable

import numpy as np

from storage.forecasts._scores import CLIP, Floats

STEPS = 60
STEP = 1e-4
WIDEST = 1.5
FLATTEST = 1e-3


def least(loss: Callable[[Floats], float], start: Floats) -> Floats:
    """The place near `start` at which `loss` is least; a step is never wider than `WIDEST`, and
    goes downhill also where the function bends the wrong way."""
    found, here = start, loss(start)
    for _ in range(STEPS):
        slope, bend = _shape(loss, found, here)
        width, ways = np.linalg.eigh(bend)
        step = -ways @ ((ways.T @ slope) / np.maximum(np.abs(width), FLATTEST))
        step *= min(1.0, WIDEST / max(float(np.abs(step).max()), CLIP))
        while (new := loss(found + step)) > here and np.abs(step).max() > CLIP:
            step = step / 2
        if new > here:
            break
        found, here = found + step, new
        if np.abs(step).max() < CLIP:
            break
    return found


def _shape(loss: Callable[[Floats], float], at: Floats, here: float) -> tuple[Floats, Floats]:
    """Slope and bend of a function by small differences."""
    ways = np.eye(len(at)) * STEP
    up = np.array([loss(at + one) for one in ways])
    down = np.array([loss(at - one) for one in ways])
    bend = np.diag(up + down - 2 * here)
    for i, j in zip(*np.triu_indices(len(at), 1), strict=True):
        one, two = ways[i], ways[j]
        both = loss(at + one + two) + loss(at - one - two) + 2 * here
        bend[i, j] = bend[j, i] = (both - up[i] - up[j] - down[i] - down[j]) / 2
    return (up - down) / (2 * STEP), bend / STEP**2
