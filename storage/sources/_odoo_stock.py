"""Moves and quants of Odoo as receipts, shipments, stock moves and stock levels."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from storage.sources import BadRow, Row, event
from storage.sources._odoo_known import Known, scale
from storage.sources._odoo_values import (
    Record,
    changed,
    link,
    links,
    moment,
    number,
    ref,
    shown,
    words,
)

Facts = Iterable[tuple[str, Row]]


def receipt(record: Record, known: Known) -> Facts:
    """A done move in from a supplier; one back to a supplier is negative."""
    if record["state"] != "done" or not link(record["purchase_line_id"]):
        return
    sign = inward(record, known)
    if sign:
        place = _place(record, known, "location_dest_id", "location_id", sign)
        onward = list(_onward(record, known))
        available = _available(record, known) if sign > 0 else None
        yield (
            "receipt",
            {
                **_moved(record, sign, known),
                "source_updated_at": changed(record, *onward),
                "location_ref": place,
                "line_ref": ref(record["purchase_line_id"]),
                **event("received", moment(record["date"]), known.at(place)),
                **event("available", available, known.at(place)),
            },
        )


def inward(move: Record, known: Known) -> int:
    """1 for a move in from a supplier, -1 for one back, 0 for one that is neither."""
    return known.sign(move, "supplier") or known.sign(move, "transit")


def rest_off(
    line: Record, moves: Iterable[Record], known: Known
) -> tuple[datetime | None, Decimal | None]:
    """Since when nothing more of a purchase line is to come, and how much of it never will.

    Who takes in a part and wants no backorder cancels the move of the rest; the line stays as it
    was. What another move brings after all is not lost.
    """
    mine = [
        one
        for one in moves
        if link(one["product_id"]) == link(line["product_id"]) and inward(one, known) > 0
    ]
    off = [one for one in mine if one["state"] == "cancel"]
    living = [one for one in mine if one["state"] != "cancel"]
    ordered = (number(line["product_qty"]) or Decimal(0)) * scale(line, known)
    lost = min(_total(off, known), ordered - _total(living, known))
    if lost <= 0:
        return None, None
    is_open = any(one["state"] != "done" for one in living)
    return None if is_open else changed(*off), lost


def _total(moves: Iterable[Record], known: Known) -> Decimal:
    """What moves have brought or are to bring, in the item's own unit."""
    names = {True: "quantity_done", False: "product_uom_qty"}
    return sum(
        ((number(one[names[one["state"] == "done"]]) or Decimal(0)) * scale(one, known)
         for one in moves), Decimal(0),
    )  # fmt: skip


def _available(move: Record, known: Known) -> datetime | date | None:
    """When all that a done move brought lay where it can be used; null while some does not.

    A warehouse that receives in more than one step has the goods at its dock first, and moves
    behind this one that put them away.
    """
    if link(move["location_dest_id"]) not in known.waiting:
        return moment(move["date"])
    nexts = [known.moves[id_] for id_ in links(move.get("move_dest_ids")) if id_ in known.moves]
    nexts = [one for one in nexts if one["state"] != "cancel"]
    if not nexts or any(one["state"] != "done" for one in nexts):
        return None
    whens = [_available(one, known) for one in nexts]
    times = [when for when in whens if isinstance(when, datetime)]
    return max(times) if len(times) == len(whens) else None


def _onward(move: Record, known: Known) -> Iterator[Record]:
    for id_ in links(move.get("move_dest_ids")):
        if id_ in known.moves:
            yield known.moves[id_]
            yield from _onward(known.moves[id_], known)


def shipment(record: Record, known: Known) -> Facts:
    """A done move out to a customer; one back from a customer is negative."""
    if record["state"] != "done" or not link(record["sale_line_id"]):
        return
    sign = -known.sign(record, "customer")
    if sign:
        place = _place(record, known, "location_id", "location_dest_id", sign)
        yield (
            "shipment",
            {
                **_moved(record, sign, known),
                "location_ref": place,
                "line_ref": ref(record["sale_line_id"]),
                **event("shipped", moment(record["date"]), known.at(place)),
            },
        )


def _place(record: Record, known: Known, forth: str, back: str, sign: int) -> str | None:
    return known.place.get(link(record[forth if sign > 0 else back]) or 0)


def _moved(record: Record, sign: int, known: Known) -> Row:
    qty = number(record["quantity_done"])
    if qty is None:
        raise BadRow("a done move without a quantity")
    return {
        "source_id": str(record["id"]),
        "source_updated_at": changed(record),
        "item_ref": ref(record["product_id"]),
        "doc": shown(record.get("picking_id")),
        "qty": sign * qty * scale(record, known),
        "reversal_of": ref(record.get("origin_returned_move_id")),
    }


def stock_level(record: Record, known: Known) -> Facts:
    """What lies at a place, as of its last change: it has been so since."""
    yield (
        "stocklevel",
        {
            "source_id": str(record["id"]),
            "source_updated_at": changed(record),
            "item_ref": ref(record["product_id"]),
            "location_ref": spot(record["location_id"]),
            "part": str(record["id"]),
            "as_of": changed(record),
            "on_hand": number(record["quantity"]),
            "reserved": number(record.get("reserved_quantity")),
            "value": number(record.get("value")),
            "currency": shown(record.get("currency_id")) or _currency(record, known),
        },
    )


def stock_move(record: Record, known: Known) -> Facts:
    """A done move between two places, whatever for, with what the stock gained or lost by it."""
    if record["state"] != "done":
        return
    moved = _moved(record, 1, known)
    place = _place(record, known, "location_dest_id", "location_id", 1) or _place(
        record, known, "location_id", "location_dest_id", 1
    )
    value = _value(record, known)
    yield (
        "stockmove",
        {
            **{name: moved[name] for name in ("source_id", "source_updated_at", "item_ref", "qty")},
            "doc": words(record.get("reference")) or moved["doc"],
            "from_ref": spot(record["location_id"]),
            "to_ref": spot(record["location_dest_id"]),
            "value": value,
            "currency": None if value is None else _currency(record, known),
            **event("moved", moment(record["date"]), known.at(place)),
        },
    )


def _value(record: Record, known: Known) -> Decimal | None:
    """From the valuation layers of the move, in later versions from the move itself."""
    if "value" not in record:
        found = known.value.get(record["id"])
    else:
        is_valued = record.get("is_in") or record.get("is_out")
        found = number(record["value"]) if is_valued else None
    return None if found is None else abs(found)


def _currency(record: Record, known: Known) -> str | None:
    return known.currency.get(link(record.get("company_id")) or 0)


def spot(value: Any) -> str | None:
    """Our reference of the very location that a link names, not of the site it is in."""
    found = link(value)
    return f"location/{found}" if found else None
