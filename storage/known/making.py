"""Production as known at `now`: orders, what they used up, and what goes into an item."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import Named, as_day, as_qty, day_before, named
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Making:
    """A production order as known at `now`; `used` is what it took of each component so far.

    `done_qty` is what the source last said, and null where it does not say.
    """

    key: Key
    number: str
    item: Named | None
    site: str | None
    qty: Decimal
    done_qty: Decimal | None
    released_on: date | None
    planned_start_on: date | None
    planned_finish_on: date | None
    started_on: date | None
    finished_on: date | None
    cancelled_on: date | None
    used: Mapping[Key, Decimal]

    @property
    def is_open(self) -> bool:
        return self.finished_on is None and self.cancelled_on is None

    @property
    def rest(self) -> Decimal:
        """What is still to be made; nothing once it is finished or called off."""
        if not self.is_open:
            return Decimal(0)
        return max(self.qty - (self.done_qty or 0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Needed:
    """How much of a component goes into one unit of an item."""

    component: Named
    qty: Decimal


def make_orders(
    session: Session, now: datetime, since: datetime | None = None, *, open_only: bool = False
) -> Iterator[Making]:
    """Production orders released or started before `now`, or first seen by then; drafts too.

    `since`: without those that were finished or called off before it.
    """
    stamp = instant_to_int(now)
    bound = {"now": stamp, "since": instant_to_int(since) if since else -(2**62)}
    used: dict[Key, dict[Key, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for source, make_ref, item_ref, qty in session.execute(text(_USED), {"now": stamp}):
        used[source, make_ref][source, item_ref] += as_qty(qty)
    query = text(_OPEN if open_only else _ORDERS)
    for row in session.execute(query, bound).mappings():
        yield _making(row, used.get((row["source"], row["source_id"]), {}), stamp)


def _making(row: Any, used: Mapping[Key, Decimal], stamp: int) -> Making:
    done = row["done_qty"]
    return Making(
        (row["source"], row["source_id"]),
        row["number"],
        named("item", row, "item"),
        row["site"],
        as_qty(row["qty"]),
        None if done is None else as_qty(done),
        day_before(row["released_at"], row["released_on"], stamp),
        as_day(row["planned_start_on"]),
        as_day(row["planned_finish_on"]),
        day_before(row["started_at"], row["started_on"], stamp),
        day_before(row["finished_at"], row["finished_on"], stamp),
        day_before(row["cancelled_at"], row["cancelled_on"], stamp),
        used,
    )


def bills(session: Session) -> dict[Key, tuple[Needed, ...]]:
    """What goes into one unit of each item that is made, by the item's key."""
    found: dict[Key, list[Needed]] = defaultdict(list)
    for row in session.execute(text(_BILLS)).mappings():
        component = named("item", row, "component")
        if component:
            found[row["source"], row["item_ref"]].append(Needed(component, as_qty(row["qty"])))
    return {item: tuple(needs) for item, needs in found.items()}


_ORDERS = """
SELECT m.source, m.source_id, m.number, m.item_ref, i.name AS item,
       COALESCE(site.name, w.name) AS site, m.qty, m.done_qty,
       m.released_at, m.released_on, m.planned_start_on, m.planned_finish_on,
       m.started_at, m.started_on, m.finished_at, m.finished_on, m.cancelled_at, m.cancelled_on
  FROM makeorder m
  LEFT JOIN item i ON i.source = m.source AND i.source_id = m.item_ref
  LEFT JOIN location w ON w.source = m.source AND w.source_id = m.location_ref
  LEFT JOIN location site ON site.source = w.source AND site.source_id = w.site_ref
 WHERE m.deleted_at IS NULL AND COALESCE(m.released_at, m.started_at, m.first_seen_at) < :now
   AND COALESCE(m.finished_at, m.cancelled_at, :now) >= :since
 ORDER BY m.source, m.source_id"""

_OPEN = _ORDERS.replace(
    " ORDER BY",
    """   AND COALESCE(m.finished_at, :now) >= :now AND COALESCE(m.cancelled_at, :now) >= :now
 ORDER BY""",
)

_USED = """
SELECT source, make_ref, item_ref, qty FROM consumption
 WHERE deleted_at IS NULL AND consumed_at < :now"""

_BILLS = """
SELECT b.source, b.item_ref, b.component_ref, c.name AS component, b.qty
  FROM bomline b
  LEFT JOIN item c ON c.source = b.source AND c.source_id = b.component_ref
 WHERE b.deleted_at IS NULL
 ORDER BY b.source, b.item_ref, b.source_id"""
