"""How much lead times differ from order to order, for suppliers with enough of them and others."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Literal

from storage.curves import ROUNDING, Curve
from storage.known import Named
from storage.known.purchases import Line
from storage.metrics import Metric
from storage.metrics._durations import Duration, Span, period
from storage.metrics.lead_time import spans

METRIC = Metric(
    id="lead-time-variability",
    version=1,
    title="Lead time variability",
    formula=(
        "How much lead times differ, read off the Kaplan-Meier curve of lead time, so that open"
        " orders count. By default the days within which 9 in 10 arrive divided by the median, and"
        " the median of the distances from the median (MAD). Beside them the standard deviation"
        " and that divided by the mean (CV), which a single slow order can double. It is of the"
        " last 90 days, or 180 or 365 where fewer than 20 arrived in them; where that is too few"
        " too, it is of the category that the supplier delivers most, then of its country, then of"
        " the whole company, and the answer says of which."
    ),
    unit="times",
    better="lower",
    needs=("purchaseorder", "purchaseline", "receipt"),
    dimensions=("supplier", "category", "country"),
    caveats=(
        "Calendar days; lines of one order that arrive on one day are one observation.",
        "No deviation is given while the slowest are still open: nobody knows theirs yet.",
        "n/a where fewer than 20 orders of the whole company have arrived in a year.",
    ),
    synonyms=("variability", "lead time spread", "supplier variability", "consistency"),
)

ENOUGH = 20
PERIODS = (90, 180, 365)
Scope = Literal["supplier", "category", "country", "company"]
SCOPES: tuple[Scope, ...] = ("supplier", "category", "country", "company")


@dataclass(frozen=True)
class Spread:
    """Figures of how much durations differ, in days but `ratio` and `cv`; null: can't be told.

    `n` have ended. `scope` and `name` say of what: of the supplier, or of its category or country
    of that name, or of the whole company. `since`: the first day of the window.
    """

    n: int
    scope: Scope
    name: str | None
    since: date | None
    median: float | None = None
    p90: float | None = None
    mad: float | None = None
    mean: float | None = None
    sd: float | None = None

    @property
    def ratio(self) -> float | None:
        """9 in 10 by the median."""
        return self.p90 / self.median if self.p90 is not None and self.median else None

    @property
    def cv(self) -> float | None:
        return self.sd / self.mean if self.sd is not None and self.mean else None


Measure = Callable[[list[Span]], Duration]


def lately(today: date) -> Measure:
    """Durations of the shortest period in which enough ended, else of the longest."""

    def measured(every: list[Span]) -> Duration:
        for days in PERIODS:
            found = period(every, today - timedelta(days=days), today)
            if ended(found) >= ENOUGH and not found.is_thin:
                break
        return found

    return measured


class Spreads:
    """How much lead times differ, by supplier, each from as many orders as it takes."""

    def __init__(self, lines: Iterable[Line], measure: Measure) -> None:
        self._groups: dict[tuple[Scope, object], list[Line]] = defaultdict(list)
        self._measure = measure
        self._known: dict[tuple[Scope, object], Duration] = {}
        for line in lines:
            self._groups["supplier", line.supplier].append(line)
            self._groups["company", None].append(line)
            for scope, value in (("category", line.category), ("country", line.country)):
                if value:
                    self._groups[_scope(scope), value].append(line)

    def of(self, supplier: Named | None) -> Spread:
        """The supplier's own where enough of its orders ended, else that of what it is part of."""
        theirs = self._groups.get(("supplier", supplier), [])
        values: dict[Scope, object] = {
            "supplier": supplier,
            "category": _most(line.category for line in theirs),
            "country": _most(line.country for line in theirs),
            "company": None,
        }
        for scope in SCOPES:
            found = self._duration(scope, values[scope])
            if found and ended(found) >= ENOUGH:
                name = values[scope]
                return spread(found, scope, name if isinstance(name, str) else None)
        company = self._duration("company", None)
        return Spread(
            ended(company) if company else 0, "company", None, company.since if company else None
        )

    def company(self) -> Spread:
        """Of all purchases."""
        found = self._duration("company", None)
        if found is None or ended(found) < ENOUGH:
            return Spread(ended(found) if found else 0, "company", None, None)
        return spread(found, "company", None)

    def _duration(self, scope: Scope, value: object) -> Duration | None:
        key = scope, value
        if key not in self._known and key in self._groups:
            self._known[key] = self._measure(spans(self._groups[key]))
        return self._known.get(key)


def spread(found: Duration, scope: Scope = "supplier", name: str | None = None) -> Spread:
    """The figures of some durations."""
    mean, sd = _moments(found.curve)
    mad = _mad(found.curve, found.median)
    return Spread(
        ended(found), scope, name, found.since, found.median, found.p90, mad, mean, sd
    )  # fmt: skip


def ended(found: Duration) -> int:
    return found.n - found.open - found.cancelled


def _parts(curve: Curve) -> list[tuple[float, float]]:
    """Each time of the curve with the share of all that ended at it."""
    before = (1.0, *curve.survival)
    return [
        (time, above - left)
        for time, above, left in zip(curve.times, before, curve.survival, strict=False)
    ]


def _moments(curve: Curve) -> tuple[float | None, float | None]:
    """Mean and standard deviation; null where some never ended, as far as was seen."""
    if not curve.times or curve.survival[-1] > ROUNDING:
        return None, None
    parts = _parts(curve)
    mean = sum(time * share for time, share in parts)
    return mean, sqrt(sum(share * (time - mean) ** 2 for time, share in parts))


def _mad(curve: Curve, median: float | None) -> float | None:
    """The median distance from the median; null where those not ended could change it."""
    if median is None:
        return None
    reached = 0.0
    for distance, share in sorted((abs(time - median), share) for time, share in _parts(curve)):
        reached += share
        if reached >= 0.5 - ROUNDING:
            is_told = curve.survival[-1] <= ROUNDING or distance <= curve.times[-1] - median
            return distance if is_told else None
    return None


def _most(values: Iterable[str | None]) -> str | None:
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _scope(text: str) -> Scope:
    return "category" if text == "category" else "country"
