"""A row of a delimited file as typed values: numbers, dates, flags, as the file writes them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from storage.sources import BadRow, Row

PLAIN_NUMBER = re.compile(r"^-?(0|[1-9][0-9]*)([.,][0-9]+)?$")


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: its key columns, which column is which field, and how dates are written in it.

    `formats` are strptime formats (one, or several to be tried in turn); without one a date is
    ISO 8601. `constants` are fields that are the same in every row, `values` what a cell of a
    field means ({ kind = { "Kunde" = "customer" } }), `attributes` columns that a contract keeps
    as they are. `keeps_absent`: rows that leave the file stay (an export of the last days only).
    """

    file: str
    key: tuple[str, ...]
    columns: dict[str, str]
    formats: dict[str, str | tuple[str, ...]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    attributes: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal: str = "."
    keeps_absent: bool = False

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that the file must have."""
        return tuple(dict.fromkeys((*self.key, *self.columns.values(), *self.attributes)))


def parse(
    raw: Mapping[str, str | None], settings: StreamSettings, fields: Mapping[str, str]
) -> Row:
    """The mapped fields of a raw row, parsed; `BadRow` names the column and the text."""
    row: Row = {}
    cells = {name: (raw.get(column) or "").strip() for name, column in settings.columns.items()}
    for name, cell in {**cells, **settings.constants}.items():
        value = settings.values.get(name, {}).get(cell, cell)
        row[name] = _value(name, value, fields[name], settings) if value else None
    if settings.attributes:
        found = {name: (raw.get(name) or "").strip() for name in settings.attributes}
        row["attributes"] = {name: _plain(value, settings) for name, value in found.items()}
    return row


def _plain(value: str, settings: StreamSettings) -> str | float | None:
    """An attribute: a number where it is one (a code such as 007 is none), null for blanks."""
    if not PLAIN_NUMBER.match(value):
        return value or None
    return float(_number("attribute", value, settings.decimal))


def _value(name: str, value: str, kind: str, settings: StreamSettings) -> Any:
    if kind == "text":
        return value
    if kind == "number":
        return _number(name, value, settings.decimal)
    if kind == "whole":
        return _whole(name, value, settings.decimal)
    if kind == "flag":
        return _flag(name, value)
    if kind == "zone":
        return _zone(name, value)
    when = _when(name, value, settings.formats.get(name))
    if kind == "when":
        return when
    return when.date() if isinstance(when, datetime) else when


def _number(name: str, value: str, decimal: str) -> Decimal:
    plain = value.replace("\u00a0", "").replace(" ", "")
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise BadRow(f"{name} {value!r} is not a number") from None
    if not number.is_finite() or abs(number) >= 10**12:
        raise BadRow(f"{name} {value!r} is not a number that can be meant")
    return number


def _whole(name: str, value: str, decimal: str) -> int:
    number = _number(name, value, decimal)
    if number != int(number):
        raise BadRow(f"{name} {value!r} is not a whole number")
    return int(number)


def _zone(name: str, value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRow(f"{name} {value!r} is not a time zone like Europe/Berlin") from None


def _flag(name: str, value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if value.lower() not in known:
        raise BadRow(f"{name} {value!r} is neither yes nor no")
    return known[value.lower()]


def _when(name: str, value: str, formats: str | tuple[str, ...] | None) -> date | datetime:
    if formats is None:
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise BadRow(f"{name} {value!r} is not a date like 2026-01-31") from None
    for one in (formats,) if isinstance(formats, str) else formats:
        try:
            # a zone is given to it by `event`, which knows the source's
            found = datetime.strptime(value, one)  # noqa: DTZ007
        except ValueError:
            continue
        return (
            found if any(code in one for code in ("%H", "%I", "%s", "%X", "%c")) else found.date()
        )
    raise BadRow(f"{name} {value!r} is not a date like {formats}")
