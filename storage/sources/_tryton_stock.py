"""Tryton's locations, done moves and stock as facts."""

from collections.abc import Mapping
from datetime import date

from storage.sources import BadRow, Row, event
from storage.sources._tryton_known import Facts, Known, base, effective, scale
from storage.sources._tryton_values import Record, number, ref, words

KINDS = {"storage": "internal", "lost_found": "inventory", "drop": "transit", "rental": "customer"}


def locations(rows: Mapping[int, Record]) -> list[Row]:
    """All places, each with its warehouse and what it is for."""
    return [
        {
            "source_id": str(id_),
            "name": row["name"],
            "code": words(row["code"]),
            "kind": _kind(id_, rows),
            "site_ref": None if site(id_, rows) == str(id_) else site(id_, rows),
        }
        for id_, row in rows.items()
    ]


def site(id_: int, rows: Mapping[int, Record]) -> str:
    """Our reference of the site that a location is in: its warehouse, else itself."""
    return next(
        (str(at) for at in _upwards(id_, rows) if rows[at]["type"] == "warehouse"), str(id_)
    )


def _kind(id_: int, rows: Mapping[int, Record]) -> str:
    """What lies where goods come in, or is on its way out, is not put away."""
    type_ = str(rows[id_]["type"])
    found = KINDS.get(type_, type_)
    if found != "internal":
        return found
    way = list(_upwards(id_, rows))
    house = rows[way[-1]] if rows[way[-1]]["type"] == "warehouse" else {}
    for name in ("input", "output"):
        place = house.get(f"{name}_location")
        if place in way and place != house.get("storage_location"):
            return name
    return found


def _upwards(id_: int, rows: Mapping[int, Record]) -> list[int]:
    """The location and those that it is in, up to its warehouse."""
    way, at = [id_], rows[id_]["parent"]
    while at in rows and at not in way and rows[way[-1]]["type"] != "warehouse":
        way.append(at)
        at = rows[at]["parent"]
    return way


def stores(rows: Mapping[int, Record]) -> list[int]:
    """The locations that stock lies at."""
    return [id_ for id_, row in rows.items() if row["type"] == "storage"]


def stock_level(record: Record, place: int, on: date, known: Known) -> Row:
    """What lay at a place at the end of a day: Tryton dates moves by the day.

    It is worth what it cost on that day, and what it costs now where the item is newer.
    """
    qty, value = number(record["quantity"]), number(record["cost_value"])
    cost = number(record["cost_price"])
    if value is None and qty is not None and cost is not None:
        value = qty * cost
    return {
        "source_id": f"{place}/{record['id']}",
        "item_ref": str(record["id"]),
        "location_ref": str(place),
        "as_of": event("counted", on, known.zone)["counted_at"],
        "on_hand": qty,
        "value": value,
        "currency": None if value is None else known.currency,
    }


def stock_move(record: Record, known: Known) -> Facts:
    """A done move between two places, with its value at cost."""
    qty = number(record["quantity"])
    if qty is None:
        raise BadRow("a done move without a quantity")
    qty *= scale(record, known)
    cost = number(record["cost_price"])
    yield (
        "stockmove",
        {
            **base(record),
            "item_ref": ref(record["product"]),
            "from_ref": ref(record["from_location"]),
            "to_ref": ref(record["to_location"]),
            "qty": qty,
            "value": None if cost is None else cost * qty,
            "currency": None if cost is None else known.currency,
            "doc": words(record["shipment"]),
            **event("moved", effective(record), known.zone),
        },
    )
