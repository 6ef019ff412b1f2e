"""Records of Odoo as facts.

Records carry the field names of Odoo 16. Quantities become those in the item's own unit, so that
a purchase in dozens and its receipt in pieces can be compared; prices become prices of that unit.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from storage.sources import BadRow, Row, event
from storage.sources._host import host
from storage.sources._odoo_invoice import invoice
from storage.sources._odoo_known import Known, scale
from storage.sources._odoo_make import bom_line, consumption, make_order
from storage.sources._odoo_pegs import peg
from storage.sources._odoo_stock import receipt, rest_off, shipment, stock_level, stock_move
from storage.sources._odoo_values import (
    Record,
    changed,
    day,
    link,
    links,
    moment,
    number,
    ref,
    shown,
    words,
)

Facts = Iterable[tuple[str, Row]]

PURCHASED = ("purchase", "done")
SOLD = ("sale", "done")


def party(record: Record, known: Known) -> Facts:
    buys = (number(record.get("supplier_rank")) or 0) > 0 or bool(
        record.get("purchase_order_count")
    )
    sells = (number(record.get("customer_rank")) or 0) > 0 or bool(record.get("sale_order_count"))
    kind = {(True, True): "both", (True, False): "supplier", (False, True): "customer"}
    yield (
        "party",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "name": words(record["name"]) or f"(no name, {record['id']})",
            "kind": kind.get((buys, sells), "other"),
            "number": words(record.get("ref")),
            "domain": _domain(record),
            "vat": words(record.get("vat")),
            "country": words(record.get("country_code")) or shown(record.get("country_id")),
            "owner": shown(record.get("user_id")),
            "parent_ref": ref(record.get("parent_id")),
            "address": _address(record),
        },
    )


def _address(record: Record) -> str | None:
    """Where a company is, in one line; where a person lives is nobody's business."""
    if not record.get("is_company"):
        return None
    parts = [words(record.get(name)) for name in ("street", "zip", "city")]
    return ", ".join(filter(None, parts)) or None


def _domain(record: Record) -> str | None:
    """The host of the website, else of a company's e-mail address."""
    if site := words(record.get("website")):
        return host(site)
    mail = words(record.get("email"))
    return host(mail) if mail and "@" in mail and record.get("is_company") else None


def item(record: Record, known: Known) -> Facts:
    yield (
        "item",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "name": words(record["name"]) or f"(no name, {record['id']})",
            "sku": words(record.get("default_code")),
            "category": shown(record.get("categ_id")),
            "uom": shown(record.get("uom_id")),
            "unit_cost": number(record.get("standard_price")),
            "currency": shown(record.get("cost_currency_id") or record.get("currency_id")),
            "is_service": record["type"] == "service",
            "is_active": record.get("active"),
        },
    )


def purchase(record: Record, known: Known) -> Facts:
    """An order; when its supplier acknowledged or shipped it, Odoo has no date for.

    (Some versions have a tick for acknowledged. A day can't be made of that.)
    """
    ordered, zone = _purchased(record), known.at(known.depot_of(record))
    is_off = record["state"] == "cancel"
    yield (
        "purchaseorder",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "number": record["name"],
            "supplier_ref": ref(record["partner_id"]),
            "status": record["state"],
            **event("ordered", ordered, zone),
            **event("approved", ordered and moment(record["date_approve"]), zone),
            **event("cancelled", changed(record) if is_off else None, zone),
            "currency": shown(record.get("currency_id")),
            "buyer": shown(record.get("user_id")),
        },
    )


def _purchased(order: Record) -> datetime | date | None:
    """When a purchase was confirmed: null for a draft, and for one called off as a draft."""
    approved = moment(order["date_approve"])
    if order["state"] in PURCHASED:
        return approved or moment(order["date_order"])
    # a draft can bear a date of approval too, from before it was reset
    return approved if order["state"] == "cancel" else None


