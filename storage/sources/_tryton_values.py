"""Values of Tryton's JSON as ours, and an instant of ours as Tryton's."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from storage.sources import BadRow

Record = Mapping[str, Any]


def moment(value: Any) -> datetime | None:
    """An instant: Tryton shows them without a zone, and they are UTC."""
    if value is None:
        return None
    try:
        return datetime(
            value["year"],
            value["month"],
            value["day"],
            value["hour"],
            value["minute"],
            value["second"],
            value["microsecond"],
            UTC,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRow(f"not a time of Tryton: {value!r}") from error


def day(value: Any) -> date | None:
    """A calendar day."""
    if value is None:
        return None
    try:
        return date(value["year"], value["month"], value["day"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadRow(f"not a day of Tryton: {value!r}") from error


def number(value: Any) -> Decimal | None:
    """A float as it was written, or an exact decimal."""
    if value is None:
        return None
    text = value.get("decimal") if isinstance(value, Mapping) else value
    try:
        found = Decimal(str(text))
    except InvalidOperation as error:
        raise BadRow(f"not a number of Tryton: {value!r}") from error
    if isinstance(value, bool) or not found.is_finite():
        raise BadRow(f"not a number of Tryton: {value!r}")
    return found


def ref(value: Any) -> str | None:
    """The id of a many2one as our reference."""
    return None if value is None else str(value)


def words(value: Any) -> str | None:
    """Text, null for blanks."""
    return value.strip() or None if isinstance(value, str) else None


def origin(value: Any, model: str) -> str | None:
    """The id in a reference such as `purchase.line,7`, if it is one to the model."""
    name, _, found = str(value or "").partition(",")
    return found if name == model and found.isdigit() else None


def part(record: Record, path: str) -> Record:
    """What a dotted field gave of a linked record; empty where the link is."""
    return record.get(f"{path}.") or {}


def changed(*records: Record) -> datetime | None:
    """The latest change of the records that a fact is made of."""
    stamps = [moment(record.get("last_modified_at")) for record in records]
    return max((one for one in stamps if one), default=None)


def written(at: datetime) -> dict[str, Any]:
    """An instant as Tryton's JSON has it."""
    at = at.astimezone(UTC)
    return {
        "__class__": "datetime",
        "year": at.year,
        "month": at.month,
        "day": at.day,
        "hour": at.hour,
        "minute": at.minute,
        "second": at.second,
        "microsecond": at.microsecond,
    }


def written_day(on: date) -> dict[str, Any]:
    """A day as Tryton's JSON has it."""
    return {"__class__": "date", "year": on.year, "month": on.month, "day": on.day}
