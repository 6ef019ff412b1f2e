"""How columns of a plain query become dates, amounts and names; and what a row said before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text
from sqlmodel import Session

from storage.links import Key
from storage.models._types import MONEY_SCALE, QTY_SCALE, instant_to_int, int_to_instant

SECOND = 1_000_000
# from the first to the last place on earth at which a day ends
FARTHEST = timedelta(hours=26)


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


class Names:
    """Things with names, each made once: of many lines most are of few things."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, str], Named] = {}

    def of(self, kind: str, source: str, ref: str | None, name: str | None) -> Named | None:
        """The thing that a reference points to; its reference where it has no name."""
        if not ref:
            return None
        key = kind, source, ref
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Named(kind, source, ref, name or ref)
        return found


# the days of a century, and the amounts that lines repeat: most are asked for again
day_of = lru_cache(maxsize=36_525)(date.fromisoformat)


def as_day(value: str | None) -> date | None:
    return day_of(value) if value else None


@lru_cache(maxsize=10_000)
def as_money(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value) / MONEY_SCALE


@lru_cache(maxsize=10_000)
def as_qty(value: int) -> Decimal:
    return Decimal(value) / QTY_SCALE


def day_before(at: int | None, on: str | None, stamp: int) -> date | None:
    """The local day of an event that is known at `stamp` (microseconds); else null."""
    return day_of(on) if on and at is not None and at < stamp else None


def counted_at(at: int, on: str, zone: ZoneInfo | None) -> datetime:
    """The instant of an event as one in `zone` counts it.

    An event known by its day alone (it bears a last microsecond, see `event`) belongs to that day
    wherever one asks: it ends with the day in `zone`. Any other, or without a zone, is as stored.
    """
    if zone is None or at % SECOND != SECOND - 1:
        return int_to_instant(at)
    return datetime.combine(date.fromisoformat(on), time.max, zone).astimezone(UTC)


@dataclass(frozen=True)
class Span:
    """[start, end) as instants (null: without bound), asked in a `zone`.

    Sources count days in zones of their own, up to `FARTHEST` from it: `bounds` are as much wider
    for what is looked up, `holds` tells which of that is meant.
    """

    start: datetime | None
    end: datetime | None
    zone: ZoneInfo | None = None

    def bounds(self, now: int) -> dict[str, Any]:
        """As microseconds, of what is known before `now`."""
        wider = FARTHEST if self.zone else timedelta(0)
        start = instant_to_int(self.start - wider) if self.start else -(2**62)
        end = instant_to_int(self.end + wider) if self.end else now
        return {"now": now, "start": start, "end": min(end, now), "no": False}

    def holds(self, at: datetime) -> bool:
        return (not self.start or self.start <= at) and (not self.end or at < self.end)


def among(session: Session) -> str:
    """What follows a column that is to be one of `:refs`, of which there may be any number."""
    if session.connection().dialect.name == "sqlite":
        return "IN (SELECT value FROM json_each(:refs))"
    return "= ANY(:refs)"


def bound(session: Session, refs: Collection[str] | Collection[int]) -> Any:
    """The refs as they are bound to that."""
    if session.connection().dialect.name == "sqlite":
        return msgspec.json.encode(list(refs)).decode()
    return list(refs)


def numbers(session: Session, table: str, keys: Iterable[Key]) -> dict[Key, int]:
    """The number in the store of each row of a table by its key; those that are not there are left
    out."""
    refs: dict[str, list[str]] = defaultdict(list)
    for source, ref in keys:
        refs[source].append(ref)
    query = text(_NUMBERS.format(table=table, among=among(session)))
    return {
        (source, ref): id_
        for source, some in refs.items()
        for ref, id_ in session.execute(query, {"source": source, "refs": bound(session, some)})
    }


def at_now(session: Session, entity: str, now: datetime) -> Mapping[Key, Mapping[str, str | None]]:
    """What fields of a table said at `now` where they have changed since; null: unknown then.

    The first change at or after `now` tells what stood before it.
    """
    found: dict[Key, dict[str, str | None]] = defaultdict(dict)
    rows = session.execute(text(_SINCE), {"entity": entity, "now": instant_to_int(now)})
    for source, source_id, field, old in rows:
        found[source, source_id].setdefault(field, old)
    return found


_NUMBERS = "SELECT source_id, id FROM {table} WHERE source = :source AND source_id {among}"

_SINCE = """
SELECT source, source_id, field, old FROM fieldchange
 WHERE entity = :entity AND seen_at >= :now ORDER BY seen_at, id"""