def purchase_line(record: Record, known: Known) -> Facts:
    order = known.orders.get(link(record["order_id"]) or 0)
    if order is None:
        raise BadRow(f"its order {shown(record['order_id'])} can't be seen")
    qty, place = number(record["product_qty"]) or Decimal(0), known.depot_of(order)
    zone = known.at(place)
    planned = day(record["date_planned"], zone)
    # the date of a draft is Odoo's guess from the supplier's usual days, nobody's promise
    promised = (day(record.get("date_promised"), zone) or planned) if _purchased(order) else None
    moves = [known.moves[id_] for id_ in links(record.get("move_ids")) if id_ in known.moves]
    # a confirmed line can't be deleted in Odoo: setting it to nothing is how it is called off
    is_off = order["state"] == "cancel" or (order["state"] in PURCHASED and not qty)
    when, lost = (changed(record, order), None) if is_off else rest_off(record, moves, known)
    yield (
        "purchaseline",
        {
            **_line(record, order, qty, known),
            "source_updated_at": changed(record, order, *moves),
            "location_ref": place,
            "promised_first": promised,
            "promised_on": promised,
            "planned_on": planned,
            "status": order["state"],
            **event("cancelled", when, zone),
            "cancelled_qty": lost,
        },
    )


def sale(record: Record, known: Known) -> Facts:
    zone = known.at(_warehouse(record))
    is_off = record["state"] == "cancel"
    ordered = moment(record["date_order"]) if _was_sold(record) else None
    yield (
        "salesorder",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "number": record["name"],
            "customer_ref": ref(record["partner_id"]),
            "status": record["state"],
            **event("ordered", ordered, zone),
            **event("cancelled", changed(record) if is_off else None, zone),
            "amount": number(record.get("amount_untaxed")),
            "currency": shown(record.get("currency_id")),
            "owner": shown(record.get("user_id")),
        },
    )


def _was_sold(order: Record) -> bool:
    """Whether it is or was more than a quotation: Odoo makes the deliveries on confirmation."""
    return order["state"] in SOLD or (order["state"] == "cancel" and bool(order.get("picking_ids")))


def sale_line(record: Record, known: Known) -> Facts:
    if record.get("is_downpayment"):
        return
    order = known.orders.get(link(record["order_id"]) or 0)
    if order is None:
        raise BadRow(f"its order {shown(record['order_id'])} can't be seen")
    place = _warehouse(record) or _warehouse(order)
    zone = known.at(place)
    promised = day(order["commitment_date"], zone) if _was_sold(order) else None
    is_off = order["state"] == "cancel"
    yield (
        "salesline",
        {
            **_line(record, order, number(record["product_uom_qty"]) or Decimal(0), known),
            "location_ref": place,
            "promised_first": promised,
            "promised_on": promised,
            "status": order["state"],
            **event("cancelled", changed(record, order) if is_off else None, zone),
        },
    )


def _warehouse(record: Record) -> str | None:
    warehouse = link(record.get("warehouse_id"))
    return f"warehouse/{warehouse}" if warehouse else None


def _line(record: Record, order: Record, qty: Decimal, known: Known) -> Row:
    times = scale(record, known)
    total = number(record.get("price_subtotal"))
    price = total / qty if total is not None and qty else number(record["price_unit"])
    base = known.base.get(link(record["product_id"]) or 0)
    return {
        "source_id": str(record["id"]),
        "source_updated_at": changed(record, order),
        "order_ref": ref(record["order_id"]),
        "item_ref": ref(record["product_id"]),
        "qty": qty * times,
        "uom": base[1] if base else shown(record.get("product_uom")),
        "unit_price": None if price is None else price / times,
    }


MAPPINGS: dict[str, Callable[[Record, Known], Facts]] = {
    "partners": party,
    "items": item,
    "purchases": purchase,
    "purchase_lines": purchase_line,
    "receipts": receipt,
    "sales": sale,
    "sale_lines": sale_line,
    "shipments": shipment,
    "stock_levels": stock_level,
    "stock_moves": stock_move,
    "make_orders": make_order,
    "consumptions": consumption,
    "bom_lines": bom_line,
    "pegs": peg,
    "invoices": invoice,
}
