"""Scans of goods on their way from the dock to their place in stock, as known at `now`."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session

from storage.models._types import instant_to_int

SCAN, DOCK, STOCK = "scan", "input", "internal"


@dataclass
class _Thing:
    """A pallet or whatever bears a tag: when it was first seen in stock; null: only at a dock."""

    item: str
    stored_on: date | None = None


@dataclass(frozen=True)
class Scans:
    """What was scanned of each delivery note."""

    things: Mapping[str, list[_Thing]] = field(default_factory=dict)

    def available(self, doc: str | None, item: str, sku: str | None) -> tuple[bool, date | None]:
        """Whether goods of a delivery note were scanned at all, and the day from which on all of
        them were in stock; null while one is not. A scan that names an item speaks of that one."""
        named = {"", item, *([sku] if sku else [])}
        every = [one for one in self.things.get(doc or "", ()) if one.item in named]
        days = [one.stored_on for one in every if one.stored_on]
        return bool(every), max(days) if days and len(days) == len(every) else None


def scans(session: Session, now: datetime) -> Scans:
    """The scans before `now` at docks and places in stock; those at other places tell nothing.

    A place is known by the name, the code or the id of a location of any source.
    """
    things: dict[tuple[str, str, str], _Thing] = {}
    for row in session.execute(text(_SCANS), {"now": instant_to_int(now), "scan": SCAN}):
        key = row.shipment_ref, row.item_ref or "", row.lot_ref or ""
        thing = things.setdefault(key, _Thing(key[1]))
        if row.kind == STOCK:
            thing.stored_on = thing.stored_on or date.fromisoformat(row.seen_on)
    by_doc: dict[str, list[_Thing]] = defaultdict(list)
    for (doc, _, _), thing in things.items():
        by_doc[doc].append(thing)
    return Scans(by_doc)


_SCANS = f"""
SELECT DISTINCT r.seen_at, r.seen_on, r.shipment_ref, r.item_ref, r.lot_ref, w.kind
  FROM sensorreading r
  JOIN location w ON r.place IN (w.name, w.code, w.source_id)
 WHERE r.deleted_at IS NULL AND r.measure = :scan AND r.seen_at < :now
   AND r.shipment_ref IS NOT NULL AND w.deleted_at IS NULL AND w.kind IN ('{DOCK}', '{STOCK}')
 ORDER BY r.seen_at, w.kind, r.shipment_ref"""
