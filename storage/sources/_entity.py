"""A kind of record at a source as a table of contents: which field becomes which column, and how.

A vendor module lists its entities. leadline.toml may name a field of one's own for any column:

    [sources.crm.fields.contract]
    renewal_on = "Renewal_Date__c"
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rapidfuzz import process

from storage.models import BOOKKEEPING, FACTS
from storage.models._types import Instant, LocalDate, Money, Qty
from storage.sources import BadRow, Row, SourceError, SourceSettings, event

Record = Mapping[str, Any]
Read = Callable[[Any, ZoneInfo], Any]
FLAGS = {
    "true": True, "t": True, "yes": True, "y": True, "1": True,
    "false": False, "f": False, "no": False, "n": False, "0": False,
}  # fmt: skip
LARGEST = Decimal(10) ** 12


class EntitySettings(SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`fields`: by table and column the field of one's own that it is read from. `skip`: streams
    that are not wanted."""

    fields: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    skip: tuple[str, ...] = ()


def text(value: Any, zone: ZoneInfo) -> str | None:
    """Text without blanks around it; null where nothing is left, and for false."""
    found = "" if value is None or value is False else str(value).strip()
    return found or None


def number(value: Any, zone: ZoneInfo) -> Decimal | None:
    if value is None or value is False or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise BadRow(f"{value!r} is not a number") from None
    if not found.is_finite() or abs(found) >= LARGEST:
        raise BadRow(f"{value!r} is not a number that can be meant")
    return found


def whole(value: Any, zone: ZoneInfo) -> int | None:
    found = number(value, zone)
    if found is not None and found != int(found):
        raise BadRow(f"{value!r} is not a whole number")
    return None if found is None else int(found)


def flag(value: Any, zone: ZoneInfo) -> bool | None:
    found = text(str(value), zone) if value is not None else None
    if found is not None and found.lower() not in FLAGS:
        raise BadRow(f"{value!r} is neither true nor false")
    return None if found is None else FLAGS[found.lower()]


def moment(value: Any, zone: ZoneInfo) -> datetime | date | None:
    """A time or a day, from ISO text or as it is. A time without a zone is one in `zone`."""
    if value is None or value is False or value == "":
        return None
    if isinstance(value, datetime):
        found: datetime | date = value
    elif isinstance(value, date):
        return value
    else:
        found = _from_iso(value)
    if not isinstance(found, datetime):
        return found
    at: datetime = event("x", found, zone)["x_at"]
    return at


def day(value: Any, zone: ZoneInfo) -> date | None:
    """The calendar day: a day stays what it is, of a time it is the one in `zone`."""
    found = moment(value, zone)
    return found.astimezone(zone).date() if isinstance(found, datetime) else found


def instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """When it is known: of a day, its end in `zone`."""
    at: datetime | None = event("x", moment(value, zone), zone)["x_at"]
    return at


@dataclass(frozen=True)
class Field:
    """A field of a record: its names at the source, the likeliest first, with dots into records
    within. `read` makes the value of the column; without one the kind of the column decides.
    `is_needed`: without the field there is no fact.
    """

    names: tuple[str, ...]
    read: Read | None = None
    is_needed: bool = False

    def of(self, record: Record) -> Any:
        """The first of its names that is filled; null if none is."""
        for name in self.names:
            found = within(record, name)
            if found is not None and found != "":
                return found
        return None


def of(*names: str, read: Read | None = None) -> Field:
    return Field(names, read)


def needed(*names: str, read: Read | None = None) -> Field:
    return Field(names, read, is_needed=True)


