"""How a record of Business Central is read, and what makes it a fact.

Numbers are our ids: they are all that a posted document says of its order, its items and its
vendor. Records come with what is absent as null (`cleaned`), and with a few names of our own: what
a line belongs to is its `of`, a party's kind is `party`, the company's currency `lcy`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row, event
from storage.sources._entity import Entity, Record, number, text

# How the server writes a date, a time and an id that are not there.
ABSENT = frozenset({
    "", "0001-01-01", "0001-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000",
})  # fmt: skip
STAMP = "lastModifiedDateTime"
DRAFTS = frozenset({"Draft", "In Review", ""})
COMPANY = "company"  # where all stock lies, as the ledger that can be read names no location


@dataclass(frozen=True)
class Part:
    """A set of records: the entity that they make, and what is added to each.

    `lines`: the list within a record whose records are the facts; each of them then has the record
    it belongs to as `of`.
    """

    entity: Entity
    adds: Mapping[str, Any] = field(default_factory=dict)
    lines: str = ""

    @property
    def set(self) -> str:
        return self.entity.name

    def flat(self, record: Row, adds: Mapping[str, Any]) -> list[Row]:
        """The records that are facts: the record itself or its lines."""
        found = {**self.adds, **adds, **cleaned(record)}
        if not self.lines:
            return [found]
        head = {name: value for name, value in found.items() if name != self.lines}
        return [{**cleaned(line), "of": head} for line in record.get(self.lines) or ()]


def cleaned(record: Row) -> Row:
    """The record with null for what is not there."""
    return {
        name: None if isinstance(value, str) and value in ABSENT else value
        for name, value in record.items()
    }


def option(value: Any, zone: ZoneInfo) -> str | None:
    """A choice as people see it: "In_x0020_Review" is "In Review"."""
    found = text(value, zone)
    return ESCAPED.sub(lambda one: chr(int(one[1], 16)), found).strip() or None if found else None


ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def ref(kind: str) -> Callable[[Any, ZoneInfo], str | None]:
    """Reads a number as our id of a party of this kind."""

    def read(value: Any, zone: ZoneInfo) -> str | None:
        found = text(value, zone)
        return f"{kind}/{found}" if found else None

    return read


def item(row: Row, record: Record, zone: ZoneInfo) -> Row:
    blocked = record.get("blocked")
    return {
        **row,
        "is_service": option(record.get("type"), zone) == "Service",
        "is_active": None if blocked is None else not blocked,
    }


def _is_sent(head: Record, zone: ZoneInfo) -> bool:
    """Whether an order is more than a draft, which is called open once it is released."""
    return (option(head.get("status"), zone) or "") not in DRAFTS


def order(row: Row, record: Record, zone: ZoneInfo) -> Row:
    return row if _is_sent(record, zone) else {**row, **event("ordered", None, zone)}


def line(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A line with goods; its price is net of discounts. The dates of a draft promise nothing."""
    if option(record.get("lineType"), zone) != "Item":
        return None
    net = number(record.get("netAmount"), zone)
    if net is not None and row["qty"]:
        row = {**row, "unit_price": net / row["qty"]}
    return row if _is_sent(record["of"], zone) else {**row, "promised_on": None}


def goods(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    is_goods = option(record.get("lineType"), zone) == "Item" and row["qty"]
    return row if is_goods else None


def invoice(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """A posted one. When it was paid is not said: the day of its last change stands for that."""
    status = option(record.get("status"), zone) or ""
    if status in DRAFTS:
        return None
    sign = -1 if "creditMemoDate" in record else 1
    amount, at = row["amount"], row["source_updated_at"]
    paid: date | datetime | None = at.astimezone(zone).date() if at and status == "Paid" else None
    return {
        **row, "amount": None if amount is None else sign * amount, **event("paid", paid, zone),
    }  # fmt: skip


# What an entry of the ledger does with goods: where they are when they are not the company's.
ELSEWHERE = {
    "Purchase": "supplier", "Sale": "customer", "Positive Adjmt.": "inventory",
    "Negative Adjmt.": "inventory", "Output": "production", "Consumption": "production",
    "Assembly Output": "production", "Assembly Consumption": "production",
}  # fmt: skip
PLACES: Sequence[tuple[str, str, str]] = (
    (COMPANY, "all stock of the company", "warehouse"), ("supplier", "suppliers", "supplier"),
    ("customer", "customers", "customer"), ("inventory", "counts and scrap", "inventory"),
    ("production", "production", "production"),
)  # fmt: skip


def move(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """An entry of the item ledger. One that has no cost yet is not invoiced yet."""
    other = ELSEWHERE.get(option(record.get("entryType"), zone) or "")
    qty, value = row["qty"], row["value"]
    if other is None or not qty:
        return None
    ends = (other, COMPANY) if qty > 0 else (COMPANY, other)
    return {
        **row, "from_ref": ends[0], "to_ref": ends[1], "qty": abs(qty),
        "value": abs(value) if value else None, "currency": record["lcy"] if value else None,
    }  # fmt: skip


def stock(record: Row, moved_since: Decimal, at: datetime, zone: ZoneInfo) -> Row | None:
    """What of an item lay in the company at the end of a day: what is there now, without what was
    posted for days after it. Null for what is not kept in stock."""
    qty = number(record.get("inventory"), zone)
    if qty is None or option(record.get("type"), zone) != "Inventory":
        return None
    return {
        "source_id": text(record.get("number"), zone),
        "item_ref": text(record.get("number"), zone),
        "location_ref": COMPANY,
        "as_of": at,
        "on_hand": qty - moved_since,
    }
