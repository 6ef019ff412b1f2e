"""Stock on hand by item and site as known at `now`, with what is reserved and what it is worth.

The newest level at or before `now` with the moves since; a level of after `now` with the moves
in between taken back. Where a source keeps moves, no level means that nothing is there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from storage.known._remembered import remembered, to_come
from storage.known._rows import Named, as_money, as_qty
from storage.known.places import Places, places
from storage.links import Key
from storage.models._types import instant_to_int

# a source stamps a level when its transaction begins, and the move that made it a moment later
SETTLES = timedelta(minutes=10) // timedelta(microseconds=1)
ZERO = Decimal(0)
Spot = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies of an item at a site at `now`; `site` is null where the source names none.

    `reserved` is null where the source doesn't say or it can't be known any more; `at_dock` is
    not put away yet. `value` is at cost: the source's, else quantity times unit cost. `known_from`
    is the first local day whose stock can be told. `left_out`: why no figure should count it.
    """

    item: Named
    site: Named | None
    category: str | None
    uom: str | None
    on_hand: Decimal
    reserved: Decimal | None
    at_dock: Decimal
    value: Decimal | None
    currency: str | None
    unit_cost: Decimal | None
    known_from: date
    left_out: Literal["service", "retired"] | None = None

    @property
    def key(self) -> tuple[Key, Key | None]:
        """The item and the site."""
        site = self.site
        return (self.item.source, self.item.ref), (site.source, site.ref) if site else None

    @property
    def available(self) -> Decimal:
        """What can be promised: on hand, less what is reserved or still at the dock."""
        return self.on_hand - (self.reserved or ZERO) - self.at_dock

    @property
    def cost(self) -> Decimal | None:
        """What one is worth: by its value, else by its unit cost."""
        if self.value is not None and self.on_hand > 0 and self.value > 0:
            return self.value / self.on_hand
        return self.unit_cost


@dataclass(slots=True)
class _Level:
    """What lies at one place, as of `at` (microseconds) and then brought to `now`."""

    at: int
    qty: Decimal = ZERO
    reserved: Decimal | None = None
    value: Decimal | None = ZERO
    currency: str | None = None
    first: int | None = None


def stocks(session: Session, now: datetime, zone: ZoneInfo) -> list[Stock]:
    """All stock by item and site. Levels and moves without a place's zone are in days of `zone`."""
    stamp, where = instant_to_int(now), places(session, zone)
    items = {(row["source"], row["source_id"]): row
             for row in session.execute(text(_ITEMS)).mappings()}  # fmt: skip
    moved_from = _moved_from(session, stamp)
    levels = _levels(session, stamp, moved_from)
    _add_empty(session, where, levels)
    _bring_to(session, stamp, levels, items)
    by_site: dict[tuple[Key, Named | None], list[tuple[Spot, _Level]]] = defaultdict(list)
    for spot, level in levels.items():
        source, item, ref = spot
        site = where.site(source, ref)
        if site or ref is None:
            by_site[(source, item), site].append((spot, level))
    return [
        _stock(items.get(item), item, site, found, where, moved_from)
        for (item, site), found in by_site.items()
    ]


def _stock(
    item: Any, key: Key, site: Named | None, found: list[tuple[Spot, _Level]], where: Places,
    moved_from: Mapping[str, date],
) -> Stock:  # fmt: skip
    levels = [level for _, level in found]
    qty = sum((one.qty for one in levels), ZERO)
    unit_cost = as_money(item["unit_cost"]) if item else None
    value = _total(one.value for one in levels)
    currency = next((one.currency for one in levels if one.currency), None)
    if value is None and unit_cost is not None:
        value, currency = qty * unit_cost, item["currency"]
    reserved = [one.reserved for one in levels if one.reserved is not None]
    docked = [level.qty for (source, _, ref), level in found
              if ref and where.at(source, ref).is_dock]  # fmt: skip
    starts = [where.day(source, ref, level.first or level.at) for (source, _, ref), level in found]
    return Stock(
        Named("item", *key, (item["name"] if item else None) or key[1]), site,
        item["category"] if item else None, item["uom"] if item else None,
        qty, sum(reserved, ZERO) if reserved else None, sum(docked, ZERO),
        value, currency or (item["currency"] if item else None), unit_cost,
        moved_from.get(key[0]) or max(starts), _left_out(item),
    )  # fmt: skip


def _left_out(item: Any) -> Literal["service", "retired"] | None:
    if item is None:
        return None
    if item["is_service"]:
        return "service"
    is_retired = item["is_active"] is not None and not item["is_active"]
    return "retired" if is_retired or item["deleted_at"] is not None else None


