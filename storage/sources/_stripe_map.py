"""From Stripe's objects to facts: accounts, contracts with what they bring a month, invoices."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from storage.sources import Row
from storage.sources._entity import Entity, Field, Record, day, needed, number, of
from storage.sources._seconds import seconds

# Amounts are in the smallest unit of a currency, which is not a hundredth everywhere
# (docs.stripe.com/currencies; of ISK and UGX it is, though they have no such coins).
WHOLE = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
})  # fmt: skip
THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
MONTHS = {
    "month": Decimal(1), "year": Decimal(12), "week": Decimal(12) / Decimal("52.1775"),
    "day": Decimal(12) / Decimal("365.2425"),
}  # fmt: skip
CENTS = Decimal("0.0001")
ENDED = frozenset({"canceled", "incomplete_expired"})
ISSUED = frozenset({"open", "paid", "uncollectible"})


def _day(value: Any, zone: ZoneInfo) -> Any:
    return day(seconds(value, zone), zone)


def _currency(value: Any, zone: ZoneInfo) -> str | None:
    return str(value).upper() if value else None


def at(*names: str, is_needed: bool = False) -> Field:
    return Field(names, seconds, is_needed)


def on(*names: str) -> Field:
    return Field(names, _day)


def money(amount: Any, currency: str | None, zone: ZoneInfo) -> Decimal | None:
    """An amount in units of its currency; null where either is not known."""
    found = number(amount, zone)
    if found is None or currency is None:
        return None
    if currency in WHOLE:
        return found
    return found / (1000 if currency in THOUSANDTHS else 100)


def monthly(subscription: Record, zone: ZoneInfo) -> Decimal | None:
    """What its items bring a month before taxes and coupons; null where that can't be told.

    It can't where a price depends on use or has tiers, or where not all items are at hand.
    """
    items = subscription.get("items") or {}
    if not items.get("data") or items.get("has_more"):
        return None
    parts = [_monthly(one, zone) for one in items["data"]]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)).quantize(CENTS) if len(known) == len(parts) else None


def _monthly(item: Record, zone: ZoneInfo) -> Decimal | None:
    price = item.get("price") or {}
    recurring = price.get("recurring") or {}
    interval, count = recurring.get("interval"), number(recurring.get("interval_count", 1), zone)
    amount = price.get("unit_amount_decimal") or price.get("unit_amount")
    each = money(amount, _currency(price.get("currency"), zone), zone)
    is_by_use = recurring.get("usage_type") == "metered"
    if each is None or is_by_use or interval not in MONTHS or not count:
        return None
    return each * _quantity(item, price, zone) / (MONTHS[interval] * count)


def _quantity(item: Record, price: Record, zone: ZoneInfo) -> Decimal:
    """How many are paid for: packages of several, where the price is one of a package."""
    said = number(item.get("quantity"), zone)
    quantity = Decimal(1) if said is None else said
    package = price.get("transform_quantity") or {}
    size = number(package.get("divide_by"), zone)
    if not size:
        return quantity
    rounding = ROUND_CEILING if package.get("round") == "up" else ROUND_FLOOR
    return (quantity / size).to_integral_value(rounding)


def _period_end(subscription: Record) -> Any:
    """Of the subscription, or since 2025 of its items: the first of them to be renewed."""
    own = subscription.get("current_period_end")
    items = (subscription.get("items") or {}).get("data") or []
    ends = [one["current_period_end"] for one in items if one.get("current_period_end")]
    return own if own is not None else min(ends, default=None)


def _contract(row: Row, record: Record, zone: ZoneInfo) -> Row:
    """When it ends and whether it renews; what ended has churned, and renews no more."""
    period_end = _day(_period_end(record), zone)
    is_ended = row["status"] in ENDED
    stops = bool(record.get("cancel_at_period_end")) or record.get("cancel_at") is not None
    ends = row["ends_on"] or (period_end if record.get("cancel_at_period_end") else None)
    if not is_ended:
        row |= {"churned_at": None, "churned_on": None}
    prices = [(one.get("price") or {}) for one in (record.get("items") or {}).get("data") or ()]
    billing = sorted({(one.get("recurring") or {}).get("interval") or "" for one in prices} - {""})
    return {
        **row, "ends_on": ends, "renewal_on": None if is_ended or stops else period_end,
        "auto_renew": False if is_ended else not stops, "mrr": monthly(record, zone),
        "attributes": {"billing": ", ".join(billing)} if billing else None,
    }  # fmt: skip


def _invoice(row: Row, record: Record, zone: ZoneInfo) -> Row | None:
    """Without tax, where that is told apart; null for a draft, and for one that was taken back."""
    if record.get("status") not in ISSUED:
        return None
    names = ("total_excluding_tax", "subtotal_excluding_tax", "total")
    amount = next((record[name] for name in names if record.get(name) is not None), None)
    return {**row, "amount": money(amount, row["currency"], zone)}


CUSTOMER = Entity(
    "customers", "accounts", "account", ("id",),
    {
        "name": needed("name", "description", "id"), "country": of("address.country"),
        "currency": of("currency", read=_currency),
    },
)  # fmt: skip
SUBSCRIPTION = Entity(
    "subscriptions", "contracts", "contract", ("id",),
    {
        "account_ref": of("customer"), "number": of("id"), "starts_on": on("start_date", "created"),
        "ends_on": on("ended_at", "cancel_at"), "currency": of("currency", read=_currency),
        "status": needed("status"), "churned": at("ended_at", "canceled_at"),
        "reason": of("cancellation_details.feedback", "cancellation_details.reason"),
    },
    finish=_contract,
)  # fmt: skip
INVOICE = Entity(
    "invoices", "invoices", "invoice", ("id",),
    {
        "number": of("number", "id"), "party_ref": of("customer"),
        "currency": of("currency", read=_currency),
        "issued": at("status_transitions.finalized_at", "created", is_needed=True),
        "due_on": on("due_date"), "paid": at("status_transitions.paid_at"),
    },
    constants={"direction": "out"}, finish=_invoice,
)  # fmt: skip
ENTITIES = (CUSTOMER, SUBSCRIPTION, INVOICE)

EVENTS: Mapping[str, tuple[str, ...]] = {
    "accounts": ("customer.created", "customer.updated", "customer.deleted"),
    "contracts": tuple(
        f"customer.subscription.{one}"
        for one in ("created", "updated", "deleted", "paused", "resumed",
                    "pending_update_applied", "pending_update_expired")
    ),
    "invoices": tuple(
        f"invoice.{one}"
        for one in ("created", "updated", "finalized", "paid", "voided", "deleted",
                    "marked_uncollectible", "payment_failed", "payment_succeeded")
    ),
}  # fmt: skip
# of a subscription "deleted" means that it ended
GONE = frozenset({"customer.deleted", "invoice.deleted"})
