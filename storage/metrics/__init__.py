"""What is measured, each defined once: one module per metric, each with a `METRIC`."""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Literal


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
    """All metrics by id. A module without METRIC or an id used twice is an error."""
    metrics: dict[str, Metric] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.name.startswith("_"):
            continue
        metric = getattr(importlib.import_module(f"{package}.{module.name}"), "METRIC", None)
        if not isinstance(metric, Metric):
            raise TypeError(f"{package}.{module.name} must define METRIC = Metric(...)")
        if metric.id in metrics:
            raise ValueError(f"two metrics have the id {metric.id}")
        metrics[metric.id] = metric
    return metrics
