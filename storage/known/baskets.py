"""What customers bought together, as known at `now`: items by order, and what a line was worth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import Named, as_money, as_qty
from storage.links import Key
from storage.models._types import instant_to_int


@dataclass(frozen=True, slots=True)
class Bought:
    """An item in an order that was not called off; `value` is net, null without a price."""

    order: Key
    company: Key
    item: Named
    on: date
    value: Decimal | None = None
    currency: str | None = None


def bought(session: Session, now: datetime, who: Mapping[Key, Key]) -> Iterator[Bought]:
    """All lines with an item, services left out, ordered before `now`, oldest first."""
    items: dict[Key, Named] = {}
    for row in session.execute(text(_LINES), {"now": instant_to_int(now), "no": False}):
        company = who.get((row.source, row.customer_ref))
        if company is None:
            continue
        key = (row.source, row.item_ref)
        item = items.get(key) or items.setdefault(
            key, Named("item", *key, row.item or row.item_ref)
        )
        price = as_money(row.unit_price)
        yield Bought(
            (row.source, row.order_ref), company, item, date.fromisoformat(row.ordered_on),
            None if price is None else price * as_qty(row.qty), row.currency,
        )  # fmt: skip


_LINES = """
SELECT l.source, l.order_ref, l.item_ref, i.name AS item, l.qty, l.unit_price,
       o.customer_ref, o.currency, o.ordered_on
  FROM salesline l
  JOIN salesorder o ON o.source = l.source AND o.source_id = l.order_ref
  LEFT JOIN item i ON i.source = l.source AND i.source_id = l.item_ref
 WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND o.ordered_at < :now
   AND l.item_ref IS NOT NULL AND o.customer_ref IS NOT NULL
   AND COALESCE(i.is_service, :no) = :no
   AND (o.cancelled_at IS NULL OR o.cancelled_at >= :now)
   AND (l.cancelled_at IS NULL OR l.cancelled_at >= :now)
 ORDER BY o.ordered_at, l.source, l.source_id"""
