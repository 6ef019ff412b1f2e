"""The chance of each customer with a contract to leave, and what weighs most in its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from storage.forecasts._features import Encoder, Known, Number, encoder_from, learned
from storage.forecasts._logistic import Logistic, chance_of, logistic, logistic_from, logit
from storage.forecasts._scores import Flags, Floats
from storage.metrics.churn import ENOUGH_EVENTS, Z95


class Scored(NamedTuple):
    """What a fit tells, a row a customer: the chance, the bounds of its 95 % interval, and what
    each of `names` adds to the logit against what is usual. They are what the score is made of,
    not why one leaves."""

    chance: Floats
    low: Floats
    high: Floats
    names: tuple[str, ...]
    parts: Floats


@dataclass(frozen=True)
class Leaving:
    """A fit: of `n` customers `events` left. Without an encoder too few did, and all that is known
    is the base rate."""

    n: int
    events: int
    encoder: Encoder | None = None
    score: Logistic | None = None

    @property
    def base(self) -> float:
        return self.events / self.n if self.n else 0.0

    def chances(self, rows: Sequence[Known]) -> Floats:
        """The chance of each to leave; the base rate where nothing better is known."""
        if self.encoder is None or self.score is None:
            return np.full(len(rows), self.base)
        return self.score.chance(self.encoder.matrix(rows))

    def scored(self, rows: Sequence[Known]) -> Scored | None:
        """What is told of each; null where too few ever left for a chance."""
        if self.encoder is None or self.score is None:
            return None
        matrix = self.encoder.matrix(rows)
        chance = self.score.chance(matrix)
        names, parts = together(self.encoder.names(), self.score.parts(matrix) - self._usual())
        return Scored(chance, *bounds(chance, self.score.error(matrix)), names, parts)

    def middles(self) -> Known:
        """What half of all learned from do not exceed, of each feature that is a number."""
        features = self.encoder.features if self.encoder else ()
        return {one.name: one.middle for one in features if isinstance(one, Number)}

    def _usual(self) -> Floats:
        """What each column adds where all numbers are in the middle, and words as on the mean."""
        assert self.encoder and self.score
        known = self.middles()
        is_number = np.array([name in known for name in self.encoder.names()], bool)
        found: Floats = self.score.parts(self.encoder.matrix([known]))[0] * is_number
        return found

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"n": self.n, "events": self.events}
        if self.encoder is not None and self.score is not None:
            found |= {"features": self.encoder.as_json(), "score": self.score.as_json()}
        return found


def leaving(rows: Sequence[Known], left: Flags, enough: int = ENOUGH_EVENTS) -> Leaving:
    """The fit of who left on what was known of each; the base rate alone where fewer than
    `enough` left or stayed."""
    events = int(left.sum())
    fewer = min(events, len(rows) - events)
    if fewer < enough:
        return Leaving(len(rows), events)
    encoder = learned(rows, fewer)
    return Leaving(len(rows), events, encoder, logistic(encoder.matrix(rows), left))


def leaving_from(found: Mapping[str, Any]) -> Leaving:
    """What `as_json` gave."""
    if "features" not in found:
        return Leaving(found["n"], found["events"])
    encoder, score = encoder_from(found["features"]), logistic_from(found["score"])
    return Leaving(found["n"], found["events"], encoder, score)


def bounds(chance: Floats, error: Floats) -> tuple[Floats, Floats]:
    """The 95 % interval of chances by the standard errors of their logits."""
    at, reach = logit(chance), Z95 * error
    return chance_of(at - reach), chance_of(at + reach)


def together(names: Sequence[str], parts: Floats) -> tuple[tuple[str, ...], Floats]:
    """The sums of columns that bear one name, by the first place of each."""
    single = tuple(dict.fromkeys(names))
    place = {name: at for at, name in enumerate(single)}
    joins = np.zeros((len(names), len(single)))
    joins[np.arange(len(names)), [place[name] for name in names]] = 1
    found: Floats = parts @ joins
    return single, found
