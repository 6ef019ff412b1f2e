"""What customers sent back, as money: it is taken off what they ordered."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from storage.known._rows import as_money, as_qty
from storage.known.rates import Amount
from storage.links import Key
from storage.models._types import instant_to_int


def returns(session: Session, now: datetime, who: Mapping[Key, Key]) -> dict[Key, list[Amount]]:
    """By company, what was sent back of each line before `now`, on the day of its order.

    Goods that came back and went out again were not sent back; more than was ordered counts as
    what was ordered. An amount is null where a price is.
    """
    found: dict[Key, list[Amount]] = defaultdict(list)
    for row in session.execute(text(_LINES), {"now": instant_to_int(now)}):
        company = who.get((row.source, row.customer_ref))
        ordered, sent, back = (as_qty(int(one)) for one in (row.qty, row.sent, row.back))
        qty = min(ordered, sent) - min(ordered, max(sent + back, Decimal(0)))
        if company and qty > 0:
            price = as_money(row.unit_price)
            value = None if price is None else price * qty
            found[company].append(Amount(value, row.currency, date.fromisoformat(row.ordered_on)))
    return found


_LINES = """
SELECT l.source, o.customer_ref, o.currency, o.ordered_on, l.qty, l.unit_price,
       SUM(CASE WHEN s.qty > 0 THEN s.qty ELSE 0 END) AS sent,
       SUM(CASE WHEN s.qty < 0 THEN s.qty ELSE 0 END) AS back
  FROM shipment s
  JOIN salesline l ON l.source = s.source AND l.source_id = s.line_ref
  JOIN salesorder o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE s.deleted_at IS NULL AND l.deleted_at IS NULL AND o.deleted_at IS NULL
   AND o.customer_ref IS NOT NULL AND s.shipped_at < :now
   AND (o.cancelled_at IS NULL OR o.cancelled_at >= :now)
 GROUP BY l.source, l.source_id, o.customer_ref, o.currency, o.ordered_on, l.qty, l.unit_price
HAVING SUM(CASE WHEN s.qty < 0 THEN 1 ELSE 0 END) > 0"""
