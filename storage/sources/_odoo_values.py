"""Values of Odoo as ours: false is null, naive times are UTC, a link is an [id, name] pair."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import BadRow

Record = Mapping[str, Any]


def link(value: Any) -> int | None:
    """The id of a many2one, which is [id, name], false, or on some versions the bare id."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def links(value: Any) -> list[int]:
    """The ids of a one2many or many2many, or of the one that a many2one names."""
    if isinstance(value, list | tuple) and all(type(one) is int for one in value):
        return list(value)
    found = link(value)
    return [] if found is None else [found]


def ref(value: Any) -> str | None:
    """The id of a many2one as our reference."""
    found = link(value)
    return None if found is None else str(found)


def shown(value: Any) -> str | None:
    """The name of a many2one."""
    return str(value[1]) if isinstance(value, list | tuple) and len(value) > 1 else None


def words(value: Any) -> str | None:
    """Text, null for false and for blanks."""
    return value.strip() or None if isinstance(value, str) else None


def number(value: Any) -> Decimal | None:
    """A number as it was written; null for false."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value))


def moment(value: Any) -> datetime | date | None:
    """A time (aware, UTC) or, where an old version has only that, a day."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadRow(f"not a time of Odoo: {value!r}") from error


def day(value: Any, zone: ZoneInfo) -> date | None:
    """The local day of a time; a day stays what it is."""
    when = moment(value)
    return when.astimezone(zone).date() if isinstance(when, datetime) else when


def changed(*records: Record | None) -> datetime | None:
    """The latest change of the records that a fact is made of."""
    stamps = [moment(record.get("write_date")) for record in records if record]
    return max((one for one in stamps if isinstance(one, datetime)), default=None)
