"""A row of a file or a query as typed values: numbers, dates, flags, as it writes them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from storage.sources import BadRow, Row
from storage.sources._csv_cell import is_number, plain

PLAIN_NUMBER = re.compile(r"^-?(0|[1-9][0-9]*)([.,][0-9]+)?$")


class RowSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns that name a row, which column is which field, and how dates are written.

    `formats` are strptime formats (one, or several to be tried in turn); without one a date is
    ISO 8601. `constants` are fields that are the same in every row, `values` what a cell of a
    field means ({ kind = { "Kunde" = "customer" } }), `attributes` columns that a contract keeps
    as they are. `keeps_absent`: rows that are there no more stay (an export of the last days
    only). A cell that is a number or a time already needs neither format nor decimal sign.
    """

    key: tuple[str, ...]
    columns: dict[str, str]
    formats: dict[str, str | tuple[str, ...]] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    attributes: tuple[str, ...] = ()
    decimal: str = "."
    keeps_absent: bool = False

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that the file must have."""
        return tuple(dict.fromkeys((*self.key, *self.columns.values(), *self.attributes)))


class StreamSettings(RowSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file, several, or one at an https URL, and how it is read.

    A name with * or ? is all files that it fits: of a row that several of them have the newest
    file counts; with `once` each file is read once and its rows stay. A name that ends in .xlsx
    is a workbook, of which `sheet` is read, or the first. The delimiter is a tab in .tsv files.
    """

    file: str
    delimiter: str = ""
    encoding: str = "utf-8-sig"
    sheet: str = ""
    once: bool = False


def parse(raw: Mapping[str, Any], settings: RowSettings, fields: Mapping[str, str]) -> Row:
    """The mapped fields of a raw row, parsed; `BadRow` names the column and the text."""
    row: Row = {}
    cells = {name: raw.get(column) for name, column in settings.columns.items()}
    for name, cell in {**cells, **settings.constants}.items():
        value = settings.values.get(name, {}).get(plain(cell), cell)
        row[name] = _value(name, value, fields[name], settings) if plain(value) else None
    if settings.attributes:
        row["attributes"] = {
            name: _attribute(raw.get(name), settings) for name in settings.attributes
        }
    return row


def _attribute(cell: Any, settings: RowSettings) -> str | float | None:
    """An attribute: a number where it is one (a code such as 007 is none), null for blanks."""
    if is_number(cell):
        return float(cell)
    value = plain(cell)
    if not PLAIN_NUMBER.match(value):
        return value or None
    return float(_number("attribute", value, settings.decimal))


def _value(name: str, value: Any, kind: str, settings: RowSettings) -> Any:
    if kind in ("when", "day"):
        when = _when(name, value, settings.formats.get(name))
        return when.date() if kind == "day" and isinstance(when, datetime) else when
    text = plain(value)
    if kind == "text":
        return text
    if kind == "flag":
        return _flag(name, text)
    if kind == "zone":
        return _zone(name, text)
    decimal = "." if is_number(value) else settings.decimal
    return (_number if kind == "number" else _whole)(name, text, decimal)


def _number(name: str, value: str, decimal: str) -> Decimal:
    bare = value.replace("\u00a0", "").replace(" ", "")
    if decimal == ",":
        bare = bare.replace(".", "").replace(",", ".")
    try:
        number = Decimal(bare)
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


def _when(name: str, value: Any, formats: str | tuple[str, ...] | None) -> date | datetime:
    if isinstance(value, date):
        return value
    value = plain(value)
    if formats is None:
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise BadRow(f"{name} {value!r} is not a date like 2026-01-31") from None
    for one in (formats,) if isinstance(formats, str) else formats:
        try:
            # a zone is given to it by `event`, which knows the source's
            found = datetime.strptime(value, one)  # noqa: DTZ007 - it has no zone yet
        except ValueError:
            continue
        return (
            found if any(code in one for code in ("%H", "%I", "%s", "%X", "%c")) else found.date()
        )
    raise BadRow(f"{name} {value!r} is not a date like {formats}")