def _levels(session: Session, stamp: int, moved_from: Mapping[str, date]) -> dict[Spot, _Level]:
    """The levels that stand for `stamp`: of each series the last before it, else the first after,
    from which moves lead back."""
    read_at = _read_at(session)
    chosen: dict[tuple[Spot, str | None], Any] = {}
    first: dict[Spot, int] = {}
    for row in session.execute(text(_LEVELS)):
        spot = (row.source, row.item_ref, row.location_ref)
        first.setdefault(spot, row.as_of)
        if row.as_of < stamp:
            chosen[spot, row.part] = row
        elif row.source in moved_from:
            chosen.setdefault((spot, row.part), row)
    found: dict[Spot, _Level] = {}
    for (spot, part), row in chosen.items():
        at = row.as_of
        if part is not None:
            at = max(at + SETTLES, read_at.get(row.source, 0))
        level = found.setdefault(spot, _Level(at, first=first[spot]))
        level.at = max(level.at, at)
        level.qty += as_qty(row.on_hand)
        if row.reserved is not None and row.as_of < stamp:
            level.reserved = (level.reserved or ZERO) + as_qty(row.reserved)
        level.value = _total((level.value, as_money(row.value)))
        level.currency = level.currency or row.currency
    return found


def _bring_to(
    session: Session, stamp: int, levels: Mapping[Spot, _Level], items: Mapping[Key, Any]
) -> None:
    """Applies the moves between each level and `stamp`, or takes them back."""
    low = min([stamp - 1, *(level.at for level in levels.values())])
    for row in session.execute(text(_MOVES), {"low": low}):
        item = items.get((row.source, row.item_ref))
        for ref, sign in ((row.from_ref, -1), (row.to_ref, 1)):
            level = levels.get((row.source, row.item_ref, ref))
            if level is None or ref is None:
                continue
            if level.at < row.moved_at < stamp:
                _apply(level, row, sign, item)
            elif stamp <= row.moved_at <= level.at:
                _apply(level, row, -sign, item)


def _apply(level: _Level, row: Any, sign: int, item: Any) -> None:
    qty, value = as_qty(row.qty), as_money(row.value)
    level.qty += sign * qty
    if value is None and item is not None and item["unit_cost"] is not None:
        value = qty * Decimal(item["unit_cost"]) / 10_000
    level.value = None if level.value is None or value is None else level.value + sign * value


def _add_empty(session: Session, where: Places, levels: dict[Spot, _Level]) -> None:
    """Places where something lay once, of the sources that tell what lies where: they don't name
    a place with nothing."""
    told_at: dict[str, int] = defaultdict(int)
    for (source, _, _), level in levels.items():
        told_at[source] = max(told_at[source], level.at)
    spots = remembered(session, "stock spots", None, lambda: session.execute(text(_SPOTS)).all())
    for source, item, ref in spots:
        if source in told_at and where.site(source, ref):
            levels.setdefault((source, item, ref), _Level(told_at[source]))


def _moved_from(session: Session, stamp: int) -> dict[str, date]:
    """By source that keeps moves, the day of the first."""
    bound = {"now": stamp}
    rows = remembered(
        session, "first moves", to_come(session, stamp, "stockmove.moved_at"),
        lambda: session.execute(text(_FIRST_MOVES), bound).all(),
    )  # fmt: skip
    return {source: date.fromisoformat(first) for source, first in rows}


def _read_at(session: Session) -> dict[str, int]:
    """By source, the instant at which its levels were last read in whole."""
    return {
        source: high or done
        for source, tables, high, done in session.execute(text(_READ))
        if "stocklevel" in tables.split(",") and (high or done)
    }


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for value in values:
        if value is None:
            return None
        total += value
    return total


_ITEMS = """
SELECT source, source_id, name, category, uom, unit_cost, currency, is_service, is_active,
       deleted_at
  FROM item"""

_LEVELS = """
SELECT source, item_ref, location_ref, part, as_of, on_hand, reserved, value, currency
  FROM stocklevel WHERE deleted_at IS NULL ORDER BY as_of, id"""

_MOVES = """
SELECT source, item_ref, from_ref, to_ref, qty, value, moved_at
  FROM stockmove WHERE deleted_at IS NULL AND moved_at > :low"""

_SPOTS = """
SELECT source, item_ref, to_ref FROM stockmove WHERE deleted_at IS NULL AND to_ref IS NOT NULL
 UNION
SELECT source, item_ref, from_ref FROM stockmove
 WHERE deleted_at IS NULL AND from_ref IS NOT NULL"""

_FIRST_MOVES = """
SELECT source, MIN(moved_on) FROM stockmove
 WHERE deleted_at IS NULL AND moved_at < :now GROUP BY source"""

_READ = "SELECT source, tables, high_at, last_success_at FROM syncstate"
