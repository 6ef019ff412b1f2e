"""Fitted curves of lead times: which one an order follows, what it rests on; as JSON and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from storage.curves import Curve
from storage.forecasts._hierarchy import LEAN
from storage.forecasts._knots import NEVER, WIDE, Floats, Ints, Knots, knots_from
from storage.forecasts._scores import QUANTILES

Path = tuple[str, ...]
DIGITS = 6
# parts that lean almost wholly on what is above them are not kept: they follow it
LEAST_KEPT = 1.0


class Followed(NamedTuple):
    """The curve that an order follows, by its number: `n` is what its own orders weigh, where one
    of today counts as one, and `level` the nearest part whose own orders weigh as much as what
    they lean on: company, category, lane, supplier or item."""

    number: int
    n: float
    level: str


@dataclass(frozen=True)
class Fitted:
    """Curves of the parts of a company, by the names of each part.

    `dimensions` are what the names are of, from the company down. `gone` are the curves of being
    called off, null where nothing ever was.
    """

    dimensions: tuple[str, ...]
    paths: tuple[Path, ...]
    n: Floats
    knots: Knots
    gone: Knots | None

    @cached_property
    def numbers(self) -> Mapping[Path, int]:
        return {path: number for number, path in enumerate(self.paths)}

    def follow(self, names: Mapping[str, str]) -> Followed:
        """The curve of an order, by its names of each dimension."""
        path = tuple(names.get(one, "") for one in self.dimensions)
        known = [self.numbers.get(path[:depth]) for depth in range(len(path) + 1)]
        depth = max(at for at, number in enumerate(known) if number is not None)
        number = known[depth]
        assert number is not None  # the company's is always there
        carries = next(
            (at for at in range(depth, 0, -1)
             if (one := known[at]) is not None and self.n[one] >= LEAN), 0,
        )  # fmt: skip
        return Followed(number, float(self.n[number]), ("company", *self.dimensions)[carries])

    def of(self, dimension: str, name: str) -> tuple[Curve, float] | None:
        """The curve of all parts of a name, by their weight, and that weight; null for none."""
        if dimension not in self.dimensions:
            return None
        depth = self.dimensions.index(dimension) + 1
        mine = [
            number for number, path in enumerate(self.paths)
            if len(path) == depth and path[-1] == name
        ]  # fmt: skip
        return self._mixed(np.array(mine, np.int64)) if mine else None

    def _mixed(self, mine: Ints) -> tuple[Curve, float]:
        steps = [self.knots.times[self.knots.at[one] : self.knots.at[one + 1]] for one in mine]
        times = np.unique(np.concatenate(steps))
        weight = self.n[mine]
        left = sum(
            share * self.knots.survival(np.full(len(times), one), times)
            for one, share in zip(mine, weight / weight.sum(), strict=True)
        )
        n = float(weight.sum())
        return Curve(tuple(times.tolist()), tuple(np.asarray(left).tolist()), round(n)), n

    def arrives(self, curves: Ints, age: Ints) -> Floats:
        """The probability that what is open at an age ever arrives, as far as curves reach.

        Aalen & Johansen 1978: an order that is called off arrives no more.
        """
        knots = self.knots
        after = np.searchsorted(knots.places, curves * WIDE + age, side="right")
        to_come = self._to_come[after] - self._to_come[knots.at[curves + 1]]
        waits = knots.survival(curves, age) * self._stays(curves, age)
        return np.divide(to_come, waits, out=np.zeros(len(curves)), where=waits > 0)

    def chance(self, curves: Ints, age: Ints, days: Ints) -> Floats:
        """The probability that what is open at an age comes by `days` after its order, if it ever
        does.

        Beyond what was seen of orders of that age half an order more is counted as coming by then
        and half a one as later, so that few orders never make it sure.
        """
        waits = self.knots.survival(curves, age)
        later = np.minimum(self.knots.survival(curves, np.maximum(age, days)), waits)
        seen = self.n[curves] + LEAN
        chances: Floats = (seen * (waits - later) + 0.5) / (seen * waits + 1.0)
        return chances

    @cached_property
    def _to_come(self) -> Floats:
        """What arrives at each step of any curve or at a later one, all steps in a row."""
        knots = self.knots
        owners = np.repeat(np.arange(len(knots)), np.diff(knots.at))
        before = np.append(1.0, knots.left[:-1])
        before[knots.at[:-1][np.diff(knots.at) > 0]] = 1.0
        comes = (before - knots.left) * self._stays(owners, knots.times - 1)
        return np.append(np.cumsum(comes[::-1])[::-1], 0.0)

    def _stays(self, curves: Ints, days: Ints) -> Floats:
        return np.ones(len(curves)) if self.gone is None else self.gone.survival(curves, days)

    def as_json(self) -> dict[str, Any]:
        """The curves as JSON, without parts that hardly have orders of their own."""
        kept = [
            number for number, path in enumerate(self.paths)
            if not path or self.n[number] >= LEAST_KEPT
        ]  # fmt: skip
        return {
            "dimensions": list(self.dimensions),
            "parts": [
                {
                    "path": list(self.paths[number]), "n": round(float(self.n[number]), DIGITS),
                    **_steps(self.knots, number),
                    **({"gone": _steps(self.gone, number)} if self.gone else {}),
                }
                for number in kept
            ],
        }  # fmt: skip


def _steps(knots: Knots, number: int) -> dict[str, list[float] | list[int]]:
    steps = slice(knots.at[number], knots.at[number + 1])
    return {
        "times": knots.times[steps].tolist(),
        "left": np.round(knots.left[steps], DIGITS).tolist(),
    }


def fitted_from(params: Mapping[str, Any]) -> Fitted:
    """What `as_json` gave."""
    parts: Sequence[Mapping[str, Any]] = params["parts"]
    has_gone = "gone" in parts[0]
    return Fitted(
        tuple(params["dimensions"]),
        tuple(tuple(part["path"]) for part in parts),
        np.array([part["n"] for part in parts]),
        knots_from([(part["times"], part["left"]) for part in parts]),
        knots_from([(part["gone"]["times"], part["gone"]["left"]) for part in parts])
        if has_gone
        else None,
    )


def quantiles(knots: Knots, curves: Ints, age: Ints | None = None) -> Ints:
    """Days by which half, 8 in 10 and 9 in 10 have come, a row each; given that it had not come
    by its age where one is told; `NEVER` where that is not estimable."""
    found: Ints = np.column_stack([knots.reached(curves, share, age) for share in QUANTILES])
    return found


__all__ = ["NEVER", "Fitted", "Followed", "Path", "fitted_from", "quantiles"]
