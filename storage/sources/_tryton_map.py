"""Orders, receipts and deliveries of Tryton as facts, in the item's own unit."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from storage.sources import BadRow, Row, event
from storage.sources._host import host
from storage.sources._tryton_invoice import invoice
from storage.sources._tryton_known import Facts, Known, base, effective, scale, sign
from storage.sources._tryton_make import bom_line, consumption, make_order
from storage.sources._tryton_stock import stock_move
from storage.sources._tryton_values import (
    Record,
    changed,
    day,
    number,
    origin,
    part,
    ref,
    words,
)

ORDERED = ("confirmed", "processing", "done")


def party(record: Record, known: Known) -> Facts:
    buys, sells = record["id"] in known.supply, record["id"] in known.demand
    kind = {(True, True): "both", (True, False): "supplier", (False, True): "customer"}
    yield (
        "party",
        {
            **base(record),
            "name": words(record["name"]) or f"(no name, {record['id']})",
            "kind": kind.get((buys, sells), "other"),
            "number": words(record["code"]),
            "domain": _domain(record),
            "vat": words(part(record, "tax_identifier").get("code")),
        },
    )


def _domain(record: Record) -> str | None:
    """The host of the website, else of the e-mail address."""
    return host(words(record["website"]) or record["email"])


def item(record: Record, known: Known) -> Facts:
    yield (
        "item",
        {
            **base(record, part(record, "template")),
            "name": words(record["name"]) or f"(no name, {record['id']})",
            "sku": words(record["code"]),
            "uom": words(part(record, "default_uom").get("name")),
            "unit_cost": number(record["cost_price"]),
            "currency": known.currency,
            "is_service": record["type"] == "service",
            "is_active": bool(record["active"]),  # some databases tell 1 and 0
        },
    )


def purchase(record: Record, known: Known) -> Facts:
    yield (
        "purchaseorder",
        {
            **_order(record, "purchase_date", known),
            "supplier_ref": ref(record["party"]),
        },
    )


def sale(record: Record, known: Known) -> Facts:
    yield (
        "salesorder",
        {
            **_order(record, "sale_date", known),
            "customer_ref": ref(record["party"]),
            "amount": number(record["untaxed_amount"]),
        },
    )


def _order(record: Record, dated: str, known: Known) -> Row:
    # only drafts and quotations can be cancelled: what was confirmed is called off line by line
    is_off = record["state"] == "cancelled"
    ordered = day(record[dated]) if record["state"] in ORDERED else None
    return {
        **base(record),
        "number": words(record["number"]) or f"(draft {record['id']})",
        "status": record["state"],
        **event("ordered", ordered, known.zone),
        **event("cancelled", changed(record) if is_off else None, known.zone),
        "currency": part(record, "currency").get("code"),
    }


def purchase_line(record: Record, known: Known) -> Facts:
    order, moves = part(record, "purchase"), _moves(record, known)
    by_hand = day(record["delivery_date_store"]) or day(order["delivery_date"])
    living = [move for move in moves if move["state"] != "cancelled"]
    promised, first = by_hand, None
    if order["state"] not in ORDERED:
        promised = None  # the date of a draft is a guess, nobody's promise
    elif living:
        promised = _latest(living, "planned_date") or by_hand
        first = _latest(living, "origin_planned_date")
    else:
        promised = promised or day(record["delivery_date"])
    yield (
        "purchaseline",
        {
            **_line(record, order, moves, known),
            "promised_first": first or promised,
            "promised_on": promised,
            "planned_on": _earliest([one for one in moves if one["state"] != "done"]),
            "is_manual_date": by_hand is not None,
            **_called_off(record, order, moves, known),
            "cancelled_qty": _ignored(record, moves, known),
        },
    )


def sale_line(record: Record, known: Known) -> Facts:
    order, moves = part(record, "sale"), _moves(record, known)
    living = [move for move in moves if move["state"] != "cancelled"]
    promised = _latest(living, "planned_date")
    if not living and order["state"] in ORDERED:
        promised = day(record["shipping_date"])
    yield (
        "salesline",
        {
            **_line(record, order, moves, known),
            "promised_first": _latest(living, "origin_planned_date") or promised,
            "promised_on": promised,
            **_called_off(record, order, moves, known),
        },
    )


def _line(record: Record, order: Record, moves: Sequence[Record], known: Known) -> Row:
    qty, price = number(record["quantity"]), number(record["unit_price"])
    if qty is None:
        raise BadRow("a line without a quantity")
    times = scale(record, known)
    house = order.get("warehouse")
    return {
        "source_id": str(record["id"]),
        "source_updated_at": changed(record, order, *moves),
        "order_ref": ref(record["purchase" if "purchase" in record else "sale"]),
        "item_ref": ref(record["product"]),
        "location_ref": known.place.get(house) if house else None,
        "qty": qty * times,
        "uom": part(part(record, "product"), "default_uom").get("name"),
        "unit_price": None if price is None else price / times,
        "status": order["state"],
    }


def _called_off(record: Record, order: Record, moves: Sequence[Record], known: Known) -> Row:
    """Cancelled with its order, or when people settled that the rest will not move."""
    given_up = [move for move in moves if _is_given_up(move, record)]
    is_open = any(move["state"] not in ("done", "cancelled") for move in moves)
    when = None
    if order["state"] == "cancelled":
        when = changed(record, order)
    elif given_up and not is_open:
        when = changed(*given_up)
    return event("cancelled", when, known.zone)


def _ignored(record: Record, moves: Sequence[Record], known: Known) -> Decimal | None:
    """How much people gave up of the line."""
    given_up = [number(move["quantity"]) or Decimal(0) for move in moves
                if _is_given_up(move, record)]  # fmt: skip
    return sum(given_up, Decimal(0)) * scale(record, known) if given_up else None


def _is_given_up(move: Record, line: Record) -> bool:
    return move["state"] == "cancelled" and move["id"] in line["moves_ignored"]


def receipt(record: Record, known: Known) -> Facts:
    """A done move in from a supplier; one back to a supplier is negative."""
    if way := sign(record, known, "supplier"):
        yield (
            "receipt",
            {
                **_moved(record, "purchase.line", way, "to_location", "from_location", known),
                **event("received", effective(record), known.zone),
            },
        )


def shipment(record: Record, known: Known) -> Facts:
    """A done move out to a customer; one back from a customer is negative."""
    if way := -sign(record, known, "customer"):
        yield (
            "shipment",
            {
                **_moved(record, "sale.line", way, "from_location", "to_location", known),
                **event("shipped", effective(record), known.zone),
            },
        )


def _moved(record: Record, model: str, way: int, forth: str, back: str, known: Known) -> Row:
    qty = number(record["quantity"])
    if qty is None or qty <= 0:
        raise BadRow("a done move without a quantity")
    return {
        **base(record),
        "line_ref": origin(record["origin"], model),
        "item_ref": ref(record["product"]),
        "location_ref": known.place.get(record[forth if way > 0 else back]),
        "doc": words(record["shipment"]),
        "qty": way * qty * scale(record, known),
    }


def _moves(record: Record, known: Known) -> list[Record]:
    return [known.moves[id_] for id_ in record["moves"] if id_ in known.moves]


def _latest(moves: Iterable[Record], name: str) -> date | None:
    return max((found for move in moves if (found := day(move[name]))), default=None)


def _earliest(moves: Iterable[Record]) -> date | None:
    return min((found for move in moves if (found := day(move["planned_date"]))), default=None)


MAPPINGS: dict[str, Callable[[Record, Known], Facts]] = {
    "partners": party,
    "items": item,
    "purchases": purchase,
    "purchase_lines": purchase_line,
    "receipts": receipt,
    "sales": sale,
    "sale_lines": sale_line,
    "shipments": shipment,
    "stock_moves": stock_move,
    "make_orders": make_order,
    "consumption": consumption,
    "bom_lines": bom_line,
    "invoices": invoice,
}
