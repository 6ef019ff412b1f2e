"""Any fact table from a delimited file: its fields, how each is read, and which there must be."""

from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import Integer

from storage.models import BOOKKEEPING, FACTS
from storage.models._types import Instant, LocalDate, Money, Qty
from storage.sources import BadRow, Row, event

KINDS = {Instant: "when", LocalDate: "day", Money: "number", Qty: "number", Integer: "whole"}
# What one column of a file can't say; `attributes` are listed by the columns that make them.
WHOLE_COLUMNS = ("attributes",)


@cache
def fields(table: str) -> MappingProxyType[str, str]:
    """The fields of a fact table by how they are read. Of an event either column tells both."""
    found = {}
    for column in FACTS[table].__table__.columns:  # type: ignore[attr-defined]  # set by SQLModel
        if column.name in BOOKKEEPING or column.name in WHOLE_COLUMNS:
            continue
        plain = "flag" if column.type.python_type is bool else "text"
        found[column.name] = KINDS.get(type(column.type), plain)
    if "tz" in found:
        found["tz"] = "zone"
    return MappingProxyType(found)


def absent(table: str, given: set[str]) -> list[str]:
    """The fields without which a row can't be a fact of the table, of those that are not given."""
    needed = [name for name, info in FACTS[table].model_fields.items()
              if info.is_required() and name not in BOOKKEEPING]  # fmt: skip
    return [name for name in needed if name not in given and _twin(table, name) not in given]


def fact(table: str, zone: ZoneInfo, source_id: str, row: Row) -> Row:
    """The row as a fact; empty cells of what must be there are left to its default."""
    made: Row = {"source_id": source_id}
    for name, value in row.items():
        if value is None and not _may_be_null(table, name):
            continue
        if _twin(table, name) is None:
            is_instant = fields(table).get(name) == "when"
            made[name] = event("x", value, zone)["x_at"] if is_instant else value
        else:
            at, on = row.get(f"{name[:-3]}_at"), row.get(f"{name[:-3]}_on")
            made |= event(name[:-3], on if at is None else at, zone)
    if missing := absent(table, set(made)):
        raise BadRow(f"no {', '.join(missing)}")
    return made


def _twin(table: str, name: str) -> str | None:
    """The other of the two columns of an event."""
    other = {"_at": "_on", "_on": "_at"}.get(name[-3:])
    twin = f"{name[:-3]}{other}"
    return twin if other and twin in fields(table) else None


def _may_be_null(table: str, name: str) -> bool:
    return bool(FACTS[table].__table__.columns[name].nullable)  # type: ignore[attr-defined]  # set by SQLModel
