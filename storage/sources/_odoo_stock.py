"""Moves and quants of Odoo as receipts, shipments and stock levels."""

from collections.abc import Iterable

from storage.sources import BadRow, Row, event
from storage.sources._odoo_known import Known, scale
from storage.sources._odoo_values import Record, changed, link, moment, number, ref, shown

Facts = Iterable[tuple[str, Row]]


def receipt(record: Record, known: Known) -> Facts:
    """A done move in from a supplier; one back to a supplier is negative."""
    if record["state"] != "done" or not link(record["purchase_line_id"]):
        return
    sign = _sign(record, known, "supplier") or _sign(record, known, "transit")
    if sign:
        place = _place(record, known, "location_dest_id", "location_id", sign)
        yield (
            "receipt",
            {
                **_moved(record, sign, known),
                "location_ref": place,
                "line_ref": ref(record["purchase_line_id"]),
                **event("received", moment(record["date"]), known.at(place)),
            },
        )


def shipment(record: Record, known: Known) -> Facts:
    """A done move out to a customer; one back from a customer is negative."""
    if record["state"] != "done" or not link(record["sale_line_id"]):
        return
    sign = -_sign(record, known, "customer")
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


def _sign(record: Record, known: Known, outside: str) -> int:
    """1 for a move from outside, -1 for one to the outside, 0 for one that is neither."""
    ends = []
    for name in ("location_id", "location_dest_id"):
        usage = known.usage.get(link(record[name]) or 0)
        if usage is None:
            raise BadRow(f"its location {shown(record[name])} can't be seen")
        ends.append(usage == outside)
    return ends[0] - ends[1]


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
            "location_ref": known.place.get(link(record["location_id"]) or 0),
            "as_of": changed(record),
            "on_hand": number(record["quantity"]),
            "reserved": number(record.get("reserved_quantity")),
            "value": number(record.get("value")),
            "currency": shown(record.get("currency_id")),
        },
    )
