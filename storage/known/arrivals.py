"""What came and what is to come of purchase lines at `now`, receipt by receipt."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import Named, as_day, at_now, named
from storage.models._types import instant_to_int

ON_THEIR_WAY = ("processing", "done")


@dataclass(frozen=True)
class Arrival:
    """A receipt of a line, or what of the line has not come: then `received_on` is null.

    `planned_on` is the day for which the source plans that rest; `is_given_up`: it won't come.
    """

    supplier: Named | None
    item: Named | None
    ordered_on: date
    received_on: date | None
    planned_on: date | None
    is_given_up: bool = False
    source: str = ""


def arrivals(session: Session, now: datetime, since: date) -> Iterator[Arrival]:
    """Arrivals of lines ordered on or after the local day `since`, as known at `now`.

    Left out: services, orders not on their way, and lines whose date was set by hand. The source
    overwrites states, plans and what was given up: they are those of `now`, and an order whose
    state we had not seen by then is left out.
    """
    bounds = {"now": instant_to_int(now), "since": since.isoformat(), "no": False}
    receipts = defaultdict(list)
    for row in session.execute(text(_RECEIPTS), bounds):
        receipts[row.source, row.line_ref].append((date.fromisoformat(row.received_on), row.qty))
    states, before = at_now(session, "purchaseorder", now), at_now(session, "purchaseline", now)
    for line in session.execute(text(_LINES), bounds).mappings():
        order, key = (line["source"], line["order_ref"]), (line["source"], line["source_id"])
        if states.get(order, {}).get("status", line["status"]) in ON_THEIR_WAY:
            yield from _of_line({**line, **before.get(key, {})}, receipts[key])


def _of_line(line: Mapping[str, Any], receipts: list[tuple[date, int]]) -> Iterator[Arrival]:
    ordered_on, planned = date.fromisoformat(line["ordered_on"]), as_day(line["planned_on"])
    supplier, item = named("supplier", line, "supplier"), named("item", line, "item")
    source = line["source"]
    for received_on, _ in receipts:
        yield Arrival(supplier, item, ordered_on, received_on, None, source=source)
    given_up = int(line["cancelled_qty"] or 0)
    rest = line["qty"] - sum(qty for _, qty in receipts) - given_up
    if given_up:
        yield Arrival(supplier, item, ordered_on, None, planned, True, source)
    if rest > 0:
        yield Arrival(supplier, item, ordered_on, None, planned, source=source)


_ORDERED = """
  FROM purchaseline l
  JOIN purchaseorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND NOT COALESCE(l.is_manual_date, :no)
   AND o.ordered_at < :now AND o.ordered_on >= :since"""

_LINES = f"""
SELECT l.source, l.source_id, l.order_ref, l.qty, l.cancelled_qty, l.planned_on, o.ordered_on,
       o.status, o.supplier_ref, s.name AS supplier, l.item_ref, i.name AS item
{
    _ORDERED.replace(
        " WHERE",
        '''  LEFT JOIN party s ON s.source = o.source AND s.source_id = o.supplier_ref
  LEFT JOIN item i ON i.source = l.source AND i.source_id = l.item_ref
 WHERE''',
    )
}
   AND COALESCE(i.is_service, :no) = :no
 ORDER BY o.ordered_at, l.source, l.source_id"""

_RECEIPTS = f"""
SELECT r.source, r.line_ref, r.received_on, r.qty
  FROM receipt r
 WHERE r.deleted_at IS NULL AND r.received_at < :now
   AND EXISTS (SELECT 1 {_ORDERED} AND l.source = r.source AND l.source_id = r.line_ref)
 ORDER BY r.received_at, r.id"""
