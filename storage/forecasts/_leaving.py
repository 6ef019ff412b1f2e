"""The chance of each customer with a contract to leave, and what weighs most in its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from storage.forecasts._features import Encoder, Known, encoder_from, learned
from storage.forecasts._logistic import Logistic, logistic
from storage.forecasts._scores import Flags, Floats
from storage.metrics.churn import ENOUGH_EVENTS, wilson

FACTORS = 3


class Told(NamedTuple):
    """What is told of a customer: its chance to leave, null where too few ever left for one, and
    the features that move its score most, each with what it adds to the logit (above 0: to leave).
    They are what the score is made of, not why it leaves."""

    chance: float | None
    factors: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Leaving:
    """A fit: of `n` customers `events` left. Without an encoder too few did, and all that is known
    is the base rate with its interval."""

    n: int
    events: int
    encoder: Encoder | None = None
    score: Logistic | None = None

    @property
    def base(self) -> float:
        return self.events / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the base rate; null of nobody."""
        return wilson(self.events, self.n)

    def chances(self, rows: Sequence[Known]) -> Floats:
        """The chance of each to leave; the base rate where nothing better is known."""
        if self.encoder is None or self.score is None:
            return np.full(len(rows), self.base)
        return self.score.chance(self.encoder.matrix(rows))

    def told(self, rows: Sequence[Known]) -> list[Told]:
        if self.encoder is None or self.score is None:
            return [Told(None, ()) for _ in rows]
        parts, names = self.score.parts(self.encoder.matrix(rows)), self.encoder.names()
        return [
            Told(float(chance), _factors(names, mine))
            for chance, mine in zip(self.chances(rows), parts, strict=True)
        ]

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"n": self.n, "events": self.events}
        if self.encoder is not None and self.score is not None:
            found |= {
                "features": self.encoder.as_json(), "mean": self.score.mean.tolist(),
                "scale": self.score.scale.tolist(), "weights": self.score.weights.tolist(),
            }  # fmt: skip
        return found


def leaving(rows: Sequence[Known], left: Flags) -> Leaving:
    """The fit of who left on what was known of each; the base rate alone where fewer than
    `ENOUGH_EVENTS` left or stayed."""
    events = int(left.sum())
    if min(events, len(rows) - events) < ENOUGH_EVENTS:
        return Leaving(len(rows), events)
    encoder = learned(rows, min(events, len(rows) - events))
    return Leaving(len(rows), events, encoder, logistic(encoder.matrix(rows), left))


def leaving_from(found: Mapping[str, Any]) -> Leaving:
    """What `as_json` gave."""
    if "features" not in found:
        return Leaving(found["n"], found["events"])
    columns = (np.array(found[name], float) for name in ("mean", "scale", "weights"))
    encoder = encoder_from(found["features"])
    return Leaving(found["n"], found["events"], encoder, Logistic(*columns))


def _factors(names: Sequence[str], parts: Floats) -> tuple[tuple[str, float], ...]:
    sums: dict[str, float] = {}
    for name, part in zip(names, parts.tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + part
    ranked = sorted(sums.items(), key=lambda one: (-abs(one[1]), one[0]))
    return tuple(ranked[:FACTORS])
