"""How S/4HANA's numbers, units and days are read; a key is the same with and without zeros."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow, Row
from storage.sources._entity import Entity, Field, Read, Record, number, text, within
from storage.sources._odata2 import at_time, calendar_day
from storage.sources._odata2_reader import unpadded

ZERO = Decimal(0)


@dataclass(frozen=True)
class Numbered(Entity):
    """An entity whose id is that of its keys without zeros before them, behind `prefix`.

    A record that is not `only`'s is none of it.
    """

    prefix: str = ""
    only: Callable[[Record], bool] = lambda record: True

    def id_of(self, record: Record) -> str:
        super().id_of(record)
        return self.prefix + "/".join(unpadded(within(record, name)) for name in self.key)

    def rows(self, record: Record, zone: ZoneInfo) -> Iterable[tuple[str, Row]]:
        return super().rows(record, zone) if self.only(record) else []


def ref(prefix: str = "") -> Read:
    """Reads the number of something else as its id here."""

    def read(value: Any, zone: ZoneInfo) -> str | None:
        found = text(value, zone)
        return None if found is None or not found.strip("0") else prefix + unpadded(found)

    return read


def days(*names: str) -> Field:
    """A field that is a day, however the service types it."""
    return Field(names, calendar_day)


def joined(record: Record, *names: str) -> str | None:
    """The id of several keys; null where one is empty or nothing but zeros."""
    parts = [str(within(record, name) or "") for name in names]
    if not all(part.strip("0") for part in parts):
        return None
    return "/".join(unpadded(part) for part in parts)


def posted(record: Record, day: str, clock: str, zone: ZoneInfo) -> datetime | None:
    """The instant of a day and its time, each a field; null where one of them is not there."""
    found = at_time(within(record, day), within(record, clock), zone)
    return found if isinstance(found, datetime) else None


def amount(record: Record, name: str, zone: ZoneInfo) -> Decimal:
    """A number; nothing counts as none of it."""
    try:
        return number(within(record, name), zone) or ZERO
    except BadRow as error:
        raise BadRow(f"{name}: {error}") from None


def latest(records: Iterable[Record], day: str, qty: str, zone: ZoneInfo) -> date | None:
    """The last day among schedule lines of some quantity: then all of it is there."""
    found = [calendar_day(one.get(day), zone) for one in records if amount(one, qty, zone) > 0]
    return max((one for one in found if one), default=None)


def factor(units: Sequence[Record], unit: str | None, zone: ZoneInfo) -> Decimal:
    """How many of an item's own unit one of `unit` is; 1 where nobody says."""
    for one in units:
        if one.get("AlternativeUnit") == unit:
            times = amount(one, "QuantityNumerator", zone)
            through = amount(one, "QuantityDenominator", zone)
            if times > 0 and through > 0:
                return times / through
    return Decimal(1)


def own_unit(units: Sequence[Record], unit: str | None) -> str | None:
    """The item's own unit where `unit` could be told in it."""
    bases = {one.get("AlternativeUnit"): one.get("BaseUnit") for one in units}
    return bases.get(unit) or unit


def is_set(value: Any) -> bool:
    """Whether a flag is set: true, or a mark in a field of one letter."""
    return value is True or (isinstance(value, str) and value.strip().lower() in ("x", "true"))


def scaled(row: Row, record: Mapping[str, Any], unit: str | None, zone: ZoneInfo) -> Row:
    """The row of an order line in the item's own unit."""
    units = record.get("units") or []
    times = factor(units, unit, zone)
    price = row.get("unit_price")
    return {
        **row,
        "qty": row["qty"] * times,
        "uom": own_unit(units, unit),
        "unit_price": None if price is None else price / times,
    }
