"""How columns of a plain query become dates, amounts and names; and what a row said before."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage.links import Key
from storage.models._types import MONEY_SCALE, QTY_SCALE, instant_to_int


@dataclass(frozen=True)
class Named:
    """A thing with a name that a question can be about: its kind, its reference, its name."""

    kind: str
    source: str
    ref: str
    name: str


def named(kind: str, row: Any, column: str) -> Named | None:
    """The thing that `<column>_ref` of a row points to; its reference where it has no name."""
    ref = row[f"{column}_ref"]
    return Named(kind, row["source"], ref, row[column] or ref) if ref else None


def as_day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def as_money(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value) / MONEY_SCALE


def as_qty(value: int) -> Decimal:
    return Decimal(value) / QTY_SCALE


def day_before(at: int | None, on: str | None, stamp: int) -> date | None:
    """The local day of an event that is known at `stamp` (microseconds); else null."""
    return date.fromisoformat(on) if on and at is not None and at < stamp else None


def at_now(session: Session, entity: str, now: datetime) -> Mapping[Key, Mapping[str, str | None]]:
    """What fields of a table said at `now` where they have changed since; null: unknown then.

    The first change at or after `now` tells what stood before it.
    """
    found: dict[Key, dict[str, str | None]] = defaultdict(dict)
    rows = session.execute(text(_SINCE), {"entity": entity, "now": instant_to_int(now)})
    for source, source_id, field, old in rows:
        found[source, source_id].setdefault(field, old)
    return found


_SINCE = """
SELECT source, source_id, field, old FROM fieldchange
 WHERE entity = :entity AND seen_at >= :now ORDER BY seen_at, id"""
