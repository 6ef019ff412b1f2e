"""What is known of customers, as columns: numbers bent at a few places, words as flags."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from storage.forecasts._scores import Floats

Value = float | str | bool | None
Known = Mapping[str, Value]

MOST_BENDS = 9
EVENTS_A_BEND = 50
MOST_WORDS = 20
FEWEST = 5


@dataclass(frozen=True)
class Number:
    """A number as columns: itself, its logarithm, how far it is above each of `bends` (ordered),
    and whether it is unknown; `middle` stands in for it then."""

    name: str
    middle: float
    bends: tuple[float, ...]

    def columns(self, values: Sequence[Value]) -> Floats:
        found = np.array([_number(one) for one in values], float)  # null becomes nan
        unknown = np.isnan(found)
        found = np.where(unknown, self.middle, found)
        bent = [np.maximum(found - bend, 0) for bend in self.bends]
        return np.column_stack([found, np.sign(found) * np.log1p(np.abs(found)), *bent, unknown])


@dataclass(frozen=True)
class Words:
    """A word as columns: whether it is each of `words`."""

    name: str
    words: tuple[str, ...]

    def columns(self, values: Sequence[Value]) -> Floats:
        texts = [_word(one) for one in values]
        flags = [[one == word for word in self.words] for one in texts]
        return np.array(flags, float).reshape(len(texts), len(self.words))


@dataclass(frozen=True)
class Encoder:
    """How what is known becomes columns, as it was learned."""

    features: tuple[Number | Words, ...]

    def matrix(self, rows: Sequence[Known]) -> Floats:
        """A row each; what was not there to learn from is left out."""
        parts = [one.columns([row.get(one.name) for row in rows]) for one in self.features]
        return np.hstack([np.empty((len(rows), 0)), *parts])

    def names(self) -> list[str]:
        """The feature that each column is of."""
        return [
            one.name for one in self.features for _ in range(one.columns([None]).shape[1])
        ]  # fmt: skip

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.features]


def encoder_from(found: Sequence[Mapping[str, Any]]) -> Encoder:
    """What `as_json` gave."""
    return Encoder(tuple(
        Number(one["name"], one["middle"], tuple(one["bends"])) if "bends" in one
        else Words(one["name"], tuple(one["words"]))
        for one in found
    ))  # fmt: skip


def learned(rows: Sequence[Known], events: int) -> Encoder:
    """How to read rows like these: the more events, the more bends a number has."""
    names = dict.fromkeys(name for row in rows for name in row)
    bends = min(MOST_BENDS, events // EVENTS_A_BEND)
    made = [_feature(name, [row.get(name) for row in rows], bends) for name in sorted(names)]
    return Encoder(tuple(one for one in made if one))


def _feature(name: str, values: Sequence[Value], bends: int) -> Number | Words | None:
    known = [one for one in values if one not in (None, "")]
    numbers = [_number(one) for one in known]
    if known and all(one is not None for one in numbers):
        column = np.array(numbers, float)
        at = np.unique(np.quantile(column, np.arange(1, bends + 1) / (bends + 1)))
        return Number(name, float(np.median(column)), tuple(at.tolist()))
    count = Counter(_word(one) for one in values)
    words = sorted(word for word, n in count.most_common(MOST_WORDS) if FEWEST <= n < len(values))
    return Words(name, tuple(words)) if words else None


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _word(value: Value) -> str:
    return "" if value is None else str(value)