@dataclass(frozen=True)
class Entity:
    """One kind of record, and the row that it becomes.

    `fields` are by column. A column `x` of which the table has `x_at` and `x_on` is an event and
    fills both. `key`: the fields whose values, with slashes between, are the row's id; `updated`
    the one of the stamp. `constants` are the same in every row. `also` are fields that are asked
    for beside. `finish` has the last word on a row, and makes it null where it is no fact.
    A promise is the first one too where nobody says another: the store keeps the first it sees.
    """

    name: str
    stream: str
    table: str
    key: tuple[str, ...]
    fields: Mapping[str, Field]
    updated: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    finish: Callable[[Row, Record, ZoneInfo], Row | None] = lambda row, record, zone: row

    def asked(self) -> list[str]:
        """The names of all fields that are asked for, each once, in a steady order."""
        names = [*self.key, self.updated, *self.also]
        names += [name for one in self.fields.values() for name in one.names]
        return list(dict.fromkeys(name for name in names if name))

    def missing(self, existing: Collection[str]) -> list[str]:
        """What of the needed fields a source does not have, each with the nearest names."""
        found: list[tuple[str, ...]] = [(name,) for name in (*self.key, self.updated) if name]
        found += [one.names for one in self.fields.values() if one.is_needed]
        return [
            f"{self.name}: no field {names[0]!r}; near: {nearest(names[0], existing)}"
            for names in dict.fromkeys(found)
            if not any(name.partition(".")[0] in existing for name in names)
        ]

    def id_of(self, record: Record) -> str:
        """The row's id; a `BadRow` for a record without one."""
        parts = [within(record, name) for name in self.key]
        if any(part is None or part == "" for part in parts):
            raise BadRow(f"{self.name} without {' and '.join(self.key)}")
        return "/".join(str(part) for part in parts)

    def row(self, record: Record, zone: ZoneInfo) -> Row | None:
        """The row of a record; null where it is no fact. A `BadRow` names the field."""
        row: Row = {"source_id": self.id_of(record), **self.constants}
        if self.updated:
            row["source_updated_at"] = self._read("updated", of(self.updated), record, zone)
        for column, one in self.fields.items():
            row |= self._values(column, one, record, zone)
        made = self.finish(row, record, zone)
        if made and "promised_on" in made and made.get("promised_first") is None:
            made["promised_first"] = made["promised_on"]
        return made

    def rows(self, record: Record, zone: ZoneInfo) -> Iterable[tuple[str, Row]]:
        """As `mapped` takes it: the table and the row, or nothing."""
        row = self.row(record, zone)
        return [] if row is None else [(self.table, row)]

    def _values(self, column: str, one: Field, record: Record, zone: ZoneInfo) -> Row:
        if _is_event(self.table, column):
            return event(column, self._read(column, one, record, zone), zone)
        return {column: self._read(column, one, record, zone)}

    def _read(self, column: str, one: Field, record: Record, zone: ZoneInfo) -> Any:
        read = one.read or _reader(self.table, column)
        try:
            found = read(one.of(record), zone)
        except BadRow as error:
            raise BadRow(f"{one.names[0]}: {error}") from None
        if found is None and one.is_needed:
            raise BadRow(f"no {one.names[0]}")
        return found


def with_own(
    entities: Sequence[Entity], own: Mapping[str, Mapping[str, str]], place: str
) -> tuple[Entity, ...]:
    """The entities with what `[sources.NAME.fields.TABLE]` says of a source's own fields.

    A table or column that is not there is a `SourceError` with the nearest names.
    """
    tables = {one.table for one in entities}
    for table, columns in own.items():
        if table not in tables:
            raise SourceError(
                f"{place}: fields.{table}: no such table here; near: {nearest(table, tables)}",
                permanent=True,
            )
        known = columns_of(table)
        for column in columns:
            if column not in known:
                raise SourceError(
                    f"{place}: fields.{table}: no column {column!r}; near:"
                    f" {nearest(column, known)}",
                    permanent=True,
                )
    return tuple(_with(one, own.get(one.table, {})) for one in entities)


def _with(entity: Entity, own: Mapping[str, str]) -> Entity:
    named = {column: of(name) for column, name in own.items()}
    constants = {name: one for name, one in entity.constants.items() if name not in own}
    return replace(entity, fields={**entity.fields, **named}, constants=constants)


def unknown(entity: Entity, own: Mapping[str, str], existing: Collection[str]) -> list[str]:
    """What of a source's own fields it does not have, each with the nearest names."""
    return [
        f"{entity.name}: no field {name!r}; near: {nearest(name, existing)}"
        for name in own.values()
        if name.partition(".")[0] not in existing
    ]


def columns_of(table: str) -> list[str]:
    """The columns of a fact table as a mapping names them: an event by its name alone."""
    names = [name for name in FACTS[table].model_fields if name not in BOOKKEEPING]
    return list(dict.fromkeys(_event_name(table, name) for name in names))


def nearest(name: str, names: Collection[str]) -> str:
    return ", ".join(found[0] for found in process.extract(name, list(names), limit=3)) or "none"


def within(record: Record, path: str) -> Any:
    """The value at a path with dots; null where a record on the way is absent."""
    found: Any = record
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _event_name(table: str, column: str) -> str:
    stem = column.removesuffix("_at").removesuffix("_on")
    return stem if stem != column and _is_event(table, stem) else column


@cache
def _is_event(table: str, column: str) -> bool:
    names = FACTS[table].model_fields
    return f"{column}_at" in names and f"{column}_on" in names


@cache
def _reader(table: str, column: str) -> Read:
    """How a column is read where nobody says: by its kind."""
    if column == "updated" and column not in FACTS[table].model_fields:
        return instant
    if _is_event(table, column):
        return moment
    kind = FACTS[table].__table__.columns[column].type  # type: ignore[attr-defined]  # set by SQLModel
    for kinds, read in ((Instant, instant), (LocalDate, day), (Money | Qty, number)):
        if isinstance(kind, kinds):
            return read
    return {bool: flag, int: whole, float: number}.get(kind.python_type, text)


def _from_iso(value: Any) -> datetime | date:
    written = str(value).strip()
    try:
        if len(written) == len("2026-01-31"):
            return date.fromisoformat(written)
        return datetime.fromisoformat(written)
    except ValueError:
        raise BadRow(f"{value!r} is not a date") from None
