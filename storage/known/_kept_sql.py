"""The queries by which order lines are read into columns, of purchases and of sales."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from storage.known._kept_rows import NEVER, NO_AMOUNT


@dataclass(frozen=True)
class Side:
    """Where the lines of purchases, or of sales, stand: tables, and what a party is there.

    `has_ledger`: every promise that was seen of a line is kept with it.
    """

    line: str
    order: str
    move: str
    party: str
    lines: str
    moves: str
    has_ledger: bool


# columns of a line that are read as they are, with their types; names and days stand apart
LINE = {
    "id": np.int64, "order": np.int64, "is_there": np.int8, "ordered_at": np.int64,
    "cancelled_at": np.int64, "qty": np.int64, "lost": np.int64, "price": np.int64,
    "seen_at": np.int64,
}  # fmt: skip
DAYS_OF_LINE = (
    "ordered_on", "cancelled_on", "requested_on", "promised_first", "promised_on", "planned_on",
)  # fmt: skip
TEXTS_OF_LINE = ("currency", "country", "owner")
NAMES_OF_LINE = ("party", "item", "place")
MOVE: dict[str, Any] = {
    "id": np.int64, "line": np.int64, "is_there": np.int8, "at": np.int64, "qty": np.int64,
    "delivered_at": np.int64,
}  # fmt: skip
DAYS_OF_MOVE = ("on", "delivered_on")
TEXTS_OF_MOVE = ("carrier",)

_LINES = f"""
SELECT l.id, COALESCE(o.id, 0),
       CASE WHEN l.deleted_at IS NULL AND o.deleted_at IS NULL THEN 1 ELSE 0 END,
       COALESCE(o.ordered_at, {NEVER}), COALESCE(l.cancelled_at, o.cancelled_at, {NEVER}), l.qty,
       {{lost}}, COALESCE(l.unit_price, {NO_AMOUNT}), l.first_seen_at,
       COALESCE(o.ordered_on, ''), COALESCE(l.cancelled_on, o.cancelled_on, ''),
       COALESCE({{requested}}, ''), COALESCE(l.promised_first, ''), COALESCE(l.promised_on, ''),
       {{planned}}, COALESCE(o.currency, ''), {{country}}, COALESCE({{owner}}, ''),
       l.source, o.{{party}}, l.item_ref, l.location_ref, {{shipment}}
  FROM {{line}} l LEFT JOIN {{order}} o ON o.source = l.source AND o.source_id = l.order_ref
 WHERE {{{{which}}}}"""

_MOVES = """
SELECT r.id, COALESCE(l.id, 0), CASE WHEN r.deleted_at IS NULL THEN 1 ELSE 0 END, r.{at}_at, r.qty,
       {delivered_at}, r.{at}_on, {delivered_on}, {carrier}
  FROM {move} r LEFT JOIN {line} l ON l.source = r.source AND l.source_id = r.line_ref
 WHERE {{which}}"""

PURCHASES = Side(
    "purchaseline", "purchaseorder", "receipt", "supplier",
    _LINES.format(
        line="purchaseline", order="purchaseorder", party="supplier_ref", owner="o.buyer",
        lost="COALESCE(l.cancelled_qty, 0)", requested="l.requested_on",
        planned="COALESCE(l.planned_on, '')", country="COALESCE(o.country, '')",
        shipment="l.shipment_ref",
    ),
    _MOVES.format(move="receipt", line="purchaseline", at="received",
                  delivered_at=NEVER, delivered_on="''", carrier="''"),
    has_ledger=True,
)  # fmt: skip
SALES = Side(
    "salesline", "salesorder", "shipment", "customer",
    _LINES.format(
        line="salesline", order="salesorder", party="customer_ref", owner="o.owner", lost="0",
        requested="COALESCE(l.requested_on, o.requested_on)", planned="''", country="''",
        shipment="NULL",
    ),
    _MOVES.format(move="shipment", line="salesline", at="shipped",
                  delivered_at=f"COALESCE(r.delivered_at, {NEVER})",
                  delivered_on="COALESCE(r.delivered_on, '')", carrier="COALESCE(r.carrier, '')"),
    has_ledger=False,
)  # fmt: skip

PROMISES = """
SELECT f.id, l.id, f.seen_at, COALESCE(f.new, '')
  FROM fieldchange f JOIN {line} l ON l.source = f.source AND l.source_id = f.source_id
 WHERE f.entity = '{line}' AND f.field = 'promised_on' AND {which}"""

PARTIES = "SELECT source, source_id, name, country, category FROM party p WHERE {which}"
ITEMS = "SELECT source, source_id, name, category, is_service FROM item p WHERE {which}"
PLACES = "SELECT source, source_id, name, site_ref FROM location p WHERE {which}"
