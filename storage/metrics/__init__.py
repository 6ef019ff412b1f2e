"""What is measured, each defined once: one module per metric, each with a `METRIC`."""

from dataclasses import dataclass
from typing import Literal

from storage.registry import discover


@dataclass(frozen=True)
class Metric:
    """A definition. `formula` and `caveats` are sentences a person reads in `define`.

    `needs` are the fact tables it rests on: their streams' ages stand in its Basis.
    """

    id: str
    version: int
    title: str
    formula: str
    unit: str
    better: Literal["lower", "higher"]
    needs: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


def load(package: str = __name__) -> dict[str, Metric]:
    """All metrics by id; `BadModule` for one without METRIC, or an id used twice."""
    return discover(package, "METRIC", Metric, lambda metric: metric.id)
