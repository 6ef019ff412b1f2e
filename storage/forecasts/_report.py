"""What looking back showed: the scores of a model and of its baselines, by origin and overall."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from storage.forecasts._scores import Calibrated, Scores

IN_USE = "leadline"
DIGITS = 6
DAYS = "d"
MONEY = "money"


@dataclass(frozen=True)
class Gain:
    """By what share the pinball loss is below that of another method, with its 95 % interval;
    of chances it is the Brier score, which `measure` says then."""

    pinball: float
    low: float
    high: float
    measure: str = "pinball"


@dataclass(frozen=True)
class AtOrigin:
    """Scores by method of what began in the window of an origin; n counts what was scored."""

    at: date
    n: int
    methods: Mapping[str, Scores]


@dataclass(frozen=True)
class Report:
    """A look back. `methods` are overall; `gains` of the method in use over each other one.

    `rows` observations began in [start, end], both null without any. `unknown` counts what began
    in a window and can't be scored, as its end is not known or it was called off. `protocol`:
    origins, or folds where nothing has a date. `calibration` is of the method in use, over all
    origins. `parts`: `methods` of each fit, of a model that consists of several; the report is of
    the first. `hits`, where something is offered: by method, what share of the likeliest offers to
    each customer it took. `unit` is that of what is told, and so of pinball loss and MAE: `DAYS`,
    a currency, `MONEY` where its code is not known; "" of chances.
    """

    model: str
    rows: int
    start: date | None
    end: date | None
    methods: Mapping[str, Scores] = field(default_factory=dict)
    origins: tuple[AtOrigin, ...] = ()
    gains: Mapping[str, Gain] = field(default_factory=dict)
    unknown: int = 0
    protocol: str = "origins"
    calibration: tuple[Calibrated, ...] = ()
    parts: Mapping[str, Mapping[str, Scores]] = field(default_factory=dict)
    hits: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""

    def as_json(self) -> dict[str, Any]:
        """The report as JSON; figures with six digits, null where one does not apply."""
        return {
            "model": self.model,
            "protocol": self.protocol,
            **({"unit": self.unit} if self.unit else {}),
            "data": {"rows": self.rows, "start": _day(self.start), "end": _day(self.end)},
            "methods": _methods(self.methods),
            "origins": [
                {"at": _day(one.at), "n": one.n, "methods": _methods(one.methods)}
                for one in self.origins
            ],
            "gains": {
                name: {one.measure: _figure(one.pinball), "low": _figure(one.low),
                       "high": _figure(one.high)}
                for name, one in self.gains.items()
            },
            "unknown": self.unknown,
            "calibration": [
                {"said": _figure(one.said), "came": _figure(one.came), "n": one.n}
                for one in self.calibration
            ],
            **({"parts": {name: _methods(one) for name, one in self.parts.items()}}
               if self.parts else {}),
            **({"hits": {name: _figure(value) for name, value in self.hits.items()}}
               if self.hits else {}),
        }  # fmt: skip


def _methods(methods: Mapping[str, Scores]) -> dict[str, Any]:
    return {
        name: {figure: _figure(value) for figure, value in scores.figures().items()}
        for name, scores in methods.items()
    }


def _figure(value: float | None) -> float | None:
    return round(value, DIGITS) if isinstance(value, float) else value


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
