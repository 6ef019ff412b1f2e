"""Cold chain: how long a shipment was outside its range of temperatures, and what is unknown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from storage.known.temperatures import Degree
from storage.metrics import Metric

LONGEST_GAP = timedelta(minutes=60)

METRIC = Metric(
    id="cold-chain",
    version=1,
    title="Cold-chain excursions",
    formula=(
        "Minutes that a shipment was outside a range of temperatures. A device that read a value"
        " outside is taken to have stood outside until its next reading; times that overlap, as"
        " of two devices, count once. An excursion is one such time without a break."
    ),
    unit="min",
    better="lower",
    needs=("sensorreading",),
    caveats=(
        "60 minutes and more without a reading of a device are a gap: it is named and not counted.",
        "What a single or the last reading saw has no length: an excursion of 0 minutes.",
        "Of shipments whose readings bear their number; the range is the one asked for.",
    ),
    synonyms=("cold chain", "temperature excursions", "temperature deviations"),
)


@dataclass(frozen=True)
class Range:
    """From `low` to `high` in °C, both inside; null: without bound."""

    low: Decimal | None
    high: Decimal | None

    def beyond(self, value: Decimal) -> Decimal:
        """By how much a value is outside, below as a negative number; 0 inside."""
        if self.low is not None and value < self.low:
            return value - self.low
        if self.high is not None and value > self.high:
            return value - self.high
        return Decimal(0)


@dataclass(frozen=True)
class Excursion:
    """A time outside: [start, end] and the value that was farthest from the range."""

    start: datetime
    end: datetime
    worst: Decimal

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / timedelta(minutes=1)


@dataclass(frozen=True)
class Gap:
    """A time of which a device told nothing."""

    device: str
    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / timedelta(minutes=1)


@dataclass(frozen=True)
class Journey:
    """What is known of one shipment: its readings, excursions and gaps, the oldest first.

    `worst` is the value farthest outside, null where none was; `is_outside`: by the last reading
    of a device.
    """

    shipment: str
    readings: int
    first: datetime
    last: datetime
    excursions: tuple[Excursion, ...]
    gaps: tuple[Gap, ...]
    worst: Decimal | None
    is_outside: bool

    @property
    def minutes(self) -> float:
        return sum(one.minutes for one in self.excursions)


def cold_chain(readings: Mapping[str, Sequence[Degree]], within: Range) -> list[Journey]:
    """Every shipment, the longest outside first. `readings` are in the order of time."""
    found = [_journey(shipment, every, within) for shipment, every in readings.items()]
    return sorted(found, key=lambda one: (-one.minutes, -len(one.excursions), one.shipment))


def _journey(shipment: str, every: Sequence[Degree], within: Range) -> Journey:
    by_device: dict[str, list[Degree]] = defaultdict(list)
    for one in every:
        by_device[one.device].append(one)
    gaps, outside = list[Gap](), list[Excursion]()
    for device, readings in by_device.items():
        for one, after in pairwise(readings):
            is_gap = after.at - one.at >= LONGEST_GAP
            if is_gap:
                gaps.append(Gap(device, one.at, after.at))
            if within.beyond(one.value):
                outside.append(Excursion(one.at, one.at if is_gap else after.at, one.value))
        last = readings[-1]
        if within.beyond(last.value):
            outside.append(Excursion(last.at, last.at, last.value))
    merged = tuple(_merged(outside, within))
    return Journey(
        shipment, len(every), every[0].at, every[-1].at, merged,
        tuple(sorted(gaps, key=lambda one: one.start)), _farthest(merged, within),
        any(within.beyond(readings[-1].value) for readings in by_device.values()),
    )  # fmt: skip


def _farthest(parts: Iterable[Excursion], within: Range) -> Decimal | None:
    values = [one.worst for one in parts]
    return max(values, key=lambda value: abs(within.beyond(value)), default=None)


def _merged(parts: Iterable[Excursion], within: Range) -> list[Excursion]:
    """Times that touch or overlap as one, with the worst of their values."""
    found: list[Excursion] = []
    for one in sorted(parts, key=lambda part: (part.start, part.end)):
        if found and one.start <= found[-1].end:
            last = found[-1]
            worst = _farthest((last, one), within) or one.worst
            found[-1] = Excursion(last.start, max(last.end, one.end), worst)
        else:
            found.append(one)
    return found
