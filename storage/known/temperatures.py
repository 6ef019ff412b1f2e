"""Temperatures on the way, by shipment, as known at `now`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_qty
from storage.models._types import instant_to_int, int_to_instant

TEMPERATURE = "temperature"
FAHRENHEIT = frozenset({"f", "°f", "fahrenheit"})


@dataclass(frozen=True, slots=True)
class Degree:
    """A temperature in °C that a device measured at an instant, and where."""

    at: datetime
    device: str
    value: Decimal
    place: str | None


def temperatures(
    session: Session, now: datetime, start: datetime, end: datetime
) -> Mapping[str, Sequence[Degree]]:
    """What was measured of each shipment in [start, end) and is known at `now`, the oldest first.

    Readings without a shipment are of no journey.
    """
    found: dict[str, list[Degree]] = defaultdict(list)
    bounds = {
        "start": instant_to_int(start), "end": instant_to_int(min(end, now)),
        "measure": TEMPERATURE,
    }  # fmt: skip
    for row in session.execute(text(_READ), bounds):
        value = as_qty(row.value)
        if (row.unit or "").casefold() in FAHRENHEIT:
            value = (value - 32) * 5 / 9
        degree = Degree(int_to_instant(row.seen_at), row.device, value, row.place)
        found[row.shipment_ref].append(degree)
    return found


def shipments(session: Session, now: datetime) -> list[str]:
    """Every shipment of which a temperature is known at `now`."""
    bounds = {"now": instant_to_int(now), "measure": TEMPERATURE}
    return list(session.execute(text(_SHIPMENTS), bounds).scalars())


_SHIPMENTS = """
SELECT DISTINCT shipment_ref FROM sensorreading
 WHERE deleted_at IS NULL AND measure = :measure AND seen_at < :now
   AND shipment_ref IS NOT NULL AND value IS NOT NULL
 ORDER BY shipment_ref"""

_READ = """
SELECT shipment_ref, device, value, unit, place, seen_at FROM sensorreading
 WHERE deleted_at IS NULL AND measure = :measure AND seen_at >= :start AND seen_at < :end
   AND shipment_ref IS NOT NULL AND value IS NOT NULL
 ORDER BY seen_at, device, id"""
