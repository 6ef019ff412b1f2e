"""How a cold chain is said: what was outside, for how long, and what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from commands._grammar import Query
from storage.metrics.cold_chain import LONGEST_GAP, Journey, Range

LISTED = 3


@dataclass(frozen=True)
class Journeys:
    """The shipments of a question, the range that they should keep, and the one that is named."""

    query: Query
    within: Range
    is_usual: bool
    shipment: str
    journeys: list[Journey]

    @property
    def outside(self) -> list[Journey]:
        return [one for one in self.journeys if one.excursions]

    @property
    def gaps(self) -> list[Journey]:
        return [one for one in self.journeys if one.gaps]

    @property
    def minutes(self) -> float:
        return sum(one.minutes for one in self.journeys)

    @property
    def range(self) -> str:
        return said(self.within)


def summary(seen: Journeys) -> str:
    count, outside = len(seen.journeys), seen.outside
    if not outside:
        what = seen.shipment or ("The one shipment" if count == 1 else f"None of {count} shipments")
        was = "was never" if seen.shipment or count == 1 else "was"
        return f"**{what} {was} outside {seen.range}** {seen.query.when}."
    first = outside[0]
    if seen.shipment or count == 1:
        long = minutes(first.minutes)
        return f"**{first.shipment} was outside {seen.range} for {long}**{_at(first)}."
    were = "was" if len(outside) == 1 else "were"
    return (
        f"**{len(outside)} of {count} shipments {were} outside {seen.range}** {seen.query.when};"
        f" the longest {first.shipment}, for {minutes(first.minutes)}{_at(first)}."
    )


def _at(one: Journey) -> str:
    count = len(one.excursions)
    parts = f" in {count} excursions" if count > 1 else ""
    return f"{parts}, at the worst {degrees(one.worst)}"


def detail(seen: Journeys) -> list[str]:
    told = []
    if len(seen.outside) > 1:
        count = sum(len(one.excursions) for one in seen.outside)
        told.append(f"In all {count} excursions, {minutes(seen.minutes)}.")
    if still := [one.shipment for one in seen.journeys if one.is_outside]:
        told.append(f"By their last reading outside: {_listed(still)}.")
    if seen.gaps:
        names = [f"{one.shipment} ({minutes(unseen(one))})" for one in seen.gaps]
        long = minutes(LONGEST_GAP / timedelta(minutes=1))
        told.append(f"Not known in gaps of {long} and more between readings: {_listed(names)}.")
    return told


def unseen(one: Journey) -> float:
    return sum(gap.minutes for gap in one.gaps)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def notes(seen: Journeys) -> list[str]:
    if not seen.is_usual:
        return []
    return [f"{seen.range}, as for medicines; for others write `cold-chain between -25 and -15`."]


def said(within: Range) -> str:
    """A range as one says it."""
    if within.low is None:
        return f"up to {degrees(within.high)}"
    if within.high is None:
        return f"{degrees(within.low)} or more"
    return f"{float(within.low):g} to {degrees(within.high)}"


def degrees(value: Decimal | None) -> str:
    return "n/a" if value is None else f"{round(float(value), 1):g} °C"


def minutes(value: float) -> str:
    """Minutes as one says them: "45 min", "3.5 h"."""
    return f"{value:.0f} min" if value < 120 else f"{value / 60:.1f} h"
